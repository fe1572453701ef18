namespace Cosmos.Multikernel.Drivers.Registers;

/// <summary>
/// A device's registers, wherever they are: memory (<see cref="MemoryWindow"/>), ports (<see cref="PortWindow"/>), or a device that a
/// test pretends. Each call is one access of exactly its width, and none passes another.
/// </summary>
/// <exception cref="ArgumentOutOfRangeException">From every access: the register does not lie within.</exception>
public abstract class RegisterWindow
{
    /// <summary>Bytes.</summary>
    public abstract long Length { get; }

    public abstract byte Read8(long offset);

    public abstract ushort Read16(long offset);

    public abstract uint Read32(long offset);

    public abstract ulong Read64(long offset);

    public abstract void Write8(long offset, byte value);

    public abstract void Write16(long offset, ushort value);

    public abstract void Write32(long offset, uint value);

    public abstract void Write64(long offset, ulong value);

    /// <summary>Reads a register of 16 bits again and again, as a port for data is read.</summary>
    /// <param name="offset">The register.</param>
    /// <param name="into">A whole number of 16-bit words.</param>
    public virtual void ReadBlock16(long offset, Span<byte> into)
    {
        for (int at = 0; at < into.Length; at += sizeof(ushort))
        {
            BitConverter.TryWriteBytes(into[at..], Read16(offset));
        }
    }

    /// <summary>Writes a register of 16 bits again and again.</summary>
    public virtual void WriteBlock16(long offset, ReadOnlySpan<byte> from)
    {
        for (int at = 0; at < from.Length; at += sizeof(ushort))
        {
            Write16(offset, BitConverter.ToUInt16(from[at..]));
        }
    }
}
