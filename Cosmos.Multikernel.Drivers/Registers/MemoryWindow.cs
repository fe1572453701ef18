using Cosmos.Multikernel.Capabilities;

namespace Cosmos.Multikernel.Drivers.Registers;

/// <summary>Registers in memory: all of a capability, or a part of it.</summary>
public sealed class MemoryWindow : RegisterWindow
{
    private readonly DeviceMemory memory;
    private readonly long start;

    /// <summary>All of it.</summary>
    public MemoryWindow(DeviceMemory memory)
        : this(memory, 0, memory.Length) { }

    /// <summary>A part of it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It does not lie within.</exception>
    public MemoryWindow(DeviceMemory memory, long start, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, memory.Length - start);
        this.memory = memory;
        this.start = start;
        Length = length;
    }

    /// <inheritdoc/>
    public override long Length { get; }

    /// <inheritdoc/>
    public override byte Read8(long offset) => memory.Read<byte>(At(offset, 1));

    /// <inheritdoc/>
    public override ushort Read16(long offset) => memory.Read<ushort>(At(offset, 2));

    /// <inheritdoc/>
    public override uint Read32(long offset) => memory.Read<uint>(At(offset, 4));

    /// <inheritdoc/>
    public override ulong Read64(long offset) => memory.Read<ulong>(At(offset, 8));

    /// <inheritdoc/>
    public override void Write8(long offset, byte value) => memory.Write(At(offset, 1), value);

    /// <inheritdoc/>
    public override void Write16(long offset, ushort value) => memory.Write(At(offset, 2), value);

    /// <inheritdoc/>
    public override void Write32(long offset, uint value) => memory.Write(At(offset, 4), value);

    /// <inheritdoc/>
    public override void Write64(long offset, ulong value) => memory.Write(At(offset, 8), value);

    private long At(long offset, int size)
    {
        if (offset < 0 || offset > Length - size)
        {
            throw new ArgumentOutOfRangeException(
                nameof(offset),
                offset,
                $"{size} bytes do not lie within {Length}."
            );
        }
        return start + offset;
    }
}
