using System.Runtime.InteropServices;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Capabilities;

/// <summary>Gets frames from the giver.</summary>
internal static class Taker
{
    /// <summary>Takes what is announced, checks it, sends it back if wanted; for as long as somebody connects.</summary>
    public static async Task ServeAsync()
    {
        while (true)
        {
            var channel = await Channel.AcceptAsync();
            _ = ServeAsync(channel);
        }
    }

    /// <summary>Claims what is announced, keeps it, and ends when told to.</summary>
    public static async Task DieHoldingAsync()
    {
        var channel = await Channel.AcceptAsync();
        var held = new List<Capability>();
        while (await channel.ReceiveAsync<FrameNote>() is { Number: < uint.MaxValue } note)
        {
            held.Add(await channel.ClaimCapabilityAsync(note.Number));
        }

        // The even ones die of a fault, the odd ones return.
        if (Core.Current % 2 == 0)
        {
            Environment.FailFast("held frames");
        }
    }

    private static async Task ServeAsync(Channel channel)
    {
        try
        {
            while (true)
            {
                var note = await channel.ReceiveAsync<FrameNote>();
                var frame = (Frame)await channel.ClaimCapabilityAsync(note.Number);
                Check(frame, note.Stamp);
                if (note.Wanted == 0)
                {
                    frame.Dispose();
                    continue;
                }

                var stamp = note.Stamp + 1;
                for (var at = 0; at < frame.Length; at += 4096)
                {
                    MemoryMarshal.Write(frame.Span[at..], in stamp);
                }

                var number = await channel.SendCapabilityAsync(frame);
                await channel.SendAsync(new FrameNote(number, 0, stamp));
            }
        }
        catch (ChannelException)
        {
            channel.Dispose();
        }
    }

    private static void Check(Frame frame, ulong stamp)
    {
        for (var at = 0; at < frame.Length; at += 4096)
        {
            Expect.Equal(stamp, MemoryMarshal.Read<ulong>(frame.Span[at..]));
        }

        Expect.That(frame.Home != Core.Current);
    }
}
