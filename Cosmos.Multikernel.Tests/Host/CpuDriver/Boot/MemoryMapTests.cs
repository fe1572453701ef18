using Cosmos.Multikernel.CpuDriver.Boot;
using Cosmos.Multikernel.CpuDriver.Memory;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Boot;

/// <summary>The list of free memory against a model that keeps one bit for each frame.</summary>
[TestFixture]
public sealed unsafe class MemoryMapTests
{
    private const ulong Frame = FrameAllocator.FrameSize;
    private const int ModelFrames = 64;
    private const int ModelBytes = ModelFrames * (int)Frame;

    /// <summary>One call: Add, Remove or Take; places and lengths need not be whole frames. Frame 0 stays out: 0 means none.</summary>
    public sealed record Step(int Kind, int Start, int Length);

    private static Arbitrary<Step[]> Steps =>
        Gen.ArrayOf(
                from kind in Gen.Frequency(
                    (3, Gen.Constant(0)),
                    (3, Gen.Constant(1)),
                    (1, Gen.Constant(2))
                )
                from start in Gen.OneOf(
                    Gen.Choose((int)Frame, ModelBytes),
                    Gen.Choose(1, ModelFrames).Select(i => i * (int)Frame)
                )
                from length in Gen.OneOf(
                    Gen.Choose(0, ModelBytes),
                    Gen.Choose(0, 4).Select(i => i * (int)Frame),
                    Gen.Choose(0, 3 * (int)Frame)
                )
                select new Step(kind, start, Math.Min(length, ModelBytes - start))
            )
            .ToArbitrary();

    [Test]
    public void AddRemoveAndTakeAgreeWithABitmap() =>
        Check.One(
            Damage.Properties(3000),
            Prop.ForAll(Steps, steps => Run(steps, capacity: 256, exact: true))
        );

    /// <summary>What finds no place is counted and lost, but nothing that is in use becomes free.</summary>
    [Test]
    public void AFullListLosesMemoryButNeverInventsAny() =>
        Check.One(
            Damage.Properties(3000),
            Prop.ForAll(
                Steps,
                Gen.Choose(1, 4).ToArbitrary(),
                (steps, capacity) => Run(steps, capacity, exact: false)
            )
        );

    [Test]
    public void AnAddThatFindsTheListFullSkipsNothingElse()
    {
        PhysicalRange* ranges = stackalloc PhysicalRange[3];
        ranges[2] = new PhysicalRange { Start = 0x5000, End = 0x50_0000 };
        MemoryMap map = new(ranges, 2);
        map.Add(0x10_000, 0x1000);
        map.Add(0x20_000, 0x1000);
        map.Add(0, 0x100_000);
        Assert.That(Ranges(map), Is.EqualTo("10000-11000 20000-21000"));
        Assert.That(map.Overflows, Is.EqualTo(3));
    }

    [TestCase(ulong.MaxValue, 1ul)]
    [TestCase(0xffff_ffff_ffff_f001ul, 0xffful)]
    [TestCase(0x1001ul, 0xffful)]
    [TestCase(0x1001ul, 0x1ffeul)]
    [TestCase(0x1000ul, 0ul)]
    public void LessThanAFrameIsNothing(ulong start, ulong length)
    {
        PhysicalRange* ranges = stackalloc PhysicalRange[4];
        MemoryMap map = new(ranges, 4);
        map.Add(start, length);
        Assert.That(Ranges(map), Is.Empty);
    }

    [TestCase(0x1000ul, ulong.MaxValue, "")]
    [TestCase(0x3000ul, ulong.MaxValue - 0x3000, "1000-3000")]
    [TestCase(0x3001ul, ulong.MaxValue, "1000-3000")]
    [TestCase(0x2ffful, 2ul, "1000-2000 4000-fffffffffffff000")]
    [TestCase(0ul, 0x1001ul, "2000-fffffffffffff000")]
    [TestCase(0ul, 0ul, "1000-fffffffffffff000")]
    public void TheEndOfTheAddressSpaceIsNoObstacle(ulong start, ulong length, string left)
    {
        PhysicalRange* ranges = stackalloc PhysicalRange[4];
        MemoryMap map = new(ranges, 4);
        map.Add(0x1000, ulong.MaxValue);
        map.Remove(start, length);
        Assert.That(Ranges(map), Is.EqualTo(left));
    }

