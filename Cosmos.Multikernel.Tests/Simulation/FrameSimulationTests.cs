using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Tests.Host.Messages;
using Cosmos.Multikernel.Tests.Simulation.Machines;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Simulation;

/// <summary>
/// Frames between simulated instances, with crashes at every step: each is held by one instance at a time, arrives with what was
/// in it, and is freed when nobody has it any more.
/// </summary>
[TestFixture]
[CancelAfter(300_000)]
public sealed class FrameSimulationTests
{
    private const int MostTurns = 2_000_000;
    private const int FewestSteps = 200;

    private sealed class Server : IFrames
    {
        public ValueTask<Frame> AddAsync(Frame frame, byte value)
        {
            foreach (ref byte octet in frame.Span)
            {
                octet += value;
            }
            return new(frame);
        }

        public ValueTask<(int Count, Frame Frame)> CountAsync(Frame frame, byte value) =>
            new((frame.ReadOnlySpan.Count(value), frame));

        public ValueTask<int> KeepAsync(int before, Frame first, string between, Frame second)
        {
            int sum = before + first.Span[^1] + between.Length + second.Span[^1];
            first.Dispose();
            second.Dispose();
            return new(sum);
        }

        public ValueTask RefuseAsync(Frame frame)
        {
            frame.Dispose();
            throw new InvalidOperationException("not this one");
        }

        public ValueTask<Frame> CopiedAsync() => new(Frame.Allocate(4096));

        public ValueTask DropAsync(Frame frame)
        {
            frame.Dispose();
            return default;
        }

        public async IAsyncEnumerable<Frame> ManyAsync(int count)
        {
            for (int i = 0; i < count; i++)
            {
                Frame frame = Frame.Allocate(4096);
                frame.Span.Fill((byte)i);
                await Task.Yield();
                yield return frame;
            }
        }
    }

    private sealed class Outcome
    {
        public int Rounds { get; set; }

        public bool Ended { get; set; }

        public string? Wrong { get; set; }
    }

