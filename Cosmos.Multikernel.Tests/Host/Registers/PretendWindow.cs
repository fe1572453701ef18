using Cosmos.Multikernel.Drivers.Registers;

namespace Cosmos.Multikernel.Tests.Host.Registers;

/// <summary>Registers that remember what is written, and all accesses.</summary>
internal class PretendWindow(int bytes) : RegisterWindow
{
    private readonly byte[] contents = new byte[bytes];

    /// <summary>Each access: <c>r32 0x10</c>, <c>w8 0x4=0x3</c>.</summary>
    public List<string> Accesses { get; } = [];

    public override long Length => contents.Length;

    public override byte Read8(long offset) => (byte)Read(offset, 1);

    public override ushort Read16(long offset) => (ushort)Read(offset, 2);

    public override uint Read32(long offset) => (uint)Read(offset, 4);

    public override ulong Read64(long offset) => Read(offset, 8);

    public override void Write8(long offset, byte value) => Write(offset, 1, value);

    public override void Write16(long offset, ushort value) => Write(offset, 2, value);

    public override void Write32(long offset, uint value) => Write(offset, 4, value);

    public override void Write64(long offset, ulong value) => Write(offset, 8, value);

    /// <summary>What the device does when it is read.</summary>
    protected virtual ulong Read(long offset, int size)
    {
        Accesses.Add($"r{size * 8} 0x{offset:x}");
        return Get(offset, size);
    }

    /// <summary>What the device does when it is written.</summary>
    protected virtual void Write(long offset, int size, ulong value)
    {
        Accesses.Add($"w{size * 8} 0x{offset:x}=0x{value:x}");
        Set(offset, size, value);
    }

    protected ulong Get(long offset, int size)
    {
        Span<byte> whole = stackalloc byte[8];
        contents.AsSpan((int)offset, size).CopyTo(whole);
        return BitConverter.ToUInt64(whole);
    }

    protected void Set(long offset, int size, ulong value) =>
        BitConverter.GetBytes(value).AsSpan(0, size).CopyTo(contents.AsSpan((int)offset));
}
