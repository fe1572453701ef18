using System.Buffers.Binary;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Elf;

/// <summary>A small valid static-pie: headers, text, data with zeros behind; fields can be overwritten by offset.</summary>
internal static class StaticPie
{
    public const int ProgramHeaders = 64;
    public const int ProgramHeaderBytes = 56;
    public const int TextOffset = 0x1000;
    public const int DataOffset = 0x2010;
    public const int Length = 0x2100;

    public const uint Readable = 4;
    public const uint Writable = 2;
    public const uint Executable = 1;

    // Offsets within a program header.
    public const int FlagsField = 4;
    public const int OffsetField = 8;
    public const int AddressField = 16;
    public const int FileSizeField = 32;
    public const int MemorySizeField = 40;

    public static byte[] Make()
    {
        byte[] file = new byte[Length];
        byte[] identification = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        identification.CopyTo(file, 0);
        Put16(file, 16, 3);
        Put16(file, 18, 62);
        Put32(file, 20, 1);
        Put64(file, 24, 0x1000);
        Put64(file, 32, ProgramHeaders);
        Put16(file, 52, 64);
        Put16(file, 54, ProgramHeaderBytes);
        Put16(file, 56, 3);
        Segment(file, 0, Readable, 0, 0, 0x200, 0x200);
        Segment(file, 1, Readable | Executable, TextOffset, 0x1000, 0x800, 0x800);
        Segment(file, 2, Readable | Writable, DataOffset, 0x3010, 0xf0, 0x5000);
        return file;
    }

    /// <summary>Where a field of a program header lies in the file.</summary>
    public static int Field(int segment, int field) =>
        ProgramHeaders + (segment * ProgramHeaderBytes) + field;

    public static void Put16(byte[] file, int at, ushort value) =>
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at), value);

    public static void Put32(byte[] file, int at, uint value) =>
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at), value);

    public static void Put64(byte[] file, int at, ulong value) =>
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(at), value);

    private static void Segment(
        byte[] file,
        int index,
        uint flags,
        ulong offset,
        ulong address,
        ulong fileSize,
        ulong memorySize
    )
    {
        Put32(file, Field(index, 0), 1);
        Put32(file, Field(index, FlagsField), flags);
        Put64(file, Field(index, OffsetField), offset);
        Put64(file, Field(index, AddressField), address);
        Put64(file, Field(index, FileSizeField), fileSize);
        Put64(file, Field(index, MemorySizeField), memorySize);
    }
}
