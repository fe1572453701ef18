using Cosmos.Multikernel.CpuDriver.Memory;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Memory;

[TestFixture]
public sealed unsafe class FrameAllocatorTests
{
    private const ulong Frame = FrameAllocator.FrameSize;
    private const ulong Large = FrameAllocator.LargeFrameSize;

    /// <summary>Ranges with edges on and off 2 MB boundaries, several within one block.</summary>
    private static readonly object[] s_shapes =
    [
        new (ulong, ulong)[] { (Large, 5 * Large) },
        new (ulong, ulong)[] { (Large + 3 * Frame, 4 * Large - 5 * Frame) },
        new (ulong, ulong)[] { (Frame, 2 * Frame), (8 * Frame, 100 * Frame) },
        new (ulong, ulong)[] { (Large - Frame, Large + Frame), (3 * Large, 3 * Large + 2 * Frame) },
        Enumerable
            .Range(1, 16)
            .Select(i => ((ulong)i * Large + (ulong)i * Frame, (ulong)(i + 1) * Large))
            .ToArray(),
        Enumerable
            .Range(0, 16)
            .Select(i => (Large + 30 * (ulong)i * Frame, Large + (30 * (ulong)i + 20) * Frame))
            .ToArray(),
    ];

    /// <summary>All frames are handed out once, each within the ranges; then all come back and the same can be had.</summary>
    [TestCaseSource(nameof(s_shapes))]
    public void AllIsHandedOutOnceAndRecovered((ulong Start, ulong End)[] ranges)
    {
        using FramePool pool = new(ranges);
        Assert.That(pool.IsReady, Is.True);
        ulong all = pool.Allocator.TotalCount;
        ulong inRanges = ranges.Aggregate(
            0ul,
            (sum, range) => sum + (range.End - range.Start) / Frame
        );
        // One page holds the descriptors of more than 80 blocks.
        Assert.That(all, Is.EqualTo(inRanges - 1));
        for (int round = 0; round < 3; round++)
        {
            HashSet<ulong> taken = [];
            for (ulong frame; (frame = pool.Allocator.Allocate()) != FrameAllocator.None; )
            {
                Assert.That(taken.Add(frame), Is.True, "handed out twice");
                Assert.That(
                    ranges.Any(range => frame >= range.Start && frame + Frame <= range.End),
                    Is.True
                );
                Assert.That(frame % Frame, Is.Zero);
                Assert.That(pool.Allocator.Owns(frame), Is.True);
                pool.Scribble(frame);
            }
            Assert.That(taken, Has.Count.EqualTo(all));
            Assert.That(pool.Allocator.FreeCount, Is.Zero);
            ulong[] order = [.. taken];
            new Random(round).Shuffle(order);
            foreach (ulong frame in order)
            {
                pool.Allocator.Free(frame);
            }
            Assert.That(pool.Allocator.FreeCount, Is.EqualTo(all));
            Assert.That(pool.Allocator.BadFrees, Is.Zero);
        }
    }

    [TestCaseSource(nameof(s_shapes))]
    public void WholeBlocksComeBackFromSingleFrames((ulong Start, ulong End)[] ranges)
    {
        using FramePool pool = new(ranges);
        int whole = CountLarge(pool);
        List<ulong> taken = [];
        for (ulong frame; (frame = pool.Allocator.Allocate()) != FrameAllocator.None; )
        {
            taken.Add(frame);
        }
        Assert.That(pool.Allocator.AllocateLarge(), Is.EqualTo(FrameAllocator.None));
        foreach (ulong frame in taken)
        {
            pool.Allocator.Free(frame);
        }
        Assert.That(CountLarge(pool), Is.EqualTo(whole));
    }

    [TestCase(1, 0)]
    [TestCase(3, 2)]
    public void OnlyWholeBlocksAreLargeFrames(int blocks, int expected)
    {
        using FramePool pool = new((Large, (ulong)(blocks + 1) * Large));
        Assert.That(CountLarge(pool), Is.EqualTo(expected), "the descriptors take from the first");
    }

    [Test]
    public void SeventeenRangesOrNoneAreRefused()
    {
        PhysicalRange* ranges = stackalloc PhysicalRange[17];
        for (ulong i = 0; i < 17; i++)
        {
            ranges[i] = new PhysicalRange
            {
                Start = (i + 1) * Large,
                End = (i + 1) * Large + Large,
            };
        }
        FrameAllocator allocator = default;
        Assert.That(allocator.TryInitialise(ranges, 17, null), Is.False);
        Assert.That(allocator.TryInitialise(ranges, 0, null), Is.False);
        Assert.That(FrameAllocator.RangeLimit, Is.EqualTo(16));
    }

