using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Tests.Host.Messages;
using Cosmos.Multikernel.Tests.Instances.Messages;
using Cosmos.Multikernel.Tests.Simulation.Machines;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Simulation;

/// <summary>
/// The channel's two properties in virtual time: what is sent arrives once, in order and whole, across wraps of the ring; a
/// full ring always recovers and no wake-up is lost. And giving up at any step leaves the channel usable.
/// </summary>
[TestFixture]
[CancelAfter(300_000)]
public sealed class ChannelPropertyTests
{
    private const int MostTurns = 5_000_000;

    private static void Check(SimulatedMachine machine, params SimulatedInstance[] instances)
    {
        Assert.That(machine.Run(MostTurns), Is.True, () => machine.Events.ToString());
        foreach (SimulatedInstance instance in instances)
        {
            Assert.That(instance.Failure, Is.Null, () => machine.Events.ToString());
        }
    }

    /// <summary>A lost wake-up would leave both ends asleep: the run ends, and the streams have not.</summary>
    [Test]
    public void AStreamArrivesWholeHoweverEndsSleepAndNotificationsComeLate(
        [Values(1u, 2u, 8u, 64u)] uint slots
    )
    {
        for (int seed = 0; seed < 60; seed++)
        {
            using SimulatedMachine machine = new(seed);
            NumberedStream atSender = new(500, seed, oneIn: 50);
            NumberedStream atReceiver = new(500, seed, oneIn: 50);
            int ended = 0;
            SimulatedInstance receiver = machine.Start(
                1,
                "receiver",
                async () =>
                {
                    using Channel channel = await Channel.AcceptAsync();
                    await atReceiver.ReceiveAsync(channel);
                    ended++;
                }
            );
            SimulatedInstance sender = machine.Start(
                0,
                "sender",
                async () =>
                {
                    using Channel channel = await Channel.ConnectAsync(
                        1,
                        "receiver",
                        new ChannelOptions { Slots = slots }
                    );
                    await atSender.SendAsync(channel);
                    ended++;
                }
            );
            Check(machine, receiver, sender);
            Assert.That(ended, Is.EqualTo(2), () => $"seed {seed}\n{machine.Events}");
        }
    }

    [TestCaseSource(nameof(Cases))]
    public void EveryKindOfCall(string name)
    {
        for (int seed = 0; seed < 10; seed++)
        {
            using SimulatedMachine machine = new(seed);
            bool ended = false;
            SimulatedInstance server = machine.Start(
                1,
                "server",
                () => MessageServer.ServeAsync(new WorkbenchDispatcher(new Workbench()))
            );
            SimulatedInstance client = machine.Start(
                0,
                "client",
                async () =>
                {
                    using WorkbenchProxy proxy = await MessageClient.ConnectAsync<WorkbenchProxy>(
                        1,
                        "server"
                    );
                    await CallCases.All.Single(entry => entry.Name == name).Run(proxy);
                    ended = true;
                }
            );
            Check(machine, server, client);
            Assert.That(ended, Is.True, () => $"seed {seed}\n{machine.Events}");
        }
    }

    private static IEnumerable<string> Cases => CallCases.All.Select(entry => entry.Name);

