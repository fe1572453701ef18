extern alias PretendCore;

using Cosmos.Multikernel.Abi;
using NUnit.Framework;
using PretendCore::Cosmos.Multikernel.CpuDriver.LinuxAbi;
using PretendCore::Cosmos.Multikernel.CpuDriver.Memory;
using PretendCore::Cosmos.Multikernel.Tests.Host.CpuDriver.Machine;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Memory;

[TestFixture]
[NonParallelizable]
public sealed unsafe class AddressSpaceTests
{
    private const ulong Page = 4096;

    /// <summary>No more is promised than the limit allows, and all that is promised can be touched.</summary>
    [Test]
    public void WhatIsPromisedCanBeTouched()
    {
        using PretendInstance instance = new(limitPages: 1024);
        List<ulong> blocks = [];
        for (long at; (at = (long)instance.Map(16 * Page)) > 0; )
        {
            blocks.Add((ulong)at);
        }
        Assert.That(blocks.Count, Is.InRange(48, 64));
        foreach (ulong block in blocks)
        {
            for (ulong page = 0; page < 16; page++)
            {
                instance.Write(block + (page * Page), 1);
            }
        }
        Assert.That(instance.Space->PrivateFrames, Is.LessThanOrEqualTo(1024));
    }

    [Test]
    public void ProtectingIsRefusedBeyondTheLimit()
    {
        using PretendInstance instance = new(limitPages: 1024);
        ulong reserved = instance.Map(1ul << 36, protection: 0);
        Assert.That((long)reserved, Is.Positive);
        long few = instance.Call(SystemCallNumber.Mprotect, reserved, 100 * Page, 3);
        long many = instance.Call(SystemCallNumber.Mprotect, reserved, 2000 * Page, 3);
        Assert.That((few, many), Is.EqualTo((0L, (long)-Errno.ENOMEM)));
    }

    [Test]
    public void WritableAndExecutableAtOnceIsRefused()
    {
        using PretendInstance instance = new();
        ulong memory = instance.Map(Page);
        Assert.Multiple(() =>
        {
            Assert.That((long)instance.Map(Page, protection: 7), Is.EqualTo(-Errno.EACCES));
            Assert.That(
                instance.Call(SystemCallNumber.Mprotect, memory, Page, 7),
                Is.EqualTo(-Errno.EACCES)
            );
        });
    }

    /// <summary>As many mappings as can be made: each look-up still finds its own, and the end is clean.</summary>
    [Test]
    public void ManyMappingsAreKeptApart()
    {
        using PretendInstance instance = new(limitPages: 8192);
        const int Count = 12_000;
        ulong start = instance.Map(2 * Count * Page, protection: 0);
        int made = 0;
        while (
            made < Count
            && instance.Call(SystemCallNumber.Mprotect, start + ((ulong)made * 2 * Page), Page, 1)
                == 0
        )
        {
            made++;
        }
        Assert.That(made, Is.GreaterThan(8000));
        for (int i = 0; i < made; i += 97)
        {
            ulong page = start + ((ulong)i * 2 * Page);
            Assert.That(instance.Read(page), Is.Zero);
            Assert.Throws<InvalidOperationException>(() => instance.Read(page + Page));
        }
    }

    /// <summary>Large ranges are worked through slice by slice.</summary>
    [Test]
    public void LargeRangesComeBackWhole()
    {
        using PretendInstance instance = new(limitPages: 16_000);
        ulong memory = instance.Map(12_000 * Page);
        for (ulong page = 0; page < 12_000; page++)
        {
            instance.Write(memory + (page * Page), 1);
        }
        ulong held = instance.Space->PrivateFrames;
        Assert.That(instance.Call(SystemCallNumber.Munmap, memory, 12_000 * Page), Is.Zero);
        Assert.That(held - instance.Space->PrivateFrames, Is.GreaterThanOrEqualTo(12_000));
    }

    /// <summary>A long call that fails halfway leaves no trace: the next call does what it is asked, no more.</summary>
    [Test]
    public void AFailureBetweenSlicesDoesNotReachTheNextCall()
    {
        using PretendInstance instance = new(limitPages: 8192);
        ulong low = instance.Map(4 * Page);
        ulong memory = instance.Map(4000 * Page);
        for (ulong page = 0; page < 4000; page++)
        {
            instance.Write(memory + (page * Page), 1);
        }
        instance.Write(low, 7);
        ulong progress = 0;
        MemoryResult result = instance.Space->Remove(memory + Page, 3000 * Page, ref progress);
        Assert.That((result, progress), Is.EqualTo((MemoryResult.Again, memory + (1025 * Page))));
        // Now no frame is left, and what a split needs was used up.
        List<ulong> taken = [];
        for (ulong frame; (frame = Frames.Allocate()) != 0; )
        {
            taken.Add(frame);
        }
        for (int tries = 0; tries < 1000 && result == MemoryResult.Again; tries++)
        {
            result = instance.Space->Remove(memory + Page, 3000 * Page, ref progress);
        }
        taken.ForEach(Frames.Free);
        Assert.That(progress, Is.Zero);
        Assert.That(instance.Read(low), Is.EqualTo(7));
    }

    /// <summary>Small pieces mapped and unmapped all over the place leave no tables behind.</summary>
    [Test]
    public void UnmappedPiecesLeaveNoTables()
    {
        using PretendInstance instance = new(limitPages: 2048);
        ulong before = 0;
        for (ulong i = 0; i < 3000; i++)
        {
            ulong place = 0x1000_0000_0000 + (i * 0x20_1000);
            long at = instance.Call(SystemCallNumber.Mmap, place, 3 * Page, 3, 0x32);
            Assert.That((ulong)at, Is.EqualTo(place));
            instance.Write(place + Page, 1);
            Assert.That(instance.Call(SystemCallNumber.Munmap, place, 3 * Page), Is.Zero);
            before = i == 0 ? instance.Space->TableFrames : before;
        }
        // Upper tables stay: one for each gigabyte.
        Assert.That(instance.Space->TableFrames - before, Is.LessThan(10));
    }

    /// <summary>Tables count, too: whoever touches far apart reaches the limit, not the core's last frame.</summary>
    [Test]
    public void TablesStayWithinTheLimit()
    {
        using PretendInstance instance = new(limitPages: 1024);
        ulong touched = 0;
        while (touched < 2000)
        {
            ulong place = 0x1000_0000_0000 + (touched * 0x20_0000);
            long at = instance.Call(SystemCallNumber.Mmap, place, Page, 3, 0x32);
            if (at < 0 || !UserMemory.TryWriteWord(instance.Domain, place, 1u))
            {
                break;
            }
            touched++;
        }
        Assert.That(touched, Is.InRange(100, 800));
        Assert.That(instance.Space->PrivateFrames, Is.LessThanOrEqualTo(1024));
    }

    [TestCase(0ul, 0ul)]
    [TestCase(0xffff_8000_0000_0000ul, 0x1000ul)]
    [TestCase(0x7fff_ffff_f000ul, 0x1000ul)]
    [TestCase(0x1000ul, 0xffff_ffff_ffff_f000ul)]
    [TestCase(0x8000_0000_0000ul, 0xffff_8000_0000_0000ul)]
    public void ImpossibleRangesAreRefused(ulong address, ulong length)
    {
        using PretendInstance instance = new();
        Assert.Multiple(() =>
        {
            Assert.That(
                instance.Call(SystemCallNumber.Munmap, address, length),
                Is.EqualTo(-Errno.EINVAL)
            );
            Assert.That(
                instance.Call(SystemCallNumber.Mmap, address, length, 3, 0x32),
                Is.Negative
            );
        });
    }
}
