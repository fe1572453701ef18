using Cosmos.Multikernel.Channels;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Channels;

/// <summary>A peer that writes what it likes: the victim counts errors, stays within its buffers and recovers.</summary>
[TestFixture]
public sealed class RingHostileTests
{
    private const uint Slots = 8;

    /// <summary>Random bytes in every line of the ring: whatever comes out is Ok, Empty or Malformed, in bounded steps.</summary>
    [Test]
    public void RandomLinesNeverBreakTheReceiver() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(2000),
            Prop.ForAll(
                ArbMap.Default.ArbFor<byte[]>(),
                ArbMap.Default.ArbFor<int>(),
                (noise, seed) =>
                {
                    using RingPair pair = new(Slots, bufferSize: 256);
                    Random random = new(seed);
                    for (uint i = 0; i < Slots; i++)
                    {
                        Span<byte> line = pair.LineFromA(i);
                        random.NextBytes(line);
                        for (int at = 0; at < noise.Length && at < line.Length; at++)
                        {
                            line[line.Length - 1 - at] = noise[at];
                        }
                    }
                    int steps = 0;
                    RingStatus status;
                    do
                    {
                        status = pair.Receive(ref pair.B, out byte[] message);
                        if (message.Length > 256 || ++steps > 2 * Slots + 1)
                        {
                            return false;
                        }
                        if (status == RingStatus.TooLong)
                        {
                            pair.B.Skip();
                        }
                    } while (status != RingStatus.Empty);

                    // Noise cannot make B believe that more of its own lines were consumed than it has sent.
                    return pair.B.Sender.Free <= Slots;
                }
            )
        );

    /// <summary>One bit of one control word flipped in a stream of messages: at most that message is lost, counted, and later ones arrive.</summary>
    [Test]
    public void AFlippedControlBitHurtsOnlyItsMessage() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(2000),
            Prop.ForAll(
                Gen.Choose(0, 3).ToArbitrary(),
                Gen.Choose(1, 31).ToArbitrary(),
                Gen.Choose(0, 56).ToArbitrary(),
                (victim, bit, length) =>
                {
                    using RingPair pair = new(Slots, bufferSize: 4096);
                    for (byte i = 0; i < 4; i++)
                    {
                        RingPair.Send(ref pair.A, [i, .. new byte[length]]);
                    }
                    uint line = (uint)(victim * (length < 56 ? 1 : 2));
                    pair.SetControlFromA(line, pair.ControlFromA(line) ^ (1UL << bit));
                    List<byte> arrived = [];
                    RingStatus status;
                    while (
                        (status = pair.Receive(ref pair.B, out byte[] message)) != RingStatus.Empty
                    )
                    {
                        if (status == RingStatus.TooLong)
                        {
                            pair.B.Skip();
                        }
                        if (status == RingStatus.Ok && message.Length == length + 1)
                        {
                            arrived.Add(message[0]);
                        }
                    }
                    IEnumerable<byte> others = Enumerable
                        .Range(0, 4)
                        .Where(i => i != victim)
                        .Select(i => (byte)i);

                    // A length that grew makes the message swallow the next first line, which then counts as malformed.
                    IEnumerable<byte> fewest = others.Where(i => i != victim + 1);
                    return fewest.All(arrived.Contains)
                        && arrived.Order().SequenceEqual(arrived)
                        && arrived.Distinct().Count() == arrived.Count;
                }
            )
        );

    /// <summary>A flipped epoch bit hides a line (and so those behind it): nothing is torn, nothing hangs, it shows when corrected.</summary>
    [Test]
    public void AFlippedEpochOnlyDelays()
    {
        using RingPair pair = new(Slots);
        RingPair.Send(ref pair.A, [1]);
        RingPair.Send(ref pair.A, [2]);
        pair.SetControlFromA(0, pair.ControlFromA(0) ^ RingControl.EpochBit);
        Assert.That(pair.Receive(ref pair.B, out _), Is.EqualTo(RingStatus.Empty));

        pair.SetControlFromA(0, pair.ControlFromA(0) ^ RingControl.EpochBit);
        Assert.That(pair.Receive(ref pair.B, out byte[] message), Is.EqualTo(RingStatus.Ok));
        Assert.That(message, Is.EqualTo(new byte[] { 1 }));
    }

    /// <summary>A payload rewritten after it was received is not seen: the message is the receiver's copy.</summary>
    [Test]
    public void RewritingALineAfterReceptionChangesNothing()
    {
        using RingPair pair = new(Slots);
        RingPair.Send(ref pair.A, new byte[100]);
        pair.SetControlFromA(1, pair.ControlFromA(1) ^ RingControl.EpochBit);
        Assert.That(
            pair.Receive(ref pair.B, out _),
            Is.EqualTo(RingStatus.Empty),
            "first half is in"
        );

        pair.LineFromA(0)[..RingLayout.PayloadSize].Fill(0xFF);
        pair.SetControlFromA(1, pair.ControlFromA(1) ^ RingControl.EpochBit);
        Assert.That(pair.Receive(ref pair.B, out byte[] message), Is.EqualTo(RingStatus.Ok));
        Assert.That(message, Is.EqualTo(new byte[100]));
    }

    /// <summary>Lines that carry nothing cannot keep the receiver busy for as long as the peer writes them.</summary>
    [Test]
    public void LinesThatCarryNothingDoNotHoldTheReceiverUp()
    {
        const uint slots = 256;
        using RingPair pair = new(slots);
        for (uint i = 0; i < slots; i++)
        {
            pair.SetControlFromA(
                i,
                RingControl.Pack(RingControl.EpochBit, RingLineKind.Abort, length: 0, 0)
            );
        }
        Assert.That(pair.Receive(ref pair.B, out _), Is.EqualTo(RingStatus.Empty));
        Assert.That(pair.B.HasLine, Is.True, "the rest waits for the next look");

        while (pair.B.HasLine)
        {
            pair.Receive(ref pair.B, out _);
        }
        Assert.That(pair.B.Counters.Aborted, Is.EqualTo(slots));
    }

    /// <summary>Acknowledgements of lines never sent are counted and give no credit.</summary>
    [Test]
    public void FalseAcknowledgementsGiveNoCredit() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(2000),
            Prop.ForAll(
                Gen.Choose(0, (int)Slots).ToArbitrary(),
                ArbMap.Default.ArbFor<uint>(),
                (sent, claimed) =>
                {
                    using RingPair pair = new(Slots);
                    for (int i = 0; i < sent; i++)
                    {
                        RingPair.Send(ref pair.A, [1]);
                    }
                    pair.A.Sender.Acknowledge(claimed);
                    bool possible = claimed <= sent;
                    uint expectedFree = Slots - (uint)sent + (possible ? claimed : 0);
                    bool isFuture = (int)claimed > sent;
                    return pair.A.Sender.Free == expectedFree
                        && pair.A.Sender.Malformed == (isFuture ? 1u : 0u);
                }
            )
        );
}
