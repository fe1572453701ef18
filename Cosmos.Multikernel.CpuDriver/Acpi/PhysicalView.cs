namespace Cosmos.Multikernel.CpuDriver.Acpi;

/// <summary>A bounded view of physical memory: on the metal the direct map, in the host's tests a byte array.</summary>
public readonly unsafe struct PhysicalView
{
    private readonly byte* _base;
    private readonly ulong _length;

    /// <param name="zero">Where physical address 0 is visible.</param>
    /// <param name="length">How many bytes from there may be read.</param>
    public PhysicalView(byte* zero, ulong length)
    {
        _base = zero;
        _length = length;
    }

    /// <summary>The bytes at an address, or null when they do not all lie within the view.</summary>
    public byte* At(ulong physical, ulong length) =>
        physical <= _length && length <= _length - physical ? _base + physical : null;
}
