using static Cosmos.Multikernel.Tests.Host.CpuDriver.Acpi.FirmwareTable;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Acpi;

/// <summary>Entries of an SRAT (ACPI 6.5, section 5.2.16).</summary>
internal static class AffinityTable
{
    public static byte[] Make(params byte[][] entries) =>
        FirmwareTable.Make("SRAT", [U32(1), new byte[8], .. entries]);

    public static byte[] Processor(byte apicId, uint domain, uint flags = 1) =>
        [0, 16, (byte)domain, apicId, .. U32(flags), 0xee, .. U32(domain >> 8)[..3], .. U32(0)];

    public static byte[] X2Processor(uint apicId, uint domain, uint flags = 1) =>
        [2, 24, 0, 0, .. U32(domain), .. U32(apicId), .. U32(flags), .. new byte[8]];

    public static byte[] Memory(uint domain, ulong start, ulong length, uint flags = 1) =>
        [
            1,
            40,
            .. U32(domain),
            0,
            0,
            .. U64(start),
            .. U64(length),
            .. U32(0),
            .. U32(flags),
            .. new byte[8],
        ];
}
