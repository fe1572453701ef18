using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Cli.Tracing;
using Cosmos.Multikernel.Tests.Host.Tracing;
using Cosmos.Multikernel.Tests.Simulation.Machines;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Simulation;

/// <summary>Traces in virtual time: complete, paired and ordered whatever the seed does to notifications.</summary>
[TestFixture]
public sealed class TraceSimulationTests
{
    private const int Messages = 50;

    [Test]
    public void EveryMessageHasItsArrow([Range(1, 20)] int seed)
    {
        TraceContent trace = Run(seed, capacity: 10_000);
        trace.Check();

        // Three clients: an opening, a message of several lines and its answer, each time.
        Assert.That(trace.Flows, Is.EqualTo(3 * (1 + 2 * Messages)));
        Assert.That(trace.Sends, Is.EqualTo(trace.Flows));
        Assert.That(trace.Cores, Is.EqualTo(new[] { 0, 1, 2, 3 }));
        Assert.That(trace.Dropped, Is.Empty);
    }

    [Test]
    public void AFullBufferSaysHowMuchItDropped()
    {
        TraceContent all = Run(seed: 1, capacity: 10_000);
        TraceContent few = Run(seed: 1, capacity: 50);
        few.Check();
        Assert.That(few.Dropped.Count(), Is.EqualTo(4));
        Assert.That(few.Dropped, Is.All.Positive);
        Assert.That(few.Flows, Is.Positive.And.LessThan(all.Flows));
    }

    /// <summary>A full trace keeps no channel alive that has no event in it.</summary>
    [Test]
    public void ATraceHasNoMoreChannelsThanEvents()
    {
        const int capacity = 10;
        using SimulatedMachine machine = new(1) { TraceCapacity = capacity };
        machine.Start(
            0,
            "server",
            async () =>
            {
                while (true)
                {
                    await Channel.AcceptAsync();
                }
            }
        );
        SimulatedInstance client = machine.Start(
            1,
            "client",
            async () =>
            {
                for (int i = 0; i < 3 * capacity; i++)
                {
                    using Channel channel = await Channel.ConnectAsync(0, "server");
                }
            }
        );
        Assert.That(machine.Run(mostTurns: 1_000_000), Is.True);
        Assert.That(client.Failure, Is.Null);
        Assert.That(
            client.Loop.Trace!.Record(withCore: false).Channels,
            Has.Count.InRange(1, capacity)
        );
    }

    private static TraceContent Run(int seed, int capacity)
    {
        using SimulatedMachine machine = new(seed) { TraceCapacity = capacity };
        List<SimulatedInstance> instances =
        [
            machine.Start(
                0,
                "server",
                async () =>
                {
                    while (true)
                    {
                        _ = EchoAsync(await Channel.AcceptAsync("echo"));
                    }
                }
            ),
        ];
        for (int core = 1; core < 4; core++)
        {
            instances.Add(machine.Start(core, "client", CallAsync));
        }
        Assert.That(machine.Run(mostTurns: 1_000_000), Is.True);
        Assert.That(instances.Select(instance => instance.Failure), Is.All.Null);
        using MemoryStream json = new();
        ChromeTrace.Write(
            instances.Select(instance => instance.Loop.Trace!.Record(withCore: true).ToBytes()),
            json
        );
        return new(json.ToArray());
    }

    private static async Task EchoAsync(Channel channel)
    {
        while (true)
        {
            await channel.SendAsync(await channel.ReceiveAsync());
        }
    }

    private static async Task CallAsync()
    {
        Channel channel = await Channel.ConnectAsync(
            0,
            "server",
            new ChannelOptions { Service = "echo", Slots = 4 }
        );
        byte[] message = new byte[300];
        for (int i = 0; i < Messages; i++)
        {
            Task sending = channel.SendAsync(message).AsTask();
            await channel.ReceiveAsync();
            await sending;
        }
    }
}
