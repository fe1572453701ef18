using Cosmos.Multikernel.CpuDriver.Elf;
using NUnit.Framework;
using static Cosmos.Multikernel.Tests.Host.CpuDriver.Elf.StaticPie;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Elf;

[TestFixture]
public sealed unsafe class ElfImageTests
{
    [Test]
    public void AStaticPieIsReadAsItIs()
    {
        ElfImage image = Read(Make(), out ElfError error);
        Assert.That(
            (
                error,
                image.SegmentCount,
                image.Entry,
                image.ProgramHeaders,
                image.ProgramHeaderCount,
                image.End
            ),
            Is.EqualTo((ElfError.None, 3, 0x1000ul, 64ul, 3u, 0x9000ul))
        );
        ElfSegment data = *ElfImage.Segment(&image, 2);
        Assert.Multiple(() =>
        {
            Assert.That(data.Writable, Is.True);
            Assert.That(data.Executable, Is.False);
            Assert.That(data.FirstPage, Is.EqualTo(0x3000));
            Assert.That(data.EndPage, Is.EqualTo(0x9000));
        });
    }

    private static IEnumerable<TestCaseData> Wrongs()
    {
        static TestCaseData Case(ElfError expected, string name, Action<byte[]> change) =>
            new TestCaseData(expected, change).SetArgDisplayNames(name);

        yield return Case(ElfError.NotElf, "magic", file => file[1] = (byte)'F');
        yield return Case(ElfError.Not64Bit, "32-bit", file => file[4] = 1);
        yield return Case(ElfError.NotLittleEndian, "big-endian", file => file[5] = 2);
        yield return Case(ElfError.UnknownVersion, "version", file => file[6] = 9);
        yield return Case(ElfError.NotX64, "another machine", file => Put16(file, 18, 183));
        yield return Case(ElfError.NotPositionIndependent, "fixed", file => Put16(file, 16, 2));
        yield return Case(ElfError.NotExecutable, "object file", file => Put16(file, 16, 1));
        yield return Case(ElfError.BadHeaderSize, "header size", file => Put16(file, 54, 32));
        yield return Case(ElfError.BadHeaderSize, "no headers", file => Put16(file, 56, 0));
        yield return Case(
            ElfError.BadProgramHeaders,
            "headers outside",
            file => Put64(file, 32, ulong.MaxValue - 8)
        );
        yield return Case(
            ElfError.NeedsInterpreter,
            "interpreter",
            file => Put32(file, Field(0, 0), 3)
        );
        yield return Case(
            ElfError.SegmentOutsideFile,
            "bytes outside",
            file => Put64(file, Field(1, FileSizeField), Length)
        );
        yield return Case(
            ElfError.SegmentOutsideFile,
            "offset wraps",
            file => Put64(file, Field(1, OffsetField), ulong.MaxValue - 0xfff)
        );
        yield return Case(
            ElfError.SegmentOverflows,
            "address wraps",
            file => Put64(file, Field(2, AddressField), ulong.MaxValue - 0xfef)
        );
        yield return Case(
            ElfError.SegmentOverflows,
            "less memory than file",
            file => Put64(file, Field(1, MemorySizeField), 0x10)
        );
        yield return Case(
            ElfError.SegmentTooLarge,
            "huge",
            file => Put64(file, Field(2, MemorySizeField), 1ul << 40)
        );
        yield return Case(
            ElfError.SegmentMisaligned,
            "misaligned",
            file => Put64(file, Field(2, AddressField), 0x3020)
        );
        yield return Case(
            ElfError.SegmentsOverlap,
            "overlap",
            file => Put64(file, Field(2, AddressField), 0x1010)
        );
        yield return Case(
            ElfError.SegmentsOverlap,
            "a page in common",
            file =>
            {
                Put64(file, Field(0, FileSizeField), 0x1001);
                Put64(file, Field(0, MemorySizeField), 0x1001);
            }
        );
        yield return Case(
            ElfError.SegmentWritableAndExecutable,
            "writable and executable",
            file => Put32(file, Field(1, FlagsField), 7)
        );
        yield return Case(
            ElfError.ZerosInReadOnlySegment,
            "zeros where nothing can be written",
            file => Put32(file, Field(2, FlagsField), Readable)
        );
        yield return Case(
            ElfError.EntryOutsideCode,
            "entry in data",
            file => Put64(file, 24, 0x3010)
        );
        yield return Case(
            ElfError.ProgramHeadersNotLoaded,
            "headers not loaded",
            file =>
            {
                Put64(file, Field(0, FileSizeField), 0x40);
                Put64(file, Field(0, MemorySizeField), 0x40);
            }
        );
    }

    [TestCaseSource(nameof(Wrongs))]
    public void WhatIsWrongIsNamed(object expected, Action<byte[]> change)
    {
        byte[] file = Make();
        change(file);
        Read(file, out ElfError error);
        Assert.That(error, Is.EqualTo(expected));
        Assert.That(ElfErrors.Text(error).Length, Is.GreaterThan(0));
    }

    /// <summary>A cut file is refused, or complete as far as it is mapped; nothing is read behind its end.</summary>
    [Test]
    public void TruncatedFilesAreRefused()
    {
        byte[] valid = Make();
        using GuardedBytes guarded = new(valid.Length);
        // Behind the last segment's bytes nothing is needed.
        const int Needed = DataOffset + 0xf0;
        foreach (byte[] cut in Damage.Truncations(valid))
        {
            string answer = guarded.Agreed(cut, Describe);
            Assert.That(answer == "None", Is.EqualTo(cut.Length >= Needed), $"{cut.Length} bytes");
        }
    }

    /// <summary>Whatever is accepted needs no further check: ranges in order, apart, inside the file and small.</summary>
    [Test]
    public void DamagedFilesAreRefusedOrHarmless()
    {
        byte[] valid = Make();
        // The damage should hit what is read.
        byte[] headers = valid[..0x200];
        using GuardedBytes guarded = new(valid.Length);
        int accepted = 0;
        foreach (byte[] damaged in Damage.Of(headers, seed: 11, count: 30_000))
        {
            byte[] file = [.. damaged, .. valid[damaged.Length..]];
            guarded.Agreed(file, Describe);
            ElfImage image = Read(file, out ElfError error);
            if (error != ElfError.None)
            {
                continue;
            }
            accepted++;
            ulong end = 0;
            for (int i = 0; i < image.SegmentCount; i++)
            {
                ElfSegment segment = *ElfImage.Segment(&image, i);
                bool sound =
                    segment.FirstPage >= end
                    && segment.EndPage > segment.FirstPage
                    && segment.EndPage <= 0x8000_1000
                    && segment.FileOffset + segment.FileSize <= (ulong)file.Length
                    && segment.FileSize <= segment.MemorySize
                    && !(segment.Writable && segment.Executable);
                Assert.That(sound, Is.True);
                end = segment.EndPage;
            }
        }
        Assert.That(accepted, Is.GreaterThan(0));
    }

    private static string Describe(byte* file, uint length)
    {
        ElfImage image;
        return ElfImage.TryParse(file, length, &image).ToString();
    }

    private static ElfImage Read(byte[] file, out ElfError error)
    {
        ElfImage image;
        fixed (byte* bytes = file)
        {
            error = ElfImage.TryParse(bytes, (ulong)file.Length, &image);
        }
        return image;
    }
}
