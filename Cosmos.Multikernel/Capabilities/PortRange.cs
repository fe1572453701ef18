using Cosmos.Multikernel.Abi;

namespace Cosmos.Multikernel.Capabilities;

/// <summary>I/O ports. Offsets are from the first one. Each access is a system call.</summary>
public sealed unsafe class PortRange : Capability
{
    internal PortRange(CapabilityStore store, long number, in CapabilityDescription description)
        : base(store, number)
    {
        First = (ushort)description.Start;
        Count = (int)description.Length;
    }

    /// <summary>The first port.</summary>
    public ushort First { get; }

    /// <summary>How many there are.</summary>
    public int Count { get; }

    public byte Read8(int offset) => (byte)Read(offset, 1);

    public ushort Read16(int offset) => (ushort)Read(offset, 2);

    public uint Read32(int offset) => (uint)Read(offset, 4);

    public void Write8(int offset, byte value) => Write(offset, 1, value);

    public void Write16(int offset, ushort value) => Write(offset, 2, value);

    public void Write32(int offset, uint value) => Write(offset, 4, value);

    /// <summary>
    /// Reads one port again and again: a device's data register. A system call for each 256 accesses, so that other work of the core
    /// comes in between.
    /// </summary>
    /// <param name="offset">The port.</param>
    /// <param name="size">1, 2 or 4 bytes at a time.</param>
    /// <param name="bytes">A multiple of the size.</param>
    public void ReadBlock(int offset, int size, Span<byte> bytes)
    {
        CheckBlock(size, bytes.Length);
        for (Span<byte> left = bytes; left.Length != 0; )
        {
            int count = Math.Min(left.Length / size, (int)CapabilityLimits.MaximumPortBlock);
            fixed (byte* start = left)
            {
                CapabilityErrors.Check(
                    Store.ReadPortBlock(Number, offset, size, start, count),
                    Describe("read", offset, size)
                );
            }
            left = left[(count * size)..];
        }
    }

    /// <summary>Writes one port again and again.</summary>
    /// <param name="offset">The port.</param>
    /// <param name="size">1, 2 or 4 bytes at a time.</param>
    /// <param name="bytes">A multiple of the size.</param>
    public void WriteBlock(int offset, int size, ReadOnlySpan<byte> bytes)
    {
        CheckBlock(size, bytes.Length);
        for (ReadOnlySpan<byte> left = bytes; left.Length != 0; )
        {
            int count = Math.Min(left.Length / size, (int)CapabilityLimits.MaximumPortBlock);
            fixed (byte* start = left)
            {
                CapabilityErrors.Check(
                    Store.WritePortBlock(Number, offset, size, start, count),
                    Describe("write", offset, size)
                );
            }
            left = left[(count * size)..];
        }
    }

    /// <summary>A capability for some of them.</summary>
    public PortRange Mint(int offset, int count, CapabilityRights rights)
    {
        MintRequest request = new()
        {
            Type = CapabilityType.PortRange,
            Rights = rights,
            Start = (ulong)(First + offset),
            Length = (ulong)count,
        };
        return (PortRange)Adopt(
            Store,
            CapabilityErrors.Check(Store.Mint(Number, in request), "mint a part of a port range")
        );
    }

    private static void CheckBlock(int size, int length)
    {
        if (size is not (1 or 2 or 4) || length % size != 0)
        {
            throw new ArgumentException(
                $"{length} bytes, {size} at a time: 1, 2 or 4 at a time, and no part left over."
            );
        }
    }

    private long Read(int offset, int size) =>
        CapabilityErrors.Check(
            Store.ReadPort(Number, offset, size),
            Describe("read", offset, size)
        );

    private void Write(int offset, int size, uint value) =>
        CapabilityErrors.Check(
            Store.WritePort(Number, offset, size, value),
            Describe("write", offset, size)
        );

    private string Describe(string what, int offset, int size) =>
        $"{what} {size} bytes at port 0x{First:x}+{offset} of {Count}";
}
