// Reads what a loader must know out of a file that nobody vouches for.
// Principles: pure code over (bytes, length), so the host tests feed it the same damage that a boot medium could; every
// number from the file is checked before it is used and no sum of two such numbers can overflow; what is accepted needs
// no further check by the loader.

namespace Cosmos.Multikernel.CpuDriver.Elf;

/// <summary>One loadable segment, relative to the image's load address. Ranges of two segments share no page.</summary>
public struct ElfSegment
{
    /// <summary>First byte, relative to the load address; equals <see cref="FileOffset"/> modulo 4096.</summary>
    public ulong Address;

    /// <summary>Bytes in memory; what lies beyond <see cref="FileSize"/> is zero.</summary>
    public ulong MemorySize;

    public ulong FileOffset;
    public ulong FileSize;
    public bool Writable;
    public bool Executable;

    public readonly ulong FirstPage => Address & ~(ElfImage.PageSize - 1);

    public readonly ulong EndPage =>
        (Address + MemorySize + ElfImage.PageSize - 1) & ~(ElfImage.PageSize - 1);
}

/// <summary>A checked static-pie: its segments in ascending order, entry point and program headers.</summary>
public unsafe struct ElfImage
{
    public const ulong PageSize = 4096;
    public const int MaximumSegments = 16;

    // Far more than any linker writes; bounds the time spent on a hostile file.
    private const ushort MaximumProgramHeaders = 128;

    // Code reaches its data by 32-bit displacements, so no working image is larger.
    private const ulong MaximumSpan = 0x8000_0000;

    /// <summary>Entry point relative to the load address.</summary>
    public ulong Entry;

    /// <summary>Where the program headers lie in memory, relative to the load address.</summary>
    public ulong ProgramHeaders;

    public uint ProgramHeaderCount;

    /// <summary>End of the last segment, rounded up to a page.</summary>
    public ulong End;

    public int SegmentCount;

    // ElfSegment is five words; a fixed buffer can only hold primitives.
    private fixed ulong _segments[MaximumSegments * 5];

    /// <summary>The segment at <paramref name="index"/> (0 ≤ index &lt; <see cref="SegmentCount"/>).</summary>
    public static ElfSegment* Segment(ElfImage* image, int index) =>
        (ElfSegment*)image->_segments + index;

    /// <summary>Checks the file and fills <paramref name="image"/>.</summary>
    /// <param name="file">The file's bytes; need not be aligned.</param>
    /// <param name="length">Their number.</param>
    /// <returns><see cref="ElfError.None"/>, or the first thing found wrong (the image is then meaningless).</returns>
    public static ElfError TryParse(byte* file, ulong length, ElfImage* image)
    {
        *image = default;
        ElfError error = CheckHeader(file, length);
        if (error != ElfError.None)
        {
            return error;
        }
        ElfHeader* header = (ElfHeader*)file;
        for (uint i = 0; i < header->ProgramHeaderCount; i++)
        {
            ElfProgramHeader* program = (ElfProgramHeader*)(
                file + header->ProgramHeaderOffset + (i * ElfFormat.ProgramHeaderBytes)
            );
            if (program->Type == ElfFormat.SegmentInterpreter)
            {
                return ElfError.NeedsInterpreter;
            }
            // An empty segment asks for nothing.
            if (program->Type == ElfFormat.SegmentLoad && program->MemorySize != 0)
            {
                error = AddSegment(image, program, length);
                if (error != ElfError.None)
                {
                    return error;
                }
            }
        }
        return Complete(image, header);
    }

