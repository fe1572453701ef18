using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Tests.Instances.Messages;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Channels;

/// <summary>
/// The channel's two properties on this machine's cores: what is sent arrives once, in order and whole, across wraps of the
/// ring, and credit is never negative; a full ring always recovers and no wake-up is lost.
/// </summary>
[TestFixture]
[CancelAfter(300_000)]
public sealed class ChannelPropertyTests
{
    /// <summary>Any schedule of sends and receives over one ring, one thread: a model queue says what must come.</summary>
    [Test]
    public void AnyScheduleKeepsOrderAndCredit() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(500),
            Prop.ForAll(
                Gen.Elements(1u, 2u, 4u, 64u).ToArbitrary(),
                Gen.Choose(0, 400).ListOf(200).ToArbitrary(),
                (slots, script) =>
                {
                    using RingPair pair = new(slots);
                    Queue<byte[]> due = new();
                    byte[]? sending = null;
                    foreach (int step in script)
                    {
                        bool sends = step % 3 != 0;
                        if (sends && sending is null)
                        {
                            sending = new byte[step];
                            new Random(step).NextBytes(sending);
                        }
                        if (sends && RingPair.Send(ref pair.A, sending) == RingStatus.Ok)
                        {
                            due.Enqueue(sending!);
                            sending = null;
                        }
                        if (!sends && !ReceiveIsRight(pair, due))
                        {
                            return false;
                        }
                        if (pair.A.Sender.Free > slots)
                        {
                            return false;
                        }
                    }
                    while (due.Count != 0)
                    {
                        if (!ReceiveIsRight(pair, due))
                        {
                            return false;
                        }
                    }
                    return pair.B.Malformed == 0;
                }
            )
        );

    // A message longer than the ring may be half there: then nothing comes.
    private static bool ReceiveIsRight(RingPair pair, Queue<byte[]> due)
    {
        RingStatus status = pair.Receive(ref pair.B, out byte[] message);
        return status switch
        {
            RingStatus.Ok => due.TryDequeue(out byte[]? expected)
                ? message.AsSpan().SequenceEqual(expected)
                : false,
            RingStatus.Empty => due.Count == 0,
            _ => false,
        };
    }

    /// <summary>Any seed and ring size: two event loops that sleep at random moments.</summary>
    [Test]
    public void AnyStreamArrives() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(12),
            Prop.ForAll(
                Gen.Elements(1u, 2u, 8u, 64u, 1024u).ToArbitrary(),
                Gen.Choose(0, int.MaxValue).ToArbitrary(),
                (slots, seed) =>
                {
                    StreamAsync(slots, count: 5_000, seed, oneIn: 500).GetAwaiter().GetResult();
                    return true;
                }
            )
        );

    /// <summary>On the metal <c>./build.sh bench stream</c> sends as many.</summary>
    [Test]
    public async Task TenMillionMessagesWithRandomSleeps() =>
        await TestContext.Out.WriteLineAsync(
            await StreamAsync(64, count: 10_000_000, seed: 1, oneIn: 20_000)
        );

    private static async Task<string> StreamAsync(uint slots, int count, int seed, int oneIn)
    {
        using HostedMachine machine = new();
        EventLoop a = machine.Add(0, "a");
        EventLoop b = machine.Add(1, "b");
        Task<string> receiving = b.InvokeAsync(async () =>
            await new NumberedStream(count, seed, oneIn).ReceiveAsync(await Channel.AcceptAsync())
        );
        string sent = await a.InvokeAsync(async () =>
            await new NumberedStream(count, seed, oneIn).SendAsync(
                await Channel.ConnectAsync(1, "b", new ChannelOptions { Slots = slots })
            )
        );
        return $"{sent}; {await receiving}";
    }
}
