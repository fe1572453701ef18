using System.Buffers.Binary;
using System.Text;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Acpi;

/// <summary>Builds ACPI tables as firmware lays them out (ACPI 6.5, chapter 5.2), their checksums right.</summary>
internal static class FirmwareTable
{
    public const int HeaderBytes = 36;

    /// <summary>A table: header and content.</summary>
    public static byte[] Make(string signature, params byte[][] content)
    {
        byte[] header = new byte[HeaderBytes];
        Encoding.ASCII.GetBytes(signature, header);
        header[8] = 1;
        Encoding.ASCII.GetBytes("BOCHS BXPC    ", header.AsSpan(10));
        byte[] table = [.. header, .. content.SelectMany(part => part)];
        return Seal(table);
    }

    /// <summary>Writes length and checksum.</summary>
    public static byte[] Seal(byte[] table)
    {
        BinaryPrimitives.WriteInt32LittleEndian(table.AsSpan(4), table.Length);
        return Checksum(table, 9, table.Length);
    }

    public static byte[] Checksum(byte[] bytes, int at, int length)
    {
        bytes[at] = 0;
        bytes[at] = (byte)-bytes.AsSpan(0, length).ToArray().Sum(value => value);
        return bytes;
    }

    /// <summary>The root pointer, version 1 (20 bytes) or 2 (36 bytes).</summary>
    public static byte[] RootPointer(uint rsdt, ulong xsdt = 0, int version = 2)
    {
        byte[] bytes = new byte[version >= 2 ? 36 : 20];
        Encoding.ASCII.GetBytes("RSD PTR ", bytes);
        Encoding.ASCII.GetBytes("BOCHS ", bytes.AsSpan(9));
        bytes[15] = (byte)(version >= 2 ? 2 : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(16), rsdt);
        Checksum(bytes, 8, 20);
        if (version >= 2)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(20), 36);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24), xsdt);
            Checksum(bytes, 32, 36);
        }
        return bytes;
    }

    public static byte[] U16(ushort value) => [(byte)value, (byte)(value >> 8)];

    public static byte[] U32(uint value) => [.. U16((ushort)value), .. U16((ushort)(value >> 16))];

    public static byte[] U64(ulong value) => [.. U32((uint)value), .. U32((uint)(value >> 32))];
}
