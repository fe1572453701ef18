using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Monitors;
using Cosmos.Multikernel.Naming;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Naming;

/// <summary>What one instance does with the names of all.</summary>
internal sealed class Meeting
{
    private const string Victim = "naming-victim";
    private const int VictimsStatus = 7;

    public static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly DeclaredInstance[] others =
    [
        .. Machine.DeclaredInstances.Where(other =>
            other.Core < Core.Count
            && other.Name.StartsWith("naming", StringComparison.Ordinal)
            && (other.Core != Core.Current || other.Name != Instance.Name)
        ),
    ];

    public Meeting()
    {
        _ = ServeAsync();
    }

    public IEnumerable<(string Name, Func<Task<string>> Run)> Cases =>
        [
            ("bind-all", BindAllAsync),
            ("taken", TakenAsync),
            ("mismatch", MismatchAsync),
            ("death", DeathAsync),
        ];

    private static string OwnName => NameOf(Core.Current, Instance.Name);

    private static string NameOf(int core, string instance) => $"{instance}/{core}";

    private static async Task ServeAsync() =>
        await Names.ServeAsync(OwnName, new GreeterDispatcher(new Greeter(OwnName)));

    /// <summary>Everybody greets everybody, on this core and on others.</summary>
    private async Task<string> BindAllAsync()
    {
        foreach (var other in others)
        {
            var name = NameOf(other.Core, other.Name);
            using var greeter = await Names.BindAsync<GreeterProxy>(name, Patience);
            Expect.Equal($"{name} greets {OwnName}", await greeter.GreetAsync(OwnName));
            Expect.Equal(other.Core, greeter.Client.Channel.PeerCore);
        }

        return $"bound to {others.Length}, {others.Count(other => other.Core == Core.Current)} on this core";
    }

    private async Task<string> TakenAsync()
    {
        var other = others[0];
        var name = NameOf(other.Core, other.Name);
        if (other.Name == Victim)
        {
            return "the first other is the one that ends";
        }

        try
        {
            await Names.RegisterAsync(name, "x", 0, Patience);
        }
        catch (NameTakenException exception)
        {
            Expect.Equal(other.Core, exception.HolderCore);
            Expect.Equal(other.Name, exception.HolderInstance);
            return exception.Message;
        }

        throw new ExpectationException($"took {name} from its holder");
    }

    private async Task<string> MismatchAsync()
    {
        var other = others.First(other => other.Name != Victim);
        try
        {
            using var wrong = await Names.BindAsync<OtherGreeterProxy>(
                NameOf(other.Core, other.Name),
                Patience
            );
        }
        catch (InterfaceMismatchException exception)
        {
            return exception.Message;
        }

        throw new ExpectationException("bound to another interface");
    }

    /// <summary>A call waits at the victim; it ends; the call fails with its status, the name goes, a watcher hears of it.</summary>
    private async Task<string> DeathAsync()
    {
        var victim = others.FirstOrDefault(other => other.Name == Victim);
        if (victim is null)
        {
            await EventLoop.Current.Delay(Timeout.InfiniteTimeSpan);
            throw new ExpectationException("outlived its end");
        }

        using var greeter = await Names.BindAsync<GreeterProxy>(
            NameOf(victim.Core, victim.Name),
            Patience
        );
        var waiting = greeter.HangAsync(CancellationToken.None).AsTask();
        var watching = WatchForEndAsync(victim);
        if (Core.Current == 0 && Instance.Name == "naming")
        {
            // When all wait at it, all have done the rest too: nobody needs to be greeted any more.
            while (await greeter.CountHangingAsync() < others.Length)
            {
                await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(10));
            }

            await greeter.EndAsync(VictimsStatus);
        }

        try
        {
            await waiting;
            throw new ExpectationException("the victim answered");
        }
        catch (PeerEndedException end)
        {
            Expect.Equal<int?>(VictimsStatus, end.ExitCode);
        }

        Expect.Equal(VictimsStatus << 8, await watching);
        while (await Names.FindAsync(NameOf(victim.Core, victim.Name), Patience) is not null)
        {
            await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(1));
        }

        return $"{Victim} ended with status {VictimsStatus}";
    }

    private static async Task<int> WatchForEndAsync(DeclaredInstance victim)
    {
        await foreach (var news in Machine.WatchInstancesAsync())
        {
            if (
                news.Core == victim.Core
                && news.Instance.ToString() == victim.Name
                && news.Condition == InstanceCondition.Ended
            )
            {
                return news.WaitStatus;
            }
        }

        throw new ExpectationException("the watch ended");
    }
}
