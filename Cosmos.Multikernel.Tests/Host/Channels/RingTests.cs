using Cosmos.Multikernel.Channels;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Channels;

/// <summary>The ring's order, laps, limits and long messages, in one thread.</summary>
[TestFixture]
public sealed class RingTests
{
    private static byte[] Bytes(int length, int seed)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    [Test]
    public void FreshMemoryHoldsNoMessage([Values(1u, 2u, 64u)] uint slots)
    {
        using RingPair pair = new(slots);

        Assert.That(pair.B.HasLine, Is.False);
        Assert.That(pair.Receive(ref pair.B, out _), Is.EqualTo(RingStatus.Empty));
    }

    [Test]
    public void MessagesArriveInOrderOverManyLaps([Values(1u, 2u, 4u, 64u)] uint slots)
    {
        using RingPair pair = new(slots);
        int next = 0;
        for (int sent = 0; sent < 10_000; )
        {
            for (int burst = sent % 7; burst >= 0; burst--)
            {
                if (RingPair.Send(ref pair.A, BitConverter.GetBytes(sent)) != RingStatus.Ok)
                {
                    break;
                }
                sent++;
            }
            while (pair.Receive(ref pair.B, out byte[] message) == RingStatus.Ok)
            {
                Assert.That(BitConverter.ToInt32(message), Is.EqualTo(next++));
            }
        }

        Assert.That(pair.B.Counters.MessagesReceived, Is.EqualTo(pair.A.Counters.MessagesSent));
    }

    [Test]
    public void AFullRingRefusesAndRecoversAfterOneMessage([Values(1u, 2u, 8u)] uint slots)
    {
        using RingPair pair = new(slots);
        for (uint i = 0; i < slots; i++)
        {
            Assert.That(RingPair.Send(ref pair.A, [(byte)i]), Is.EqualTo(RingStatus.Ok));
        }
        Assert.That(RingPair.Send(ref pair.A, [99]), Is.EqualTo(RingStatus.Full));
        Assert.That(pair.A.HasRoom, Is.False);
        Assert.That(pair.A.Counters.FullWaits, Is.EqualTo(1));

        // Acknowledgements are published at every quarter ring, so consuming all of it always frees some.
        for (uint i = 0; i < slots; i++)
        {
            Assert.That(pair.Receive(ref pair.B, out byte[] message), Is.EqualTo(RingStatus.Ok));
            Assert.That(message, Is.EqualTo(new[] { (byte)i }));
        }
        Assert.That(pair.A.HasRoom, Is.True);
        Assert.That(RingPair.Send(ref pair.A, [99]), Is.EqualTo(RingStatus.Ok));
    }

    [Test]
    public void TheReceiverNeverWritesALineOfData()
    {
        using RingPair pair = new(4);
        RingPair.Send(ref pair.A, Bytes(100, 1));
        byte[] before = [.. pair.LineFromA(0), .. pair.LineFromA(1)];

        Assert.That(pair.Receive(ref pair.B, out _), Is.EqualTo(RingStatus.Ok));

        Assert.That((byte[])[.. pair.LineFromA(0), .. pair.LineFromA(1)], Is.EqualTo(before));
    }

    [Test]
    public void ReverseTrafficKeepsASenderFromEverFindingTheRingFull()
    {
        using RingPair pair = new(4);
        for (int i = 0; i < 1000; i++)
        {
            Assert.That(RingPair.Send(ref pair.A, [1]), Is.EqualTo(RingStatus.Ok));
            Assert.That(pair.Receive(ref pair.B, out _), Is.EqualTo(RingStatus.Ok));
            Assert.That(RingPair.Send(ref pair.B, [2]), Is.EqualTo(RingStatus.Ok));
            Assert.That(pair.Receive(ref pair.A, out _), Is.EqualTo(RingStatus.Ok));
            Assert.That(pair.A.Sender.Free, Is.EqualTo(4), "the reply told of the slot's freedom");
        }
    }

    [Test]
    public void AFullSenderThatReadsNothingStillLearnsOfRoom()
    {
        using RingPair pair = new(4);
        while (RingPair.Send(ref pair.A, [1]) == RingStatus.Ok)
        {
            // Until the ring is full.
        }
        for (int i = 0; i < 4; i++)
        {
            Assert.That(pair.Receive(ref pair.B, out _), Is.EqualTo(RingStatus.Ok));
            Assert.That(RingPair.Send(ref pair.B, [2]), Is.EqualTo(RingStatus.Ok));
        }

        // The acknowledgements in B's replies lie unread: only the header line can say it.
        Assert.That(pair.A.HasRoomFor(4 * RingLayout.PayloadSize), Is.True);
    }