    private static ElfError CheckHeader(byte* file, ulong length)
    {
        if (length < 4)
        {
            return ElfError.Truncated;
        }
        ElfHeader* header = (ElfHeader*)file;
        if (*(uint*)header->Identification != ElfFormat.Magic)
        {
            return ElfError.NotElf;
        }
        if (length < ElfFormat.HeaderBytes)
        {
            return ElfError.Truncated;
        }
        if (header->Identification[4] != ElfFormat.Class64)
        {
            return ElfError.Not64Bit;
        }
        if (header->Identification[5] != ElfFormat.DataLittleEndian)
        {
            return ElfError.NotLittleEndian;
        }
        if (
            header->Identification[6] != ElfFormat.VersionCurrent
            || header->Version != ElfFormat.VersionCurrent
        )
        {
            return ElfError.UnknownVersion;
        }
        if (header->Machine != ElfFormat.MachineX64)
        {
            return ElfError.NotX64;
        }
        if (header->Type != ElfFormat.TypeShared)
        {
            return header->Type == ElfFormat.TypeExecutable
                ? ElfError.NotPositionIndependent
                : ElfError.NotExecutable;
        }
        if (
            header->HeaderSize != ElfFormat.HeaderBytes
            || header->ProgramHeaderSize != ElfFormat.ProgramHeaderBytes
            || header->ProgramHeaderCount == 0
            || header->ProgramHeaderCount > MaximumProgramHeaders
        )
        {
            return ElfError.BadHeaderSize;
        }
        ulong headers = (ulong)header->ProgramHeaderCount * ElfFormat.ProgramHeaderBytes;
        return
            header->ProgramHeaderOffset > length || length - header->ProgramHeaderOffset < headers
            ? ElfError.BadProgramHeaders
            : ElfError.None;
    }

    private static ElfError AddSegment(ElfImage* image, ElfProgramHeader* program, ulong length)
    {
        if (image->SegmentCount == MaximumSegments)
        {
            return ElfError.TooManySegments;
        }
        if (program->Offset > length || length - program->Offset < program->FileSize)
        {
            return ElfError.SegmentOutsideFile;
        }
        if (
            program->FileSize > program->MemorySize
            || program->VirtualAddress + program->MemorySize < program->VirtualAddress
        )
        {
            return ElfError.SegmentOverflows;
        }
        if (program->VirtualAddress + program->MemorySize > MaximumSpan)
        {
            return ElfError.SegmentTooLarge;
        }
        if (((program->Offset ^ program->VirtualAddress) & (PageSize - 1)) != 0)
        {
            return ElfError.SegmentMisaligned;
        }
        bool writable = (program->Flags & ElfFormat.FlagWrite) != 0;
        bool executable = (program->Flags & ElfFormat.FlagExecute) != 0;
        if (writable && executable)
        {
            return ElfError.SegmentWritableAndExecutable;
        }
        // The page in which bytes end and zeros begin is the file's with something else behind: only a copy will do.
        bool mixedPage =
            program->FileSize != 0
            && program->MemorySize > program->FileSize
            && ((program->VirtualAddress + program->FileSize) & (PageSize - 1)) != 0;
        if (mixedPage && !writable)
        {
            return ElfError.ZerosInReadOnlySegment;
        }
        ElfSegment* segment = Segment(image, image->SegmentCount);
        segment->Address = program->VirtualAddress;
        segment->MemorySize = program->MemorySize;
        segment->FileOffset = program->Offset;
        segment->FileSize = program->FileSize;
        segment->Writable = writable;
        segment->Executable = executable;
        // The gABI demands ascending order; end to end in whole pages, for protection is by page.
        if (segment->FirstPage < image->End)
        {
            return ElfError.SegmentsOverlap;
        }
        image->End = segment->EndPage;
        image->SegmentCount++;
        return ElfError.None;
    }

    private static ElfError Complete(ElfImage* image, ElfHeader* header)
    {
        if (image->SegmentCount == 0)
        {
            return ElfError.NoSegments;
        }
        image->Entry = header->Entry;
        image->ProgramHeaderCount = header->ProgramHeaderCount;
        ulong headers = (ulong)header->ProgramHeaderCount * ElfFormat.ProgramHeaderBytes;
        bool entryFound = false;
        bool headersFound = false;
        for (int i = 0; i < image->SegmentCount; i++)
        {
            ElfSegment* segment = Segment(image, i);
            if (
                segment->Executable
                && header->Entry >= segment->Address
                && header->Entry - segment->Address < segment->MemorySize
            )
            {
                entryFound = true;
            }
            if (
                header->ProgramHeaderOffset >= segment->FileOffset
                && header->ProgramHeaderOffset - segment->FileOffset <= segment->FileSize
                && segment->FileSize - (header->ProgramHeaderOffset - segment->FileOffset)
                    >= headers
            )
            {
                headersFound = true;
                image->ProgramHeaders =
                    segment->Address + (header->ProgramHeaderOffset - segment->FileOffset);
            }
        }
        if (!entryFound)
        {
            return ElfError.EntryOutsideCode;
        }
        return headersFound ? ElfError.None : ElfError.ProgramHeadersNotLoaded;
    }
}
