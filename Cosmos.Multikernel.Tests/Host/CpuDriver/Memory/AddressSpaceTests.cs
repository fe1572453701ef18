extern alias PretendCore;

using NUnit.Framework;
using PretendCore::Cosmos.Multikernel.CpuDriver.LinuxAbi;
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
