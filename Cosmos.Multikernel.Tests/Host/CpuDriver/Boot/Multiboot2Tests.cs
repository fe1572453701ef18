using System.Buffers.Binary;
using System.Text;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Boot;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Boot;

[TestFixture]
public sealed unsafe class Multiboot2Tests
{
    private const int Capacity = 8192;

    private GuardedBytes _memory = null!;

    [OneTimeSetUp]
    public void CreateMemory() => _memory = new GuardedBytes(Capacity);

    [OneTimeTearDown]
    public void DisposeMemory() => _memory.Dispose();

    [Test]
    public void EveryTagComesInOrderWithItsContent()
    {
        byte[] bytes = LoaderInformation.Typical().ToBytes();
        byte* start = _memory.Place(bytes, 8);
        Assert.That(
            Multiboot2.TryOpen(start, (ulong)bytes.Length, out Multiboot2 walk),
            Is.EqualTo(Multiboot2Status.Ok)
        );
        List<(uint Type, uint Length)> tags = [];
        do
        {
            Assert.That(walk.MoveNext(), Is.EqualTo(Multiboot2Status.Ok));
            tags.Add(((uint)walk.Type, walk.Length));
        } while (walk.Type != Multiboot2Tag.End);

        (uint, uint)[] expected =
        [
            (21, 4),
            (1, 11),
            (2, 13),
            (10, 20),
            (3, 8 + 22),
            (3, 8 + 46),
            (9, 12 + 192),
            (4, 8),
            (5, 12),
            (6, 8 + 6 * 24),
            (8, 24),
            (14, 20),
            (15, 36),
            (0, 0),
        ];
        Assert.That(tags, Is.EqualTo(expected));
    }

    [Test]
    public void AfterTheLastTagComesTheEndForEver()
    {
        byte[] bytes = new LoaderInformation().ToOpenBytes();
        Multiboot2.TryOpen(_memory.Place(bytes, 8), 8, out Multiboot2 walk);
        for (int i = 0; i < 3; i++)
        {
            Assert.That(walk.MoveNext(), Is.EqualTo(Multiboot2Status.Ok));
            Assert.That(walk.Type, Is.EqualTo(Multiboot2Tag.End));
        }
    }

    [TestCase(0ul, Multiboot2Status.Truncated)]
    [TestCase(7ul, Multiboot2Status.Truncated)]
    [TestCase(8ul, Multiboot2Status.Truncated)]
    [TestCase(23ul, Multiboot2Status.Truncated)]
    [TestCase(24ul, Multiboot2Status.Ok)]
    [TestCase(ulong.MaxValue, Multiboot2Status.Ok)]
    public void TheWholeMustFitIntoWhatMayBeRead(ulong available, Multiboot2Status expected)
    {
        byte[] bytes = new LoaderInformation().Tag(2, Text("loader")[..8]).ToOpenBytes();
        Assert.That(bytes, Has.Length.EqualTo(24));
        byte* start = _memory.Place(bytes, 8);
        Assert.That(Multiboot2.TryOpen(start, available, out _), Is.EqualTo(expected));
    }