    [TestCase(0x1000ul, 0x10_0000ul, 0xf_f000ul, Description = "the highest below the limit")]
    [TestCase(0x1000ul, 0x8_0000ul, 0x7_f000ul, Description = "in the middle of a range")]
    [TestCase(0x1000ul, 0x6_0000ul, 0x1_f000ul, Description = "in a gap")]
    [TestCase(1ul, 0x10_0000ul, 0xf_f000ul, Description = "whole frames")]
    [TestCase(0x2_0000ul, 0x8_0000ul, 0ul, Description = "no room: 64 KB each")]
    [TestCase(0x1_0000ul, 0x8_0000ul, 0x7_0000ul)]
    [TestCase(0x1000ul, 0x1_0000ul, 0ul, Description = "the limit is below all")]
    public void TakeGivesTheHighestFittingPlace(ulong bytes, ulong limit, ulong expected)
    {
        PhysicalRange* ranges = stackalloc PhysicalRange[8];
        MemoryMap map = new(ranges, 8);
        map.Add(0x1_0000, 0x1_0000);
        map.Add(0x7_0000, 0x1_0000);
        map.Add(0x9_0000, 0x7_0000);
        ulong before = map.TotalBytes;
        if (limit == 0x8_0000 && bytes == 0x1000)
        {
            map.Add(0x8_0000, 0x1_0000);
            before += 0x1_0000;
        }
        Assert.That(map.Take(bytes, limit), Is.EqualTo(expected));
        ulong taken = expected == 0 ? 0 : (bytes + Frame - 1) & ~(Frame - 1);
        Assert.That(map.TotalBytes, Is.EqualTo(before - taken));
    }

    [Test]
    public void ARequestOfImpossibleSizeGetsNothing()
    {
        PhysicalRange* ranges = stackalloc PhysicalRange[4];
        MemoryMap map = new(ranges, 4);
        map.Add(0x1000, 0x10_0000);
        Assert.That(map.Take(ulong.MaxValue, ulong.MaxValue), Is.Zero);
        Assert.That(map.TotalBytes, Is.EqualTo(0x10_0000));
    }

    private static bool Run(Step[] steps, int capacity, bool exact)
    {
        using GuardedBytes memory = new(256 * sizeof(PhysicalRange));
        PhysicalRange* ranges = (PhysicalRange*)
            memory.Place(new byte[capacity * sizeof(PhysicalRange)], 16);
        MemoryMap map = new(ranges, capacity);
        bool[] model = new bool[ModelFrames];
        foreach (Step step in steps)
        {
            int first = step.Start / (int)Frame;
            int last = (step.Start + step.Length + (int)Frame - 1) / (int)Frame;
            if (step.Kind == 0)
            {
                map.Add((ulong)step.Start, (ulong)step.Length);
                int wholeFirst = (step.Start + (int)Frame - 1) / (int)Frame;
                int wholeEnd = (step.Start + step.Length) / (int)Frame;
                Set(model, wholeFirst, wholeEnd, true);
            }
            else if (step.Kind == 1)
            {
                map.Remove((ulong)step.Start, (ulong)step.Length);
                Set(model, first, step.Length == 0 ? first : last, false);
            }
            else
            {
                ulong bytes = (ulong)(step.Length % (3 * (int)Frame)) + 1;
                ulong at = map.Take(bytes, (ulong)first * Frame);
                int from = (int)(at / Frame);
                int to = from + (int)((bytes + Frame - 1) / Frame);
                if (
                    at != 0
                    && (to > first || !Enumerable.Range(from, to - from).All(i => model[i]))
                )
                {
                    return false;
                }
                Set(model, from, at == 0 ? from : to, false);
            }
            bool agreed = IsOrdered(map) && Matches(map, model, exact);
            if (!agreed || (exact && map.Overflows != 0))
            {
                return false;
            }
            if (!exact)
            {
                // Go on from what was kept.
                Array.Clear(model);
                for (int i = 0; i < map.Count; i++)
                {
                    Set(
                        model,
                        (int)(map.At(i)->Start / Frame),
                        (int)(map.At(i)->End / Frame),
                        true
                    );
                }
            }
        }
        return true;
    }

    private static bool Matches(MemoryMap map, bool[] model, bool exact)
    {
        ulong total = 0;
        for (int i = 0; i < map.Count; i++)
        {
            for (ulong at = map.At(i)->Start; at < map.At(i)->End; at += Frame)
            {
                if (!model[at / Frame])
                {
                    return false;
                }
                total += Frame;
            }
        }
        int free = model.Count(isFree => isFree);
        return total == map.TotalBytes
            && (exact || map.Overflows == 0 ? total == (ulong)free * Frame : true);
    }

    private static bool IsOrdered(MemoryMap map)
    {
        ulong end = 0;
        for (int i = 0; i < map.Count; i++)
        {
            PhysicalRange* range = map.At(i);
            bool joined = i > 0 && range->Start == end;
            if (joined || range->Start < end || range->Start >= range->End)
            {
                return false;
            }
            if (((range->Start | range->End) & (Frame - 1)) != 0)
            {
                return false;
            }
            end = range->End;
        }
        return true;
    }

    private static void Set(bool[] model, int from, int to, bool value)
    {
        for (int i = from; i < to; i++)
        {
            model[i] = value;
        }
    }

    private static string Ranges(MemoryMap map)
    {
        List<string> texts = [];
        for (int i = 0; i < map.Count; i++)
        {
            texts.Add($"{map.At(i)->Start:x}-{map.At(i)->End:x}");
        }
        return string.Join(' ', texts);
    }
}