    /// <summary>A long message through a small ring is given up before each step of its way.</summary>
    [Test]
    public void ASendGivenUpAtAnyStepLeavesTheChannelUsable([Values(1u, 2u, 4u)] uint slots)
    {
        const int Length = 1_000;
        int givenUp = 0;
        int arrivedWhole = 0;
        for (int step = 0; step < 150; step++)
        {
            using SimulatedMachine machine = new(step);
            using CancellationTokenSource cancel = new();
            int cancelAt = step;
            machine.BeforeTurn = turn =>
            {
                if (turn == cancelAt)
                {
                    cancel.Cancel();
                }
            };
            List<int> lengths = [];
            SimulatedInstance receiver = machine.Start(
                1,
                "receiver",
                async () =>
                {
                    using Channel channel = await Channel.AcceptAsync();
                    while (lengths.Count == 0 || lengths[^1] != 7)
                    {
                        ReadOnlyMemory<byte> message = await channel.ReceiveAsync();
                        Assert.That(
                            message.Span.IndexOfAnyExcept((byte)message.Length),
                            Is.Negative
                        );
                        lengths.Add(message.Length);
                    }
                    Assert.That(channel.Counters.Malformed, Is.Zero);
                }
            );
            SimulatedInstance sender = machine.Start(
                0,
                "sender",
                async () =>
                {
                    using Channel channel = await Channel.ConnectAsync(
                        1,
                        "receiver",
                        new ChannelOptions { Slots = slots }
                    );
                    byte[] message = new byte[Length];
                    message.AsSpan().Fill(unchecked((byte)Length));
                    try
                    {
                        await channel.SendAsync(message, cancel.Token);
                    }
                    catch (OperationCanceledException)
                    {
                        givenUp++;
                    }
                    await channel.SendAsync(Enumerable.Repeat((byte)60, 60).ToArray());
                    await channel.SendAsync(Enumerable.Repeat((byte)7, 7).ToArray());
                    await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(1));
                }
            );
            Check(machine, receiver, sender);
            Assert.That(
                lengths,
                Is.EqualTo(new[] { 60, 7 }).Or.EqualTo(new[] { Length, 60, 7 }),
                () => $"step {cancelAt}\n{machine.Events}"
            );
            arrivedWhole += lengths.Count == 3 ? 1 : 0;
        }
        Assert.That(Math.Min(givenUp, arrivedWhole), Is.GreaterThan(10), "both outcomes are met");
    }

    /// <summary>Likewise for a receive, by time-out: nothing is lost by having given up.</summary>
    [Test]
    public void AReceiveThatTimesOutAtAnyMomentLosesNothing([Values(1u, 2u, 64u)] uint slots)
    {
        const int Count = 40;
        int timedOut = 0;
        for (int seed = 0; seed < 60; seed++)
        {
            using SimulatedMachine machine = new(seed);
            TimeSpan patience = TimeSpan.FromMicroseconds(1 + (3 * seed));
            List<long> received = [];
            SimulatedInstance receiver = machine.Start(
                1,
                "receiver",
                async () =>
                {
                    using Channel channel = await Channel.AcceptAsync();
                    while (received.Count < Count)
                    {
                        try
                        {
                            ReadOnlyMemory<byte> message = await channel.ReceiveAsync(patience);
                            Assert.That(message.Length, Is.EqualTo(200));
                            received.Add(BitConverter.ToInt64(message.Span));
                        }
                        catch (TimeoutException)
                        {
                            timedOut++;
                        }
                    }
                    Assert.That(channel.Counters.Malformed, Is.Zero);
                }
            );
            SimulatedInstance sender = machine.Start(
                0,
                "sender",
                async () =>
                {
                    using Channel channel = await Channel.ConnectAsync(
                        1,
                        "receiver",
                        new ChannelOptions { Slots = slots }
                    );
                    byte[] message = new byte[200];
                    for (long i = 0; i < Count; i++)
                    {
                        BitConverter.TryWriteBytes(message, i);
                        await channel.SendAsync(message);
                    }
                    await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(5));
                }
            );
            Check(machine, receiver, sender);
            Assert.That(
                received,
                Is.EqualTo(Enumerable.Range(0, Count)),
                () => $"seed {seed}\n{machine.Events}"
            );
        }
        Assert.That(timedOut, Is.GreaterThan(20), "both outcomes are met");
    }

    /// <summary>A call given up before each step: the next ones are answered, and the server's method hears of it or is through.</summary>
    [Test]
    public void ACallGivenUpAtAnyStepLeavesTheClientUsable()
    {
        int givenUp = 0;
        for (int step = 0; step < 150; step++)
        {
            using SimulatedMachine machine = new(step);
            using CancellationTokenSource cancel = new();
            int cancelAt = step;
            machine.BeforeTurn = turn =>
            {
                if (turn == cancelAt)
                {
                    cancel.Cancel();
                }
            };
            int sum = 0;
            SimulatedInstance server = machine.Start(
                1,
                "server",
                () => MessageServer.ServeAsync(new WorkbenchDispatcher(new Workbench()))
            );
            SimulatedInstance client = machine.Start(
                0,
                "client",
                async () =>
                {
                    using WorkbenchProxy proxy = await MessageClient.ConnectAsync<WorkbenchProxy>(
                        1,
                        "server",
                        new ChannelOptions { Slots = 2 }
                    );
                    for (int i = 0; i < 5; i++)
                    {
                        try
                        {
                            await proxy.WaitAsync(1, cancel.Token);
                        }
                        catch (OperationCanceledException)
                        {
                            givenUp++;
                        }
                        sum += await proxy.AddAsync(i, 1);
                    }
                }
            );
            Check(machine, server, client);
            Assert.That(sum, Is.EqualTo(15), () => $"step {cancelAt}\n{machine.Events}");
        }
        Assert.That(givenUp, Is.GreaterThan(20));
    }
}
