using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Monitors;
using Cosmos.Multikernel.Naming;
using Cosmos.Multikernel.Services;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Supervision;

/// <summary>Ends the server and monitors while clients on all cores call, and sees them come back.</summary>
internal static class Conductor
{
    public const string Name = "counter";
    public const string Server = "server";

    /// <summary>The server's life that is not ended any more.</summary>
    public const int LastLife = 3;

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private const string Monitor = "monitor";
    private const string Once = "once";

    private static int ServersCore => Machine.CoresOf(Server)[0];

    /// <summary>The server ends, with a call under way: the call hears how, the name comes back with the next life.</summary>
    public static async Task<string> EndServerAsync()
    {
        for (var life = 0; life < LastLife; life++)
        {
            using var counter = await BindAsync();
            Expect.Equal(life, await counter.CountAsync());
            Expect.Equal((uint)life, (await FindAsync()).Life);
            while (await counter.CountedAsync() < 10)
            {
                // Clients call meanwhile.
                await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(10));
            }

            var hanging = counter.HangAsync(CancellationToken.None).AsTask();
            var watching = WatchAsync(ServersCore, Server, life + 1);
            await counter.EndAsync(7);
            try
            {
                await hanging;
                throw new ExpectationException("the server answered");
            }
            catch (PeerEndedException end)
            {
                Expect.Equal<int?>(7, end.ExitCode);
            }

            await watching;
        }

        using var last = await BindAsync();
        Expect.Equal(LastLife, await last.CountAsync());
        return $"{LastLife} ends";
    }

    /// <summary>A monitor crashes: channels that exist go on, it comes back, and with it names and binding.</summary>
    public static async Task<string> CrashMonitorsAsync()
    {
        using var before = await BindAsync();
        for (var core = 0; core < Core.Count; core++)
        {
            var expected = (int)await LifeOfMonitorAsync(core) + 1;
            var name = $"kept/{core}";
            await using var registration = await Names.RegisterAsync(name, "kept", 0, Patience);
            using (var monitor = await InstanceClient.ConnectAsync(core, Monitor, Patience))
            {
                await monitor.CrashAsync(CrashKind.Wild, Patience);
                var end = await monitor.EndAsync(Patience);
                Expect.That(end.Signal is not null);
            }

            Expect.Equal(LastLife, await before.CountAsync());
            await UntilAsync(async () => await LifeOfMonitorAsync(core) == expected);
            // What was registered is found again, by names, through the new monitor, and can be bound to.
            await UntilAsync(async () => await Names.FindAsync(name, Patience) is not null);
            await UntilAsync(async () => await Names.FindAsync(Name, Patience) is not null);
            await UntilAsync(async () =>
            {
                using var counter = await BindAsync();
                return await counter.CountAsync() == LastLife;
            });
        }

        return $"{Core.Count} monitors";
    }

    /// <summary>What has ended for good is started by hand, here through this core's monitor.</summary>
    public static async Task<string> StartEndedAsync()
    {
        // As long as its first life lasts, there is nothing to start.
        await UntilAsync(() => Machine.StartInstanceAsync(Core.Current, Once, Patience));
        try
        {
            await Machine.StartInstanceAsync(Core.Count - 1, "nobody", Patience);
        }
        catch (ChannelRefusedException exception)
        {
            return exception.Message;
        }

        throw new ExpectationException("nobody was started");
    }

    private static Task<CounterProxy> BindAsync() => Names.BindAsync<CounterProxy>(Name, Patience);

    private static async Task<NameRecord> FindAsync() =>
        await Names.FindAsync(Name, Patience)
        ?? throw new ExpectationException($"nobody has the name '{Name}'");

    private static async Task<int> LifeOfMonitorAsync(int core)
    {
        using var monitor = await InstanceClient.ConnectAsync(core, Monitor, Patience);
        return (await monitor.StatusAsync(Patience)).Life;
    }

    /// <summary>Waits until the monitors say that an instance is in a life.</summary>
    private static async Task WatchAsync(int core, string instance, int life)
    {
        await foreach (var news in Machine.WatchInstancesAsync())
        {
            if (
                news.Core == core
                && news.Instance.ToString() == instance
                && news.Condition == InstanceCondition.Running
                && news.Life == life
            )
            {
                return;
            }
        }
    }

    /// <summary>Asks again until it is so; while a monitor is dead, questions fail.</summary>
    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using CancellationTokenSource limit = new(Patience);
        while (true)
        {
            try
            {
                if (await isSo())
                {
                    return;
                }
            }
            catch (ChannelException)
            {
                // Not yet.
            }

            await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
        }
    }
}