    [TestCase(0ul)]
    [TestCase(1ul)]
    public void ARangeThatItsDescriptorsFillIsRefused(ulong frames)
    {
        using FramePool pool = new((Large, Large + frames * Frame));
        Assert.That(pool.IsReady, Is.False);
    }

    [Test]
    public void AddressesOutsideAreNotOwned()
    {
        using FramePool pool = new((Large, 2 * Large), (3 * Large, 3 * Large + Frame));
        ulong[] outside =
        [
            0,
            Large - 1,
            2 * Large,
            3 * Large - 1,
            3 * Large + Frame,
            ulong.MaxValue,
        ];
        Assert.That(outside.Any(address => pool.Allocator.Owns(address)), Is.False);
        Assert.That(pool.Allocator.Owns(Large) && pool.Allocator.Owns(3 * Large), Is.True);
    }

    [Test]
    public void WhatIsNotOnLoanCannotBeFreed()
    {
        using FramePool pool = new((Large, 4 * Large));
        ulong frame = pool.Allocator.Allocate();
        ulong large = pool.Allocator.AllocateLarge();
        ulong free = pool.Allocator.FreeCount;
        ulong[] wrong =
        [
            0,
            Large - Frame,
            4 * Large,
            ulong.MaxValue & ~(Frame - 1),
            frame + 1,
            frame + Frame,
            Large,
            large,
            large + Frame,
        ];
        foreach (ulong address in wrong)
        {
            pool.Allocator.Free(address);
        }
        Assert.That(pool.Allocator.BadFrees, Is.EqualTo(wrong.Length));
        ulong[] wrongLarge =
        [
            0,
            4 * Large,
            Large,
            frame,
            large + Frame,
            large + 1,
            5 * Large - large,
        ];
        foreach (ulong address in wrongLarge)
        {
            pool.Allocator.FreeLarge(address);
        }
        Assert.That(pool.Allocator.BadFrees, Is.EqualTo(wrong.Length + wrongLarge.Length));
        Assert.That(pool.Allocator.FreeCount, Is.EqualTo(free));
    }

    [Test]
    public void FreeingTwiceInARowIsRefused()
    {
        using FramePool pool = new((Large, 3 * Large));
        ulong kept = pool.Allocator.Allocate();
        ulong frame = pool.Allocator.Allocate();
        ulong large = pool.Allocator.AllocateLarge();
        pool.Allocator.Free(frame);
        pool.Allocator.Free(frame);
        pool.Allocator.Free(kept);
        pool.Allocator.Free(kept);
        pool.Allocator.FreeLarge(large);
        pool.Allocator.FreeLarge(large);
        Assert.That(pool.Allocator.BadFrees, Is.EqualTo(3));
        Assert.That(pool.Allocator.FreeCount, Is.EqualTo(pool.Allocator.TotalCount));
    }

    [TestCase(0u, false)]
    [TestCase(1u, true)]
    [TestCase(511u, true)]
    [TestCase(512u, true)]
    [TestCase(513u, false)]
    [TestCase(uint.MaxValue, false)]
    public void RunsHaveAtMostABlocksFrames(uint frames, bool granted)
    {
        using FramePool pool = new((Large, 4 * Large));
        ulong before = pool.Allocator.FreeCount;
        ulong run = pool.Allocator.AllocateRun(frames);
        Assert.That(run != FrameAllocator.None, Is.EqualTo(granted));
        Assert.That(pool.Allocator.FreeCount, Is.EqualTo(before - (granted ? frames : 0)));
        if (granted)
        {
            pool.Allocator.FreeRun(run, frames);
            Assert.That(pool.Allocator.FreeCount, Is.EqualTo(before));
            Assert.That(pool.Allocator.BadFrees, Is.Zero);
        }
    }

    private static int CountLarge(FramePool pool)
    {
        List<ulong> taken = [];
        for (ulong frame; (frame = pool.Allocator.AllocateLarge()) != FrameAllocator.None; )
        {
            Assert.That(frame % Large, Is.Zero);
            taken.Add(frame);
        }
        foreach (ulong block in taken)
        {
            pool.Allocator.FreeLarge(block);
        }
        Assert.That(taken.Distinct().Count(), Is.EqualTo(taken.Count));
        return taken.Count;
    }
}
