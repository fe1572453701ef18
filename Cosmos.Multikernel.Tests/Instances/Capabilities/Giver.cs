using System.Runtime.InteropServices;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Native;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Capabilities;

/// <summary>What the giver tells the taker with each frame.</summary>
/// <param name="Number">To claim the frame by.</param>
/// <param name="Stamp">What each page of it begins with.</param>
/// <param name="Wanted">1: the taker sends the frame back; 0: it disposes of it.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct FrameNote(uint Number, int Wanted, ulong Stamp);

/// <summary>
/// Sends frames to other cores, gets some back, and loses others on the way. In the end as much of its core's memory is free as
/// in the beginning: nothing was lost, nothing doubled.
/// </summary>
internal static class Giver
{
    private const int Moves = 4_000;
    private const int Closes = 100;
    private const string Other = "taker";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<string> MoveAsync()
    {
        var held = HeldBytes();
        var random = new Random(7);
        using (var channel = await ConnectAsync(1, Other))
        {
            for (var i = 0; i < Moves; i++)
            {
                var stamp = (ulong)random.NextInt64();
                var wanted = random.Next(2);
                var frame = NewFrame(random, stamp);
                await channel.SendAsync(
                    new FrameNote(await channel.SendCapabilityAsync(frame), wanted, stamp)
                );
                Expect.That(frame.IsClosed);
                if (wanted == 1)
                {
                    await TakeBackAsync(channel, stamp + 1);
                }
            }

            // A frame with a copy stays: it would be in two domains.
            var original = Frame.Allocate(4096);
            var copy = original.Copy();
            var refused = false;
            try
            {
                await channel.SendCapabilityAsync(original);
            }
            catch (CapabilityInUseException)
            {
                refused = true;
            }

            Expect.That(refused);
            copy.Dispose();
            original.Dispose();
        }

        await UntilBackAsync(held);
        return $"{Moves} moves";
    }

    /// <summary>Channels that end with frames on their way in them.</summary>
    public static async Task<string> CloseAsync()
    {
        var held = HeldBytes();
        var random = new Random(8);
        for (var i = 0; i < Closes; i++)
        {
            using var channel = await ConnectAsync(1, Other);
            for (var j = random.Next(20); j > 0; j--)
            {
                // The taker is never told: it claims none of these.
                await channel.SendCapabilityAsync(NewFrame(random, 1));
            }
        }

        await UntilBackAsync(held);
        return $"{Closes} channels";
    }

    /// <summary>Instances that end while they hold frames of ours, claimed and unclaimed.</summary>
    public static async Task<string> VictimsAsync()
    {
        var held = HeldBytes();
        var random = new Random(9);
        var victims = Machine.DeclaredInstances.Where(other => other.Name == "victim").ToList();
        Expect.That(victims.Count > 0);
        foreach (var victim in victims)
        {
            using var channel = await ConnectAsync(victim.Core, victim.Name);
            for (var i = 0; i < 20; i++)
            {
                var number = await channel.SendCapabilityAsync(NewFrame(random, 3));
                if (i % 2 == 0)
                {
                    await channel.SendAsync(new FrameNote(number, 0, 3));
                }
            }

            var ended = false;
            try
            {
                await channel.SendAsync(new FrameNote(uint.MaxValue, 0, 0));
                await channel.WaitToReceiveAsync(Patience);
            }
            catch (PeerEndedException)
            {
                ended = true;
            }

            Expect.That(ended);
        }

        await UntilBackAsync(held);
        return $"{victims.Count} victims";
    }

    private static async Task TakeBackAsync(Channel channel, ulong stamp)
    {
        var back = await channel.ReceiveAsync<FrameNote>();
        using var returned = (Frame)await channel.ClaimCapabilityAsync(back.Number);
        Expect.Equal(stamp, back.Stamp);
        Expect.Equal(stamp, MemoryMarshal.Read<ulong>(returned.Span[^4096..]));
        Expect.Equal(Core.Current, returned.Home);
        Expect.Equal(0, SystemCalls.ReadAudit(out var audit));
        Expect.Equal(0ul, audit.SharedByMistake);
    }

    private static async Task<Channel> ConnectAsync(int core, string name) =>
        await Channel.ConnectAsync(core, name, new ChannelOptions { ConnectTimeout = Patience });

    private static Frame NewFrame(Random random, ulong stamp)
    {
        var frame = Frame.Allocate(4096 * random.Next(1, 9));
        for (var at = 0; at < frame.Length; at += 4096)
        {
            MemoryMarshal.Write(frame.Span[at..], in stamp);
        }

        return frame;
    }

    // Frames of this core that somebody somewhere holds.
    private static ulong HeldBytes() => Machine.ReadStatistics().FrameBytes;

    private static async Task UntilBackAsync(ulong bytes)
    {
        // Frames come home by message: give them the time.
        for (var attempt = 0; attempt < 500 && HeldBytes() != bytes; attempt++)
        {
            await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(20));
        }

        Expect.Equal(bytes, HeldBytes());
    }
}
