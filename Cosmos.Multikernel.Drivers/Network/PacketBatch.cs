using System.Buffers.Binary;

namespace Cosmos.Multikernel.Drivers.Network;

/// <summary>
/// Packets in a frame: their count (u32, little-endian), 0 (u32), then for each its length (u32), 0 (u32), its bytes, and zeros up
/// to a multiple of eight.
/// </summary>
/// <remarks>The frame belongs to whoever reads or writes it: nobody else can change it meanwhile. What it holds is not believed.</remarks>
internal static class PacketBatch
{
    public const int HeaderSize = 8;

    private const int EntrySize = 8;

    /// <summary>Bytes that a packet takes.</summary>
    public static int SizeOf(int length) => EntrySize + ((length + 7) & ~7);

    /// <summary>Makes a frame hold no packets.</summary>
    public static void Clear(Span<byte> frame) => frame[..HeaderSize].Clear();

    /// <summary>How many packets it says it holds.</summary>
    public static uint Count(ReadOnlySpan<byte> frame) =>
        BinaryPrimitives.ReadUInt32LittleEndian(frame);

    /// <summary>Changes how many it holds.</summary>
    public static void SetCount(Span<byte> frame, uint count) =>
        BinaryPrimitives.WriteUInt32LittleEndian(frame, count);

    /// <summary>Adds a packet at a place.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="at">Where; <see cref="HeaderSize"/> at first. Then, where the next goes.</param>
    /// <param name="packet">The packet.</param>
    /// <returns>False when there is no room.</returns>
    public static bool TryAdd(Span<byte> frame, ref int at, ReadOnlySpan<byte> packet)
    {
        if (SizeOf(packet.Length) > frame.Length - at)
        {
            return false;
        }
        BinaryPrimitives.WriteUInt64LittleEndian(frame[at..], (uint)packet.Length);
        packet.CopyTo(frame[(at + EntrySize)..]);
        at += SizeOf(packet.Length);
        SetCount(frame, Count(frame) + 1);
        return true;
    }

    /// <summary>Takes the packet at a place.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="at">Where; <see cref="HeaderSize"/> at first. Then, where the next is.</param>
    /// <param name="packet">The packet.</param>
    /// <returns>False when there is none that lies within the frame.</returns>
    public static bool TryTake(ReadOnlySpan<byte> frame, ref int at, out ReadOnlySpan<byte> packet)
    {
        packet = default;
        if (frame.Length - at < EntrySize)
        {
            return false;
        }
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(frame[at..]);
        if (length > (ulong)(frame.Length - at - EntrySize))
        {
            return false;
        }
        packet = frame.Slice(at + EntrySize, (int)length);
        at = Math.Min(frame.Length, at + SizeOf((int)length));
        return true;
    }
}
