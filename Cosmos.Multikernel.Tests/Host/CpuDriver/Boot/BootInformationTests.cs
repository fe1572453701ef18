using System.Text;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Boot;
using Cosmos.Multikernel.CpuDriver.Memory;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Boot;

[TestFixture]
public sealed unsafe class BootInformationTests
{
    private const ulong Megabyte = 1 << 20;

    private GuardedBytes _memory = null!;

    [OneTimeSetUp]
    public void CreateMemory() => _memory = new GuardedBytes(8192);

    [OneTimeTearDown]
    public void DisposeMemory() => _memory.Dispose();

    [Test]
    public void WhatGrubWritesIsGathered()
    {
        BootInformation boot = Read(LoaderInformation.Typical(), out byte[] bytes);
        Assert.Multiple(() =>
        {
            Assert.That(boot.Length, Is.EqualTo((uint)bytes.Length));
            Assert.That(
                Encoding.UTF8.GetString(boot.CommandLine, (int)boot.CommandLineLength),
                Is.EqualTo("maxcores=4")
            );
            Assert.That(boot.ModuleCount, Is.EqualTo(2));
            Assert.That(boot.Screen.Kind, Is.EqualTo(ScreenKind.Text));
            Assert.That(boot.RootPointerLength, Is.EqualTo(36));
            Assert.That((boot.SectionCount, boot.SectionSize), Is.EqualTo((3u, 64u)));
            Assert.That(Usable(boot, Megabyte), Is.EqualTo("100000-7fe0000"));
            Assert.That(Usable(boot, 0), Is.EqualTo("0-9f000 100000-7fe0000"));
        });
    }

    [TestCase(new uint[] { 14, 15 }, 36)]
    [TestCase(new uint[] { 15, 14 }, 36)]
    [TestCase(new uint[] { 14 }, 20)]
    [TestCase(new uint[] { 15 }, 36)]
    [TestCase(new uint[] { }, 0)]
    public void TheNewerRootPointerWinsInEitherOrder(uint[] tags, int length)
    {
        LoaderInformation information = new();
        foreach (uint tag in tags)
        {
            information.Tag(tag, new byte[tag == 14 ? 20 : 36]);
        }
        BootInformation boot = Read(information, out _);
        Assert.That(boot.RootPointerLength, Is.EqualTo(length));
        Assert.That(boot.RootPointer == null, Is.EqualTo(length == 0));
    }

    [TestCase(-1, false, ScreenKind.Text, Description = "no tag: the mode that a BIOS starts in")]
    [TestCase(-1, true, ScreenKind.None, Description = "UEFI has no text mode")]
    [TestCase(0, true, ScreenKind.None, Description = "indexed colours")]
    [TestCase(1, true, ScreenKind.Framebuffer, Description = "RGB")]
    [TestCase(2, false, ScreenKind.Text, Description = "EGA text")]
    public void TheScreenIsWhatTheLoaderSays(int type, bool isEfi, ScreenKind kind)
    {
        LoaderInformation information = new();
        if (isEfi)
        {
            information.Tag((uint)Multiboot2Tag.EfiSystemTable64, new byte[8]);
        }
        if (type >= 0)
        {
            information.Framebuffer((byte)type);
        }
        ScreenDescription screen = Read(information, out _).Screen;
        Assert.That(screen.Kind, Is.EqualTo(kind));
        if (kind == ScreenKind.Framebuffer)
        {
            Assert.That(
                (screen.Address, screen.Pitch, screen.Width, screen.Height, screen.BitsPerPixel),
                Is.EqualTo((LoaderInformation.FramebufferAddress, 5120u, 1280u, 800u, (byte)32))
            );
            Assert.That(
                (screen.RedPosition, screen.GreenPosition, screen.BluePosition, screen.RedSize),
                Is.EqualTo(((byte)16, (byte)8, (byte)0, (byte)8))
            );
        }
        if (kind == ScreenKind.Text)
        {
            Assert.That((screen.Address, screen.Length), Is.EqualTo((0xb8000ul, 4000ul)));
        }
    }

    [Test]
    public void AMissingEndTagIsNoError()
    {
        byte[] bytes = LoaderInformation.Typical().ToOpenBytes();
        byte* start = _memory.Place(bytes, 8);
        Multiboot2Status status = BootInformation.TryRead(start, (ulong)bytes.Length, out var boot);
        Assert.That(status, Is.EqualTo(Multiboot2Status.Ok));
        Assert.That(boot.ModuleCount, Is.EqualTo(2));
    }

