using System.Diagnostics;
using System.Runtime.InteropServices;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Messages;

/// <summary>
/// A long stream of numbered messages. Sender and receiver pause at random moments, so that rings run full and empty and
/// both ends fall asleep while the other is about to send: the race in which wake-ups get lost.
/// </summary>
internal static class NumberedStream
{
    // Longer than any pause and any emulator's hiccup: nothing arriving for this long is a lost wake-up.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>One line of a ring, every word of which depends on the number: a torn message shows.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Numbered(
        ulong Number,
        ulong A,
        ulong B,
        ulong C,
        ulong D,
        ulong E,
        ulong F
    )
    {
        public static Numbered Of(ulong n) => new(n, ~n, n * 3, n ^ 0x5555, n << 7, n + 11, n * n);
    }

    public static async Task<string> SendAsync(int core, int count)
    {
        using var channel = await Channel.ConnectAsync(
            core,
            Instance.Name,
            new ChannelOptions { Slots = 64, ConnectTimeout = Patience }
        );
        var random = new Random(1);
        var begin = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            await channel.SendAsync(Numbered.Of((ulong)i));
            await PauseAsync(random);
        }

        await channel.WaitToReceiveAsync(Patience);
        Expect.Equal((ulong)count, (await channel.ReceiveAsync<Numbered>()).Number);
        var counters = channel.Counters;
        Expect.That(counters.FullWaits > 0);
        Expect.That(counters.DoorbellsRung > 0);
        Expect.That(counters.DoorbellsArmed > 0);
        return $"sent {count} in {Stopwatch.GetElapsedTime(begin).TotalSeconds:0.0} s, full {counters.FullWaits}, rang {counters.DoorbellsRung}, slept {counters.DoorbellsArmed}";
    }

    public static async Task<string> ReceiveAsync(int count)
    {
        using var channel = await Channel.AcceptAsync(Patience);
        var random = new Random(2);
        for (var i = 0; i < count; i++)
        {
            if (!channel.TryReceive(out ReadOnlyMemory<byte> message))
            {
                await channel.WaitToReceiveAsync(Patience);
                channel.TryReceive(out message);
            }

            var received = MemoryMarshal.Read<Numbered>(message.Span);
            if (received != Numbered.Of((ulong)i))
            {
                throw new ExpectationException($"message {i}: got {received}");
            }

            await PauseAsync(random);
        }

        // What was sent before the channel is closed arrives.
        await channel.SendAsync(Numbered.Of((ulong)count));
        var counters = channel.Counters;
        Expect.That(counters.DoorbellsRung > 0);
        Expect.That(counters.DoorbellsArmed > 0);
        return $"received {count} in order, rang {counters.DoorbellsRung}, slept {counters.DoorbellsArmed}";
    }

    private static async ValueTask PauseAsync(Random random)
    {
        switch (random.Next(2_000))
        {
            case 0:
                await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(random.Next(1, 5)));
                break;
            case < 10:
                Thread.SpinWait(random.Next(2_000));
                break;
        }
    }
}
