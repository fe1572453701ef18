namespace Cosmos.Multikernel.CpuDriver.Acpi;

/// <summary>A copy of a firmware table that all cores can read.</summary>
public unsafe struct AcpiCopy
{
    public uint Signature;
    public uint Length;
    public byte* Bytes;
}