    [TestCase(0u)]
    [TestCase(1u)]
    [TestCase(7u)]
    [TestCase(0x7fff_ffffu)]
    [TestCase(0xffff_ffffu)]
    public void AnImpossibleTotalIsRefused(uint total)
    {
        byte[] bytes = LoaderInformation.Typical().ToBytes();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, total);
        byte* start = _memory.Place(bytes, 8);
        Assert.That(
            Multiboot2.TryOpen(start, (ulong)bytes.Length, out _),
            Is.EqualTo(Multiboot2Status.Truncated)
        );
    }

    [Test]
    public void AMisalignedAddressIsRefused([Range(0, 7)] int offset)
    {
        byte[] bytes = [.. new byte[offset], .. LoaderInformation.Typical().ToBytes()];
        byte* start = _memory.Place(bytes, 8) + offset;
        Assert.That(
            Multiboot2.TryOpen(start, (ulong)(bytes.Length - offset), out _),
            Is.EqualTo(offset == 0 ? Multiboot2Status.Ok : Multiboot2Status.Truncated)
        );
    }

    [TestCase(0u)]
    [TestCase(1u)]
    [TestCase(7u)]
    [TestCase(17u)]
    [TestCase(0xffff_fff8u)]
    [TestCase(0xffff_ffffu)]
    public void ATagOfImpossibleSizeIsBad(uint size)
    {
        byte[] bytes = new LoaderInformation().Tag(2, new byte[8]).ToOpenBytes();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), size);
        Multiboot2.TryOpen(_memory.Place(bytes, 8), (ulong)bytes.Length, out Multiboot2 walk);
        Assert.That(walk.MoveNext(), Is.EqualTo(Multiboot2Status.BadTag));
        Assert.That(walk.Type, Is.EqualTo(Multiboot2Tag.End));
    }

    /// <summary>Every tag in turn gets sizes that cannot be: nobody reads further than the tag that is wrong.</summary>
    [Test]
    public void EachTagsSizeIsChecked()
    {
        byte[] valid = LoaderInformation.Typical().ToBytes();
        int refused = 0;
        for (int tag = 8; tag < valid.Length - 8; )
        {
            int size = BinaryPrimitives.ReadInt32LittleEndian(valid.AsSpan(tag + 4));
            foreach (uint wrong in (uint[])[0, 1, 7, 0x7fff_ffff, 0xffff_ffff])
            {
                byte[] bytes = [.. valid];
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(tag + 4), wrong);
                string answer = _memory.Agreed(bytes, Describe, 8);
                Assert.That(answer, Does.EndWith("BadTag"));
                refused++;
            }
            tag += (size + 7) & ~7;
        }
        Assert.That(refused, Is.EqualTo(13 * 5));
    }

    [Test]
    public void TruncationAtEveryByteIsNoticed()
    {
        byte[] valid = LoaderInformation.Typical().ToBytes();
        foreach (byte[] bytes in Damage.Truncations(valid))
        {
            Assert.That(_memory.Agreed(bytes, Describe, 8), Is.EqualTo("Truncated"));
        }
    }

    /// <summary>As before, but the total is cut too, so the tags must be found to be cut.</summary>
    [Test]
    public void TruncationWithAMatchingTotalNeverReadsOn()
    {
        byte[] valid = LoaderInformation.Typical().ToBytes();
        for (int length = 8; length < valid.Length; length++)
        {
            byte[] bytes = valid[..length];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, length);
            string answer = _memory.Agreed(bytes, Describe, 8);
            Assert.That(answer, Does.EndWith("Truncated").Or.EndWith("BadTag").Or.EndWith("Ok"));
        }
    }

    [TestCase(0, false)]
    [TestCase(7, false)]
    [TestCase(8, true)]
    [TestCase(9, true)]
    public void AModuleTagNeedsItsAddresses(int bytes, bool readable)
    {
        Multiboot2 walk = Single(Multiboot2Tag.Module, new byte[bytes]);
        Assert.That(walk.TryReadModule(out _, out _, out _, out _), Is.EqualTo(readable));
    }

    [Test]
    public void AModuleThatEndsBeforeItStartsIsMalformed()
    {
        Multiboot2 walk = Single(
            Multiboot2Tag.Module,
            [.. LoaderInformation.U32(2), .. LoaderInformation.U32(1)]
        );
        Assert.That(walk.TryReadModule(out _, out _, out _, out _), Is.False);
    }

    [Test]
    public void ACommandLineWithoutItsZeroEndsWithItsTag()
    {
        Multiboot2 walk = Single(
            Multiboot2Tag.Module,
            [.. LoaderInformation.U32(1), .. LoaderInformation.U32(9), .. "open"u8]
        );
        Assert.That(
            walk.TryReadModule(out ulong start, out ulong end, out byte* text, out uint length),
            Is.True
        );
        Assert.That((start, end), Is.EqualTo((1ul, 9ul)));
        Assert.That(Encoding.UTF8.GetString(text, (int)length), Is.EqualTo("open"));
    }

    [TestCase(0u, false)]
    [TestCase(1u, false)]
    [TestCase(7u, false)]
    [TestCase(23u, false)]
    [TestCase(24u, true)]
    [TestCase(28u, false)]
    [TestCase(40u, true)]
    [TestCase(0xffff_ffffu, false)]
    [TestCase(0xffff_fff8u, true)]
    public void MemoryMapEntriesAreAtLeast24BytesAndAligned(uint entrySize, bool readable)
    {
        byte[] content = [.. LoaderInformation.U32(entrySize), .. new byte[4 + 120]];
        Multiboot2 walk = Single(Multiboot2Tag.MemoryMap, content);
        bool read = walk.TryReadMemoryMap(out _, out uint count, out uint size);
        Assert.That(read, Is.EqualTo(readable));
        Assert.That(count, Is.EqualTo(readable ? 120 / size : 0));
    }

    /// <summary>A refused section table leaves nothing behind that a caller who does not ask could follow.</summary>
    [TestCase(63u, 1u, 200)]
    [TestCase(64u, 4u, 255)]
    [TestCase(0u, 0xffff_ffffu, 64)]
    [TestCase(0x8000_0000u, 2u, 64)]
    [TestCase(0xffff_ffffu, 0xffff_ffffu, 64)]
    public void SectionsThatDoNotFitAreNotGiven(uint entrySize, uint count, int room)
    {
        byte[] content =
        [
            .. LoaderInformation.U32(count),
            .. LoaderInformation.U32(entrySize),
            .. new byte[4 + room],
        ];
        Multiboot2 walk = Single(Multiboot2Tag.ElfSections, content);
        Assert.That(
            walk.TryReadSections(out byte* headers, out uint found, out uint size),
            Is.False
        );
        Assert.That(((nint)headers, found, size), Is.EqualTo(((nint)0, 0u, 0u)));
    }

    [TestCase(21, ScreenKind.None)]
    [TestCase(22, ScreenKind.Text)]
    public void ATextFramebufferSaysSoInItsTypeByte(int length, ScreenKind kind)
    {
        byte[] content = [.. new byte[21], 2];
        Multiboot2 walk = Single(Multiboot2Tag.Framebuffer, content[..length]);
        Assert.That(walk.ReadScreen().Kind, Is.EqualTo(kind));
    }

    [TestCase(5120u, 1280u, 32, 16, ScreenKind.Framebuffer)]
    [TestCase(3840u, 1280u, 24, 16, ScreenKind.Framebuffer)]
    [TestCase(5119u, 1280u, 32, 16, ScreenKind.None, Description = "lines overlap")]
    [TestCase(5120u, 0u, 32, 16, ScreenKind.None)]
    [TestCase(uint.MaxValue, uint.MaxValue, 32, 16, ScreenKind.None)]
    [TestCase(5120u, 1280u, 8, 16, ScreenKind.None, Description = "a palette")]
    [TestCase(5120u, 1280u, 32, 25, ScreenKind.None, Description = "red does not fit the pixel")]
    public void AFramebufferMustBePossible(
        uint pitch,
        uint width,
        int bits,
        int redPosition,
        ScreenKind kind
    )
    {
        byte[] content = LoaderInformation.DirectColour(
            1,
            pitch,
            width,
            (byte)bits,
            (byte)redPosition
        );
        Multiboot2 walk = Single(Multiboot2Tag.Framebuffer, content);
        Assert.That(walk.ReadScreen().Kind, Is.EqualTo(kind));
        walk = Single(Multiboot2Tag.Framebuffer, content[..29]);
        Assert.That(walk.ReadScreen().Kind, Is.EqualTo(ScreenKind.None), "too short for colours");
    }

    [TestCase(ulong.MaxValue)]
    [TestCase(1ul << 52)]
    [TestCase((1ul << 52) - 4096)]
    public void AFramebufferLiesWithinPhysicalAddresses(ulong address)
    {
        byte[] content = LoaderInformation.DirectColour(1, 5120, 1280, 32, 16, address);
        Multiboot2 walk = Single(Multiboot2Tag.Framebuffer, content);
        Assert.That(walk.ReadScreen().Kind, Is.EqualTo(ScreenKind.None));
    }

    [Test]
    public void DamagedInformationIsReadWithinItsBounds()
    {
        byte[] valid = LoaderInformation.Typical().ToBytes();
        HashSet<string> endings = [];
        foreach (byte[] bytes in Damage.Of(valid, seed: 1, count: 20_000))
        {
            string answer = _memory.Agreed(bytes, Describe, 8);
            endings.Add(answer[(answer.LastIndexOf(' ') + 1)..]);
        }
        Assert.That(endings, Is.SupersetOf((string[])["Ok", "Truncated", "BadTag"]));
    }

    // All that can be asked of each tag, in words that hold no addresses.
    private static string Describe(byte* input, uint length)
    {
        StringBuilder text = new();
        Multiboot2Status status = Multiboot2.TryOpen(input, length, out Multiboot2 walk);
        while (status == Multiboot2Status.Ok)
        {
            status = walk.MoveNext();
            if (status != Multiboot2Status.Ok || walk.Type == Multiboot2Tag.End)
            {
                break;
            }
            text.Append($"{walk.Type} {Sum(walk.Content, walk.Length)} {walk.ReadScreen().Kind}");
            if (walk.TryReadModule(out ulong start, out ulong end, out byte* line, out uint size))
            {
                text.Append($" {start} {end} {Sum(line, size)}");
            }
            if (walk.TryReadMemoryMap(out byte* entries, out uint count, out size))
            {
                text.Append($" {count} {Sum(entries, (ulong)count * size)}");
            }
            if (walk.TryReadSections(out byte* headers, out count, out size))
            {
                text.Append($" {count} {Sum(headers, (ulong)count * size)}");
            }
            text.Append(' ');
        }
        return text.Append(status).ToString();
    }

    private static ulong Sum(byte* bytes, ulong length)
    {
        ulong sum = length;
        for (ulong i = 0; i < length; i++)
        {
            sum = sum * 31 + bytes[i];
        }
        return sum;
    }

    private static byte[] Text(string text) => [.. LoaderInformation.Text(text), 0];

    private Multiboot2 Single(Multiboot2Tag type, byte[] content)
    {
        byte[] bytes = new LoaderInformation().Tag(type, content).ToOpenBytes();
        // Without the padding: the content ends where memory does.
        bytes = bytes[..(16 + content.Length)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length);
        byte* start = _memory.Place(bytes, 8, filler: 0xff);
        Multiboot2.TryOpen(start, (ulong)bytes.Length, out Multiboot2 walk);
        Assert.That(walk.MoveNext(), Is.EqualTo(Multiboot2Status.Ok));
        return walk;
    }
}
