using Cosmos.Multikernel.Capabilities;

namespace Cosmos.Multikernel.Drivers.Registers;

/// <summary>Registers that are I/O ports. There are none of 64 bits.</summary>
public sealed class PortWindow(PortRange ports) : RegisterWindow
{
    // What one system call takes.
    private const int LongestBlock = 4096;

    /// <inheritdoc/>
    public override long Length => ports.Count;

    /// <inheritdoc/>
    public override byte Read8(long offset) => ports.Read8(At(offset, 1));

    /// <inheritdoc/>
    public override ushort Read16(long offset) => ports.Read16(At(offset, 2));

    /// <inheritdoc/>
    public override uint Read32(long offset) => ports.Read32(At(offset, 4));

    /// <inheritdoc/>
    public override ulong Read64(long offset) => throw TooWide();

    /// <inheritdoc/>
    public override void Write8(long offset, byte value) => ports.Write8(At(offset, 1), value);

    /// <inheritdoc/>
    public override void Write16(long offset, ushort value) => ports.Write16(At(offset, 2), value);

    /// <inheritdoc/>
    public override void Write32(long offset, uint value) => ports.Write32(At(offset, 4), value);

    /// <inheritdoc/>
    public override void Write64(long offset, ulong value) => throw TooWide();

    /// <inheritdoc/>
    public override void ReadBlock16(long offset, Span<byte> into)
    {
        for (int at = 0; at < into.Length; at += LongestBlock)
        {
            ports.ReadBlock(
                At(offset, 2),
                sizeof(ushort),
                into.Slice(at, Math.Min(LongestBlock, into.Length - at))
            );
        }
    }

    /// <inheritdoc/>
    public override void WriteBlock16(long offset, ReadOnlySpan<byte> from)
    {
        for (int at = 0; at < from.Length; at += LongestBlock)
        {
            ports.WriteBlock(
                At(offset, 2),
                sizeof(ushort),
                from.Slice(at, Math.Min(LongestBlock, from.Length - at))
            );
        }
    }

    private int At(long offset, int size)
    {
        if (offset < 0 || offset > ports.Count - size)
        {
            throw new ArgumentOutOfRangeException(
                nameof(offset),
                offset,
                $"{size} ports do not lie within {ports.Count}."
            );
        }
        return (int)offset;
    }

    private static NotSupportedException TooWide() => new("No port has 64 bits.");
}
