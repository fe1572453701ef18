// The ELF-64 structures and constants that a loader reads.
// Source: System V ABI, gABI 4.1 chapters 4 and 5, and its AMD64 supplement.

namespace Cosmos.Multikernel.CpuDriver.Elf;

/// <summary>The file header (Elf64_Ehdr), 64 bytes.</summary>
public unsafe struct ElfHeader
{
    public fixed byte Identification[16];
    public ushort Type;
    public ushort Machine;
    public uint Version;
    public ulong Entry;
    public ulong ProgramHeaderOffset;
    public ulong SectionHeaderOffset;
    public uint Flags;
    public ushort HeaderSize;
    public ushort ProgramHeaderSize;
    public ushort ProgramHeaderCount;
    public ushort SectionHeaderSize;
    public ushort SectionHeaderCount;
    public ushort SectionNameIndex;
}

/// <summary>A program header (Elf64_Phdr), 56 bytes.</summary>
public struct ElfProgramHeader
{
    public uint Type;
    public uint Flags;
    public ulong Offset;
    public ulong VirtualAddress;
    public ulong PhysicalAddress;
    public ulong FileSize;
    public ulong MemorySize;
    public ulong Alignment;
}

public static class ElfFormat
{
    /// <summary>0x7f 'E' 'L' 'F' read as a little-endian word.</summary>
    public const uint Magic = 0x464c457f;

    public const byte Class64 = 2;
    public const byte DataLittleEndian = 1;
    public const byte VersionCurrent = 1;

    public const ushort TypeExecutable = 2;
    public const ushort TypeShared = 3;
    public const ushort MachineX64 = 62;

    public const uint SegmentLoad = 1;
    public const uint SegmentInterpreter = 3;

    public const uint FlagExecute = 1;
    public const uint FlagWrite = 2;
    public const uint FlagRead = 4;

    public const uint HeaderBytes = 64;
    public const uint ProgramHeaderBytes = 56;
}
