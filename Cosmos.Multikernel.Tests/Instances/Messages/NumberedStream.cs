using System.Buffers.Binary;
using System.Diagnostics;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Messages;

/// <summary>
/// A long stream of numbered messages of random lengths. Sender and receiver pause at random moments, so that rings run full
/// and empty and both ends fall asleep while the other is about to send: the race in which wake-ups get lost. The same
/// stream runs on the metal, hosted and in the simulator.
/// </summary>
/// <param name="count">Messages.</param>
/// <param name="seed">Decides lengths and pauses.</param>
/// <param name="oneIn">One message in so many is followed by a sleep, at each end.</param>
internal sealed class NumberedStream(int count, int seed, int oneIn)
{
    private const int Longest = 3000;

    // Longer than any pause and any emulator's hiccup: nothing arriving for this long is a lost wake-up.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly byte[] expected = new byte[Longest];

    /// <summary>Sends all and waits for the receiver's answer.</summary>
    public async Task<string> SendAsync(Channel channel)
    {
        var random = new Random(seed);
        var message = new byte[Longest];
        var begin = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            await channel.SendAsync(message.AsMemory(0, Write(message, i)));
            await PauseAsync(random);
        }

        await channel.WaitToReceiveAsync(Patience);
        Expect.Equal(count, await channel.ReceiveAsync<int>());
        var counters = channel.Counters;
        Expect.Equal((ulong)count, counters.MessagesSent);
        return $"sent {count} in {Stopwatch.GetElapsedTime(begin).TotalSeconds:0.0} s, full {counters.FullWaits}, rang {counters.DoorbellsRung}, slept {counters.DoorbellsArmed}";
    }

    /// <summary>Receives all, each once, in order and whole, then answers.</summary>
    public async Task<string> ReceiveAsync(Channel channel)
    {
        var random = new Random(~seed);
        for (var i = 0; i < count; i++)
        {
            if (!channel.TryReceive(out ReadOnlyMemory<byte> message))
            {
                await channel.WaitToReceiveAsync(Patience);
                channel.TryReceive(out message);
            }

            if (!message.Span.SequenceEqual(expected.AsSpan(0, Write(expected, i))))
            {
                throw new ExpectationException(
                    $"message {i}: got {message.Length} bytes that begin with {BinaryPrimitives.ReadInt64LittleEndian(message.Span)}"
                );
            }

            await PauseAsync(random);
        }

        var counters = channel.Counters;
        Expect.Equal(0ul, counters.Malformed);
        Expect.Equal((ulong)count, counters.MessagesReceived);

        // What was sent before the channel is closed arrives.
        await channel.SendAsync(count);
        return $"received {count} in order, rang {counters.DoorbellsRung}, slept {counters.DoorbellsArmed}";
    }

    /// <summary>Most messages take one line, some several; every eight bytes depend on the number: a torn one shows.</summary>
    private static int Write(byte[] message, int number)
    {
        var mixed = (ulong)(number + 1) * 0x9E37_79B9_7F4A_7C15;
        var length = (mixed >> 40) switch
        {
            var n when n % 1024 == 0 => Longest - (int)(n / 1024 % 100),
            var n when n % 16 == 0 => 57 + (int)(n / 16 % 300),
            var n => 8 + (int)(n / 16 % 49),
        };
        BinaryPrimitives.WriteInt64LittleEndian(message, number);
        for (var at = 8; at < length; at += 8)
        {
            mixed += 0x1234_5678_9ABC_DEF1;
            if (at + 8 <= length)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(message.AsSpan(at), mixed);
            }
            else
            {
                message.AsSpan(at, length - at).Fill((byte)mixed);
            }
        }

        return length;
    }

    private async ValueTask PauseAsync(Random random)
    {
        var chance = random.Next(oneIn);
        if (chance == 0)
        {
            await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(random.Next(1, 5)));
        }
        else if (chance < 10)
        {
            Thread.SpinWait(random.Next(2_000));
        }
    }
}
