using System.Buffers.Binary;
using static Cosmos.Multikernel.Tests.Host.CpuDriver.Acpi.FirmwareTable;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Acpi;

/// <summary>A machine's first bytes of memory with the root pointer at 0 and tables behind it.</summary>
internal sealed class FirmwareImage
{
    public const uint RootTable = 0x40;
    private readonly List<byte> _bytes = [.. new byte[0x100]];
    private readonly List<int> _tables = [];

    /// <summary>The bytes of \_S5 as QEMU's DSDT has them: SLP_TYP 0.</summary>
    public static byte[] QemuSoftOff =>
        [0x08, .. "_S5_"u8, 0x12, 0x06, 0x04, 0x00, 0x00, 0x00, 0x00];

    /// <summary>An image as QEMU's q35 makes it, with the newer root table.</summary>
    public static FirmwareImage Typical()
    {
        FirmwareImage image = new();
        uint dsdt = image.Add(Make("DSDT", [.. new byte[40], .. QemuSoftOff, 0x10]));
        uint fadt = image.Add(Fadt(dsdt));
        uint madt = image.Add(InterruptTable.Typical());
        uint srat = image.Add(
            AffinityTable.Make(AffinityTable.Processor(0, 1), AffinityTable.Memory(1, 0, 1 << 30))
        );
        return image.Root(wide: true, fadt, madt, srat);
    }

    /// <summary>A FADT of 276 bytes (ACPI 6), or cut to an older one's length.</summary>
    public static byte[] Fadt(uint dsdt, ulong wideDsdt = 0, int length = 276)
    {
        byte[] table = new byte[276];
        "FACP"u8.CopyTo(table);
        BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(40), dsdt);
        BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(48), 0xb2);
        table[52] = 2;
        BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(64), 0x604);
        BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(68), 0x704);
        BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(76), 0x608);
        BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(112), 1 << 10);
        table[116] = 1;
        table[117] = 8;
        BinaryPrimitives.WriteUInt64LittleEndian(table.AsSpan(120), 0xcf9);
        table[128] = 0x0f;
        BinaryPrimitives.WriteUInt64LittleEndian(table.AsSpan(140), wideDsdt);
        return Seal(table[..length]);
    }

    /// <summary>Adds a table behind the others. Returns its address.</summary>
    public uint Add(byte[] table)
    {
        int at = _bytes.Count;
        _tables.Add(at);
        _bytes.AddRange(table);
        return (uint)at;
    }

    /// <summary>Writes the root pointer and the table of tables.</summary>
    public FirmwareImage Root(bool wide, params uint[] tables)
    {
        byte[] root = Make(
            wide ? "XSDT" : "RSDT",
            [.. tables.Select(at => wide ? U64(at) : U32(at))]
        );
        byte[] pointer = wide ? RootPointer(0, RootTable) : RootPointer(RootTable, version: 1);
        Write(0, pointer);
        Write((int)RootTable, root);
        _tables.Insert(0, (int)RootTable);
        return this;
    }

    public void Write(int at, byte[] bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            _bytes[at + i] = bytes[i];
        }
    }

    public byte[] ToBytes() => [.. _bytes];

    /// <summary>Makes the checksums of a damaged image right again, over the lengths that its tables state now.</summary>
    public byte[] Reseal(byte[] bytes)
    {
        if (bytes.Length >= 36)
        {
            Checksum(bytes, 8, 20);
            Checksum(bytes, 32, 36);
        }
        foreach (int at in _tables)
        {
            if (at + HeaderBytes > bytes.Length)
            {
                continue;
            }
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 4));
            if (length >= HeaderBytes && length <= bytes.Length - at)
            {
                byte[] table = Checksum(bytes[at..(at + (int)length)], 9, (int)length);
                table.CopyTo(bytes, at);
            }
        }
        return bytes;
    }
}