    [Test]
    public void WhatFollowsTheEndTagIsNotRead()
    {
        LoaderInformation information = new LoaderInformation()
            .Tag(Multiboot2Tag.End, [])
            .Module(1, 2, "late cores=0");
        Assert.That(Read(information, out _).ModuleCount, Is.Zero);
    }

    /// <summary>Larger entries are allowed: what is behind the known fields is skipped.</summary>
    [TestCase(24u)]
    [TestCase(32u)]
    [TestCase(64u)]
    public void MemoryMapEntriesMayGrow(uint entrySize)
    {
        LoaderInformation information = new LoaderInformation().MemoryMap(
            entrySize,
            (0x10_0000, 0x10_0000, 1),
            (0x40_0000, 0x10_0000, 1)
        );
        Assert.That(
            Usable(Read(information, out _), Megabyte),
            Is.EqualTo("100000-200000 400000-500000")
        );
    }

    [Test]
    public void ImpossibleStretchesOfMemoryAreSkipped()
    {
        LoaderInformation information = new LoaderInformation().MemoryMap(
            24,
            (0xffff_ffff_ffff_f000, 0x2000, 1),
            (0x10_0000, ulong.MaxValue, 1),
            (0x30_0000, 0, 1),
            (0x30_0000, 0xfff, 1),
            (0x20_0000, 0x10_0000, 1)
        );
        Assert.That(Usable(Read(information, out _), Megabyte), Is.EqualTo("200000-300000"));
    }

    /// <summary>Firmware maps may overlap; what any entry calls in use is not free (as in Linux, e820__update_table).</summary>
    [Test]
    public void WhatIsReservedAnywhereIsNotFree()
    {
        LoaderInformation information = new LoaderInformation().MemoryMap(
            24,
            (0x20_0800, 0x1000, 2),
            (0x10_0000, 0x20_0000, 1),
            (0x2f_f000, 0x10_0000, 4)
        );
        Assert.That(
            Usable(Read(information, out _), Megabyte),
            Is.EqualTo("100000-200000 202000-2ff000")
        );
    }

    [Test]
    public void ASectionTableThatDoesNotFitIsAbsent()
    {
        byte[] content =
        [
            .. LoaderInformation.U32(100),
            .. LoaderInformation.U32(64),
            .. new byte[4 + 64],
        ];
        BootInformation boot = Read(
            new LoaderInformation().Tag(Multiboot2Tag.ElfSections, content),
            out _
        );
        Assert.That((boot.SectionCount, boot.SectionSize), Is.EqualTo((0u, 0u)));
        Assert.That(boot.Sections == null, Is.True);
    }

    [Test]
    public void DamagedInformationIsReadWithinItsBounds()
    {
        byte[] valid = LoaderInformation.Typical().ToBytes();
        HashSet<string> answers = [];
        foreach (byte[] bytes in Damage.Of(valid, seed: 2, count: 20_000))
        {
            answers.Add(_memory.Agreed(bytes, Describe, 8));
        }
        Assert.That(answers, Has.Count.GreaterThan(100));
    }

    private static string Describe(byte* input, uint length)
    {
        Multiboot2Status status = BootInformation.TryRead(input, length, out BootInformation boot);
        if (status != Multiboot2Status.Ok)
        {
            return status.ToString();
        }
        ulong sum = Sum(boot.CommandLine, boot.CommandLineLength);
        sum += Sum(boot.RootPointer, boot.RootPointerLength);
        sum += Sum(boot.Sections, (ulong)boot.SectionCount * boot.SectionSize);
        return $"{boot.ModuleCount} {boot.Screen.Kind} {sum} {Usable(boot, Megabyte)}";
    }

    private static string Usable(BootInformation boot, ulong from)
    {
        PhysicalRange* ranges = stackalloc PhysicalRange[16];
        MemoryMap map = new(ranges, 16);
        boot.CollectMemory(ref map, from);
        List<string> texts = [];
        for (int i = 0; i < map.Count; i++)
        {
            texts.Add($"{map.At(i)->Start:x}-{map.At(i)->End:x}");
        }
        return string.Join(' ', texts);
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

    private BootInformation Read(LoaderInformation information, out byte[] bytes)
    {
        bytes = information.ToBytes();
        byte* start = _memory.Place(bytes, 8);
        Multiboot2Status status = BootInformation.TryRead(
            start,
            (ulong)bytes.Length,
            out BootInformation boot
        );
        Assert.That(status, Is.EqualTo(Multiboot2Status.Ok));
        return boot;
    }
}
