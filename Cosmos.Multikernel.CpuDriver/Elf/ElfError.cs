using System;

namespace Cosmos.Multikernel.CpuDriver.Elf;

/// <summary>Why a file is no image that can be run; <see cref="ElfErrors.Text"/> says it in words.</summary>
public enum ElfError
{
    None,
    Truncated,
    NotElf,
    Not64Bit,
    NotLittleEndian,
    NotX64,
    UnknownVersion,
    NotPositionIndependent,
    NotExecutable,
    BadHeaderSize,
    BadProgramHeaders,
    NeedsInterpreter,
    NoSegments,
    TooManySegments,
    SegmentOutsideFile,
    SegmentOverflows,
    SegmentTooLarge,
    SegmentMisaligned,
    SegmentsOverlap,
    SegmentWritableAndExecutable,
    ZerosInReadOnlySegment,
    EntryOutsideCode,
    ProgramHeadersNotLoaded,
}

public static class ElfErrors
{
    public static ReadOnlySpan<byte> Text(ElfError error) =>
        error switch
        {
            ElfError.None => "no error"u8,
            ElfError.Truncated => "the file ends inside a header"u8,
            ElfError.NotElf => "not an ELF file"u8,
            ElfError.Not64Bit => "not a 64-bit ELF file"u8,
            ElfError.NotLittleEndian => "not a little-endian ELF file"u8,
            ElfError.NotX64 => "not an x86-64 ELF file"u8,
            ElfError.UnknownVersion => "unknown ELF version"u8,
            ElfError.NotPositionIndependent =>
                "not position independent (a static-pie is needed)"u8,
            ElfError.NotExecutable => "not an executable"u8,
            ElfError.BadHeaderSize => "the ELF header or program headers have the wrong size"u8,
            ElfError.BadProgramHeaders => "the program headers lie outside the file"u8,
            ElfError.NeedsInterpreter =>
                "dynamically linked: it names an interpreter (a static-pie is needed)"u8,
            ElfError.NoSegments => "no loadable segment"u8,
            ElfError.TooManySegments => "too many loadable segments"u8,
            ElfError.SegmentOutsideFile => "a segment's bytes lie outside the file"u8,
            ElfError.SegmentOverflows => "a segment's address range overflows"u8,
            ElfError.SegmentTooLarge => "the image spans more than 2 GB"u8,
            ElfError.SegmentMisaligned => "a segment's offset and address differ within a page"u8,
            ElfError.SegmentsOverlap => "segments overlap or are out of order"u8,
            ElfError.SegmentWritableAndExecutable => "a segment is both writable and executable"u8,
            ElfError.ZerosInReadOnlySegment =>
                "a segment that is not writable has zeros behind its bytes in one page"u8,
            ElfError.EntryOutsideCode => "the entry point is not in an executable segment"u8,
            ElfError.ProgramHeadersNotLoaded => "no segment holds the program headers"u8,
            _ => "unknown error"u8,
        };
}
