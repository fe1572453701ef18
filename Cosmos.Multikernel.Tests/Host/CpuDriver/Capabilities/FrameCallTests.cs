using Cosmos.Multikernel.Abi;
using NUnit.Framework;
using static Cosmos.Multikernel.Abi.MultikernelCall;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Capabilities;

/// <summary>Frames: allocated, described, minted, mapped and freed.</summary>
[TestFixture]
public sealed class FrameCallTests : CapabilityCallFixture
{
    [TestCase(0ul, 4096ul)]
    [TestCase(2097153ul, 4096ul)]
    [TestCase(ulong.MaxValue, 4096ul)]
    [TestCase(4096ul, 0ul)]
    [TestCase(4096ul, 8192ul)]
    [TestCase(4096ul, ulong.MaxValue)]
    public void SizesAndAlignmentsThatCannotBe(ulong bytes, ulong alignment) =>
        Assert.That(Core.Do(Domain, AllocateFrame, bytes, alignment), Is.EqualTo(Invalid));

    [Test]
    public void AFrameIsZeroedAlignedAndFreedOnce()
    {
        ulong handle = Allocate(2 << 20, 2 << 20);
        CapabilityDescription frame = Identify(handle);
        Assert.That(frame.Start % (2 << 20), Is.Zero);
        Assert.That(frame.Length, Is.EqualTo(2 << 20));
        long address = Core.Do(Domain, MapCapability, handle, 3);
        Assert.That(
            Core.TryRead(Domain, address + (2 << 20) - 8, out ulong last) ? last : 1,
            Is.Zero
        );
        Assert.That(Core.TryWrite(Domain, address, 7));
        Assert.That(Core.Mistakes(Domain), Is.Zero);
        Assert.That(Core.Do(Domain, DeleteCapability, handle), Is.Zero);
        Assert.That(Core.TryRead(Domain, address, out _), Is.False);
        foreach (
            long call in new[] { DeleteCapability, MapCapability, UnmapCapability, CopyCapability }
        )
        {
            Assert.That(Core.Do(Domain, call, handle, 1), Is.EqualTo(BadHandle));
        }
        // The entry is used again, the old handle is not.
        ulong next = Allocate();
        Assert.That(next & 0xffff, Is.EqualTo(handle & 0xffff));
        Assert.That(Core.Do(Domain, DeleteCapability, handle), Is.EqualTo(BadHandle));
    }

    [Test]
    public void RightsOnlyShrink()
    {
        ulong handle = Allocate(3 * 4096);
        ulong start = Identify(handle).Start;
        MintRequest part = new()
        {
            Type = CapabilityType.Frame,
            Rights = CapabilityRights.Read,
            Start = start + 4096,
            Length = 4096,
        };
        ulong minted = (ulong)Mint(handle, part);
        long address = Core.Do(Domain, MapCapability, minted, 1);
        Assert.That(address, Is.Positive);
        Assert.That(Core.TryWrite(Domain, address, 1), Is.False);
        Assert.That(Core.Do(Domain, MapCapability, minted, 1), Is.EqualTo(Exists));
        Assert.That(Core.Do(Domain, UnmapCapability, minted), Is.Zero);
        Assert.That(Core.Do(Domain, UnmapCapability, minted), Is.EqualTo(Invalid));
        foreach (ulong rights in new ulong[] { 0, 2, 3, 4, 5, 7, ulong.MaxValue })
        {
            Assert.That(Core.Do(Domain, MapCapability, minted, rights), Is.EqualTo(Denied));
        }
        Assert.That(Mint(minted, part with { Rights = CapabilityRights.All }), Is.EqualTo(Denied));
        Assert.That(Mint(minted, part with { Start = start }), Is.EqualTo(Invalid));
        Assert.That(Mint(minted, part with { Length = 8192 }), Is.EqualTo(Invalid));
        Assert.That(Mint(handle, part with { Start = start + 1 }), Is.EqualTo(Invalid));
        Assert.That(Mint(handle, part with { Length = 0 }), Is.EqualTo(Invalid));
        Assert.That(Mint(handle, part with { Length = ulong.MaxValue }), Is.EqualTo(Invalid));
        Assert.That(
            Mint(handle, part with { Type = CapabilityType.DeviceMemory }),
            Is.EqualTo(Invalid)
        );
        // The memory stays as long as one capability for it does.
        Assert.That(Core.Do(Domain, DeleteCapability, handle), Is.Zero);
        Assert.That(Core.Counts()[1], Is.EqualTo(1));
        Assert.That(Core.Do(Domain, DeleteCapability, minted), Is.Zero);
        Assert.That(Core.Counts()[1], Is.Zero);
    }

    [Test]
    public void ExhaustionIsCleanAndRepeatable()
    {
        for (int round = 0; round < 3; round++)
        {
            List<ulong> handles = [];
            long handle;
            while ((handle = Core.Do(Domain, AllocateFrame, 64 << 10, 4096)) >= 0)
            {
                handles.Add((ulong)handle);
            }
            Assert.That(handle, Is.EqualTo(NoMemory));
            Assert.That(handles, Has.Count.GreaterThan(100));
            handles.ForEach(held => Assert.That(Core.Do(Domain, DeleteCapability, held), Is.Zero));
        }
    }

    [Test]
    public void BadPointersLeaveNothing()
    {
        ulong handle = Allocate();
        foreach (ulong address in new ulong[] { 0, 8, 0x7fff_ffff_f000, ulong.MaxValue - 7 })
        {
            Assert.That(
                Core.Do(Domain, IdentifyCapability, handle, address, 32),
                Is.EqualTo(BadPointer).Or.EqualTo(Invalid)
            );
            Assert.That(
                Core.Do(Domain, MintCapability, handle, address, 24),
                Is.EqualTo(BadPointer)
            );
        }
        Assert.That(Core.Do(Domain, NextCapability, handle), Is.EqualTo(NoEntry));
    }

    [Test]
    public void OneInstanceHasNoUseOfAnothersHandles()
    {
        ulong handle = Allocate();
        nint other = Core.StartInstance("m2");
        Assert.That(Core.Do(other, MapCapability, handle, 1), Is.EqualTo(BadHandle));
        Assert.That(Core.Do(other, NextCapability), Is.EqualTo(NoEntry));
        Assert.That(Core.Do(Domain, NextCapability), Is.EqualTo((long)handle));
        Core.End(other);
    }

    private long Mint(ulong source, MintRequest request) =>
        Core.Do(Domain, MintCapability, source, ref request);
}
