// The mailbox lines between cores: the only memory that every core can write, apart from channels.
//
// For each receiving core: a summary (one bit for each sender that rang), then one 64-byte line for each sender. A line is
// written by its sender and its receiver only. Bits coalesce: a sender that rings ten times before the receiver looks has rung
// once; nothing can overflow.

using System.Threading;
using Cosmos.Multikernel.CpuDriver.Cores;

namespace Cosmos.Multikernel.CpuDriver.Endpoints;

/// <summary>What one core tells one other core.</summary>
public struct CrossroadsLine
{
    /// <summary>Not zero when the link between the CPU drivers wants a look. Set by the sender, cleared by the receiver.</summary>
    public ulong LinkRung;

    /// <summary>Channels that were rung, by the receiver's handle modulo 64. Set by the sender, cleared by the receiver.</summary>
    public ulong ChannelsRung;

    /// <summary>Physical address of the link's memory, once the sender has opened one; 0 before. Written once, by the sender.</summary>
    public ulong LinkMemory;

    /// <summary>Number of the sender's probe that waits for the receiver's answer, or 0. Set by the sender, cleared by the receiver.</summary>
    public ulong Probed;

    /// <summary>Number of the receiver's probe that the sender answered last. Written by the sender.</summary>
    public ulong ProbeAnswered;

    public const ulong Size = 64;
}

public static unsafe class Crossroads
{
    private const ulong SendersPerSummaryLine = 512;

    /// <summary>Bytes for all pairs of so many cores.</summary>
    public static ulong BytesFor(ulong cores) => cores * Stride(cores);

    /// <summary>The line from one core to another.</summary>
    public static CrossroadsLine* Line(uint to, uint from)
    {
        byte* area = Area(to);
        return (CrossroadsLine*)(area + SummaryBytes(ThisCore.Count) + from * CrossroadsLine.Size);
    }

    /// <summary>Marks this core as having rung another; true when the other has not been told since it last looked.</summary>
    public static bool MarkRung(uint to)
    {
        ulong* words = (ulong*)Area(to);
        uint from = ThisCore.Index;
        ulong before = Interlocked.Or(ref words[from / 64], 1ul << (int)(from % 64));
        return before == 0;
    }

    /// <summary>Takes and clears a word of this core's summary: bit n is sender word * 64 + n.</summary>
    public static ulong TakeSummary(uint word)
    {
        ref ulong summary = ref ((ulong*)Area(ThisCore.Index))[word];
        // A plain look first: an exchange of zeros for zeros would still take the line from whoever writes it.
        return Volatile.Read(ref summary) == 0 ? 0 : Interlocked.Exchange(ref summary, 0);
    }

    /// <summary>Words of a summary in use.</summary>
    public static uint SummaryWords => (ThisCore.Count + 63) / 64;

    private static byte* Area(uint to) => ThisCore.Boot->Crossroads + to * Stride(ThisCore.Count);

    private static ulong Stride(ulong cores) => SummaryBytes(cores) + cores * CrossroadsLine.Size;

    private static ulong SummaryBytes(ulong cores) =>
        (cores + SendersPerSummaryLine - 1) / SendersPerSummaryLine * 64;
}