    [Test]
    public void MessagesOfEveryLengthSpanLines([Values(1u, 2u, 16u)] uint slots)
    {
        using RingPair pair = new(slots);
        foreach (int length in (int[])[0, 1, 7, 8, 55, 56, 57, 111, 112, 113, 1000, 5000, 65536])
        {
            byte[] sent = Bytes(length, length);
            byte[] received = [];
            RingStatus sending;
            RingStatus receiving;
            do
            {
                sending = RingPair.Send(ref pair.A, sent);
                receiving = pair.Receive(ref pair.B, out received);
            } while (sending != RingStatus.Ok);

            Assert.That(receiving, Is.EqualTo(RingStatus.Ok));
            Assert.That(received, Is.EqualTo(sent), $"length {length}");
        }
    }

    [Test]
    public void AnAbortedMessageLeavesTheRingUsable()
    {
        using RingPair pair = new(2);
        Assert.That(RingPair.Send(ref pair.A, Bytes(500, 1)), Is.EqualTo(RingStatus.Full));
        Assert.That(pair.A.IsSending, Is.True);
        Assert.That(
            pair.A.TryAbort(),
            Is.EqualTo(RingStatus.Full),
            "even the abort waits for a slot"
        );
        Assert.That(pair.Receive(ref pair.B, out _), Is.EqualTo(RingStatus.Empty));
        Assert.That(pair.A.TryAbort(), Is.EqualTo(RingStatus.Ok));
        Assert.That(RingPair.Send(ref pair.A, [7]), Is.EqualTo(RingStatus.Ok));

        Assert.That(pair.Receive(ref pair.B, out byte[] message), Is.EqualTo(RingStatus.Ok));
        Assert.That(message, Is.EqualTo(new byte[] { 7 }));
        Assert.That(pair.B.Counters.Malformed, Is.Zero);
        Assert.That(pair.B.Counters.Aborted, Is.EqualTo(1));
    }

    [Test]
    public void AMessageLongerThanTheBufferCanBeSkippedAndTheNextArrives()
    {
        using RingPair pair = new(64, bufferSize: 100);
        RingPair.Send(ref pair.A, Bytes(500, 1));
        RingPair.Send(ref pair.A, [1]);

        Assert.That(pair.Receive(ref pair.B, out _), Is.EqualTo(RingStatus.TooLong));
        Assert.That(
            pair.Receive(ref pair.B, out _),
            Is.EqualTo(RingStatus.TooLong),
            "it waits for a decision"
        );
        pair.B.Skip();
        Assert.That(pair.Receive(ref pair.B, out byte[] message), Is.EqualTo(RingStatus.Ok));
        Assert.That(message, Is.EqualTo(new byte[] { 1 }));
        Assert.That(pair.B.Counters.Malformed, Is.EqualTo(1));
    }

    [Test]
    public unsafe void AMessageLongerThanTheBufferArrivesInALargerOne()
    {
        using RingPair pair = new(64);
        byte[] sent = Bytes(500, 1);
        RingPair.Send(ref pair.A, sent);
        byte[] received = new byte[500];
        fixed (byte* buffer = received)
        {
            Assert.That(
                pair.B.TryReceive(buffer, 100, out uint needed),
                Is.EqualTo(RingStatus.TooLong)
            );
            Assert.That(needed, Is.EqualTo(500));
            Assert.That(pair.B.TryReceive(buffer, 500, out _), Is.EqualTo(RingStatus.Ok));
        }
        Assert.That(received, Is.EqualTo(sent));
    }

    [Test]
    public void OneDoorbellForABatchAndNoneForAnAwakePeer()
    {
        using RingPair pair = new(8);
        RingPair.Send(ref pair.A, [1]);
        RingDoorbell.FenceBeforeRinging();
        Assert.That(pair.A.LookAtDoorbell(), Is.False, "B is awake");

        Assert.That(pair.Receive(ref pair.B, out _), Is.EqualTo(RingStatus.Ok));
        Assert.That(
            pair.B.ArmAndRecheck(wantsLines: true, wantsRoom: false),
            Is.True,
            "B may sleep"
        );
        RingPair.Send(ref pair.A, [2]);
        RingPair.Send(ref pair.A, [3]);
        Assert.That(pair.A.OwesDoorbell, Is.True);
        RingDoorbell.FenceBeforeRinging();
        Assert.That(pair.A.LookAtDoorbell(), Is.True);
        Assert.That(pair.A.LookAtDoorbell(), Is.False, "rung once");
        Assert.That(pair.A.OwesDoorbell, Is.False);
        Assert.That(
            pair.B.ArmAndRecheck(wantsLines: true, wantsRoom: false),
            Is.False,
            "two messages wait"
        );
        Assert.That(pair.B.Doorbell.IsArmed, Is.False);
    }

    [Test]
    public void SlotCountsThatAreNoPowerOfTwoAreRefused() =>
        Assert.That(((uint[])[0, 3, 12, 131072]).Any(RingLayout.IsValidSlotCount), Is.False);
}