    /// <summary>A receiver that claims late holds the sender back at 32 under way, in every order of events.</summary>
    [Test]
    public void ASlowReceiverHoldsTheSenderBack()
    {
        const uint window = CapabilityLimits.Window;
        const int all = 100;
        for (int seed = 0; seed < 50; seed++)
        {
            using SimulatedMachine machine = new(seed);
            uint sent = 0;
            bool ended = false;
            machine.Start(
                0,
                "receiver",
                async () =>
                {
                    using Channel channel = await Channel.AcceptAsync();
                    for (uint i = 0; i < all; i++)
                    {
                        await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(1));
                        Assert.That(sent, Is.LessThanOrEqualTo(i + window));
                        (await channel.ClaimCapabilityAsync(i)).Dispose();
                    }
                    ended = true;
                }
            );
            machine.Start(
                1,
                "sender",
                async () =>
                {
                    using Channel channel = await Channel.ConnectAsync(0, "receiver");
                    for (; sent < all; sent++)
                    {
                        await channel.SendCapabilityAsync(Frame.Allocate(4096));
                    }
                    await EventLoop.Current.Delay(TimeSpan.FromSeconds(1));
                }
            );
            Assert.That(machine.Run(MostTurns, () => ended), Is.True, machine.Events.ToString);
            Assert.That(ended && sent == all, machine.Events.ToString);
        }
    }

    private static SimulatedInstance StartServer(SimulatedMachine machine) =>
        machine.Start(
            0,
            "server",
            () => MessageServer.ServeAsync(new FramesDispatcher(new Server()))
        );

    private static SimulatedInstance StartClient(
        SimulatedMachine machine,
        int core,
        Outcome outcome,
        int rounds
    ) =>
        machine.Start(
            core,
            "client",
            async () =>
            {
                try
                {
                    using FramesProxy proxy = await MessageClient.ConnectAsync<FramesProxy>(
                        0,
                        "server",
                        new ChannelOptions { Slots = 1u << (core % 3 + 1) }
                    );
                    for (int i = 0; i < rounds; i++)
                    {
                        await MoveAsync(proxy, outcome, (byte)(core * 20 + i));
                        outcome.Rounds++;
                    }
                }
                catch (ChannelException)
                {
                    // The server ended, or was not there.
                }
                outcome.Ended = true;
            }
        );

    private static async Task MoveAsync(FramesProxy proxy, Outcome outcome, byte mark)
    {
        using Frame sent = Filled(8192, mark);
        ValueTask<Frame> adding = proxy.AddAsync(sent, 3);
        // A second one is under way at the same time.
        using Frame first = Filled(4096, 1);
        using Frame second = Filled(4096, 2);
        ValueTask<int> keeping = proxy.KeepAsync(mark, first, "abc", second);
        try
        {
            using Frame back = await adding;
            if (!sent.IsClosed || back.Span.IndexOfAnyExcept((byte)(mark + 3)) >= 0)
            {
                outcome.Wrong ??= $"frame {mark} came back wrong";
            }
        }
        finally
        {
            int sum = await keeping;
            outcome.Wrong ??= sum == mark + 6 ? null : $"frames {mark} arrived wrong: {sum}";
        }
        using Frame dropped = Filled(4096, mark);
        await proxy.DropAsync(dropped);
        byte next = 0;
        await foreach (Frame item in proxy.ManyAsync(3))
        {
            outcome.Wrong ??= item.Span[0] == next++ ? null : "a frame of a stream is wrong";
            item.Dispose();
        }
    }

    private static Frame Filled(int bytes, byte value)
    {
        Frame frame = Frame.Allocate(bytes);
        frame.Span.Fill(value);
        return frame;
    }

    /// <summary>No frame is in two tables.</summary>
    private static void CheckOwners(SimulatedMachine machine, List<SimulatedInstance> instances)
    {
        HashSet<ulong> seen = [];
        foreach (SimulatedInstance instance in instances)
        {
            HashSet<ulong> own = [];
            SimulatedCapabilities table = instance.Platform.OwnCapabilities;
            for (long handle = 0; (handle = table.Next(handle)) > 0; )
            {
                table.Identify(handle, out CapabilityDescription description);
                own.Add(description.Start);
            }
            Assert.That(own.All(seen.Add), () => $"a frame has two owners\n{machine.Events}");
        }
    }

    private static void CheckEnd(SimulatedMachine machine, params IEnumerable<Outcome> outcomes)
    {
        string Explain() => machine.Events.ToString();
        Assert.That(machine.Run(MostTurns), Is.True, Explain);
        Assert.That(machine.Failures, Is.Empty, Explain);
        foreach (Outcome outcome in outcomes)
        {
            Assert.That(outcome.Wrong, Is.Null, Explain);
            Assert.That(outcome.Ended, Is.True, Explain);
        }
        Assert.That(machine.FramesAlive, Is.Zero, Explain);
    }

    [Test]
    public void FramesMoveWhateverTheNotificationsDo()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            using SimulatedMachine machine = new(seed);
            List<SimulatedInstance> instances = [StartServer(machine)];
            Outcome[] outcomes = [new(), new(), new()];
            for (int core = 1; core <= outcomes.Length; core++)
            {
                instances.Add(StartClient(machine, core, outcomes[core - 1], rounds: 5));
            }
            machine.BeforeTurn = _ => CheckOwners(machine, instances);
            CheckEnd(machine, outcomes);
            Assert.That(outcomes.Select(outcome => outcome.Rounds), Is.All.EqualTo(5));
        }
    }

    [Test]
    public void ACrashOfTheServerAtAnyStepLosesNoFrame() =>
        CrashAtEveryStep(crashesServer: true, (_, _) => { });

    [Test]
    public void ACrashOfAClientAtAnyStepLosesNoFrame() =>
        CrashAtEveryStep(
            crashesServer: false,
            (step, other) =>
                Assert.That(other.Rounds, Is.EqualTo(4), $"the other client, step {step}")
        );

    private static void CrashAtEveryStep(bool crashesServer, Action<int, Outcome> check)
    {
        bool crashed = true;
        int step = 0;
        for (; crashed; step++)
        {
            crashed = false;
            using SimulatedMachine machine = new(step);
            SimulatedInstance server = StartServer(machine);
            Outcome[] outcomes = [new(), new()];
            SimulatedInstance client = StartClient(machine, 1, outcomes[0], rounds: 4);
            SimulatedInstance other = StartClient(machine, 2, outcomes[1], rounds: 4);
            List<SimulatedInstance> instances = [server, client, other];
            int crashAt = step;
            machine.BeforeTurn = turn =>
            {
                CheckOwners(machine, instances);
                if (turn == crashAt)
                {
                    machine.Crash(crashesServer ? server : client);
                    crashed = true;
                }
            };
            CheckEnd(machine, crashesServer ? outcomes : outcomes[1..]);
            check(crashAt, outcomes[1]);
        }
        Assert.That(step, Is.GreaterThan(FewestSteps));
    }
}
