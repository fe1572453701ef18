using static Cosmos.Multikernel.Tests.Host.CpuDriver.Acpi.FirmwareTable;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Acpi;

/// <summary>Entries of a MADT (ACPI 6.5, section 5.2.12).</summary>
internal static class InterruptTable
{
    public const uint Enabled = 1;
    public const uint OnlineCapable = 2;

    public static byte[] Make(params byte[][] entries) =>
        FirmwareTable.Make("APIC", [U32(0xfee0_0000), U32(1), .. entries]);

    /// <summary>What QEMU describes: four processors, an I/O APIC, the overrides of a PC, a non-maskable interrupt.</summary>
    public static byte[] Typical() =>
        Make(
            Processor(0, 0),
            Processor(1, 1),
            Processor(2, 2),
            Processor(3, 3),
            IoApic(0xfec0_0000, 0),
            Override(0, 2, 0),
            Override(5, 5, 0xd),
            Override(9, 9, 0xf),
            [4, 6, 0xff, 0, 0, 1]
        );

    public static byte[] Processor(byte uid, byte apicId, uint flags = Enabled) =>
        [0, 8, uid, apicId, .. U32(flags)];

    public static byte[] X2Processor(uint apicId, uint flags = Enabled) =>
        [9, 16, 0, 0, .. U32(apicId), .. U32(flags), .. U32(apicId)];

    public static byte[] IoApic(uint address, uint firstLine) =>
        [1, 12, 0, 0, .. U32(address), .. U32(firstLine)];

    public static byte[] Override(byte source, uint line, ushort flags) =>
        [2, 10, 0, source, .. U32(line), .. U16(flags)];

    public static byte[] Address(ulong address) => [5, 12, 0, 0, .. U64(address)];
}
