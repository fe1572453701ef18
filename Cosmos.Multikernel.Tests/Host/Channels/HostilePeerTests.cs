using System.Text;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Channels.Platforms;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Tests.Host.Messages;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Channels;

/// <summary>
/// A peer that owns its end of the shared frame and writes what it likes into all of it, while the victim reads: the victim
/// counts errors and goes on, and other channels are unaffected.
/// </summary>
[TestFixture]
[CancelAfter(120_000)]
public sealed class HostilePeerTests
{
    private const uint Slots = 8;

    /// <summary>Control words flipped by another thread while they are read, at the ring's own speed.</summary>
    [Test]
    public void ControlWordsFlippedWhileTheyAreReadBreakNothing([Values(1, 2, 3)] int seed)
    {
        using RingPair attacked = new(Slots, bufferSize: 512);
        using RingPair other = new(Slots, bufferSize: 512);
        bool stop = false;
        Thread attacker = new(() => Flip(attacked, seed, ref stop));
        attacker.Start();
        long outcomes = 0;
        byte expected = 0;
        byte sent = 0;
        try
        {
            for (int i = 0; i < 300_000 || attacked.B.Malformed < 100; i++)
            {
                RingStatus status = attacked.Receive(ref attacked.B, out byte[] message);
                if (status == RingStatus.TooLong)
                {
                    attacked.B.Skip();
                }
                outcomes |= 1L << (int)status;
                Assert.That(message, Has.Length.LessThanOrEqualTo(512));
                _ = RingPair.Send(ref attacked.B, [1, 2, 3]);
                Assert.That(attacked.B.Sender.Free, Is.LessThanOrEqualTo(Slots));

                // The victim's other channel, in between.
                Assert.That(RingPair.Send(ref other.A, [sent++]), Is.EqualTo(RingStatus.Ok));
                Assert.That(other.Receive(ref other.B, out byte[] good), Is.EqualTo(RingStatus.Ok));
                Assert.That(good[0], Is.EqualTo(expected++));
            }
        }
        finally
        {
            // Before the memory that it writes to is freed, whatever became of the test.
            Volatile.Write(ref stop, true);
            attacker.Join();
        }
        Assert.That(outcomes & (1L << (int)RingStatus.Malformed), Is.Not.Zero);
        Assert.That(other.B.Malformed, Is.Zero);
    }

    private static unsafe void Flip(RingPair pair, int seed, ref bool stop)
    {
        Random random = new(seed);
        ulong* lines = (ulong*)(pair.Memory + RingLayout.RingOffset(true, Slots));
        while (!Volatile.Read(ref stop))
        {
            ulong* control = lines + (random.Next((int)Slots) * 8) + 7;
            for (int bit = 0; bit < 64; bit++)
            {
                *control ^= 1UL << bit;
                *(control - 1 - (bit % 7)) = (ulong)random.NextInt64();
            }
            *(uint*)(pair.Memory + RingLayout.AcknowledgementOffsetA) = (uint)random.Next();
        }
    }

    /// <summary>The whole frame of a served channel is noise, again and again; a good client of the same server goes on.</summary>
    [Test]
    public async Task NoiseInTheWholeFrameHurtsOnlyItsOwnChannel([Values(1, 2, 3, 4)] int seed)
    {
        using HostedMachine machine = new();
        EventLoop good = machine.Add(0, "good");
        EventLoop server = machine.Add(1, "server");
        EventLoop hostile = machine.Add(2, "hostile");
        server.Post(() => _ = MessageServer.ServeAsync(new WorkbenchDispatcher(new Workbench())));
        WorkbenchProxy proxy = await good.InvokeAsync(() =>
            MessageClient.ConnectAsync<WorkbenchProxy>(1, "server")
        );
        bool stop = false;
        Task attack = Task.Run(() => Attack(hostile.Platform, seed, ref stop));
        for (int i = 0; i < 2_000; i++)
        {
            int number = i;
            int sum = await good.InvokeAsync(() => proxy.AddAsync(number, 1).AsTask());
            Assert.That(sum, Is.EqualTo(i + 1));
        }
        Volatile.Write(ref stop, true);
        await attack;
        (ulong ofGood, ulong ofHostile) = await server.InvokeAsync(() =>
            Task.FromResult((MalformedFrom(server, "good"), MalformedFrom(server, "hostile")))
        );
        Assert.That(ofGood, Is.Zero);
        Assert.That(ofHostile, Is.Positive);
    }

    private static ulong MalformedFrom(EventLoop server, string peer) =>
        server
            .Channels.Where(channel => channel.PeerName == peer)
            .Aggregate(0UL, (sum, channel) => sum + channel.Counters.Malformed);

    private static unsafe void Attack(InstancePlatform platform, int seed, ref bool stop)
    {
        ChannelBinding binding = platform.Connect(1, "server", Slots);
        byte* memory = (byte*)binding.Memory;
        RingEndpoint end = new(memory, Slots, sideA: true);
        Say(ref end, platform, binding.Handle, Encoding.UTF8.GetBytes("workbench"));
        MessageWriter writer = new();
        writer.Begin(new MessageHeader(0, 0, MessageKind.Hello));
        writer.Write(WorkbenchProxy.InterfaceHash);
        Say(ref end, platform, binding.Handle, writer.Written);
        Random random = new(seed);
        Span<byte> rings = new(
            memory + RingLayout.HeaderSize,
            (int)RingLayout.BytesFor(Slots) - RingLayout.HeaderSize
        );
        Span<byte> doorbellsAndCounts = new(
            memory + RingLayout.DoorbellOffsetA,
            RingLayout.StateOffsetA - RingLayout.DoorbellOffsetA
        );
        while (!Volatile.Read(ref stop))
        {
            random.NextBytes(rings);
            random.NextBytes(doorbellsAndCounts);
            platform.Notify(binding.Handle);
        }
    }

    private static unsafe void Say(
        ref RingEndpoint end,
        InstancePlatform platform,
        int handle,
        ReadOnlySpan<byte> message
    )
    {
        fixed (byte* data = message)
        {
            Assert.That(end.TrySend(data, (uint)message.Length), Is.EqualTo(RingStatus.Ok));
        }

        // Until the server has seen it: what comes next must not overwrite the greeting.
        for (int tries = 0; end.Sender.Free < Slots - 1 && tries < 1_000; tries++)
        {
            platform.Notify(handle);
            Thread.Sleep(1);
            end.Sender.RefreshAcknowledgement();
        }
    }
}
