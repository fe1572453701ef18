using Cosmos.Multikernel.CpuDriver.Acpi;
using Cosmos.Multikernel.CpuDriver.Boot;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.Tests.Host.CpuDriver.Acpi;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Boot;

[TestFixture]
public sealed unsafe class PartitionsTests
{
    private const ulong Frame = FrameAllocator.FrameSize;
    private const ulong Large = FrameAllocator.LargeFrameSize;
    private const ulong Megabyte = 1 << 20;
    private const ulong Gigabyte = 1 << 30;

    /// <summary>A machine's free memory, as gap and length in frames, one stretch after the other.</summary>
    public sealed record Machine(int Cores, (int Gap, int Length)[] Stretches);

    private static Arbitrary<Machine> Machines =>
        (
            from cores in Gen.Choose(1, 255)
            from count in Gen.Choose(1, 8)
            from stretches in (
                from gap in Gen.Choose(1, 2000)
                from length in Gen.Choose(1, 300_000)
                select (gap, length)
            ).ArrayOf(count)
            select new Machine(cores, stretches)
        ).ToArbitrary();

    [Test]
    public void PartitionsAreDisjointWithinFreeMemoryAndCoverIt() =>
        Check.One(
            Damage.Properties(300),
            Prop.ForAll(
                Machines,
                machine =>
                {
                    (ulong Start, ulong End)[] free = FreeOf(machine);
                    Plan plan = Divide(free, new uint[machine.Cores], null);
                    return Total(free) == Total([.. plan.Parts.SelectMany(part => part)])
                        && IsSound(plan, free);
                }
            )
        );

    [Test]
    public void PartitionsAreFair() =>
        Check.One(
            Damage.Properties(300),
            Prop.ForAll(
                Machines,
                machine =>
                {
                    (ulong Start, ulong End)[] free = FreeOf(machine);
                    Plan plan = Divide(free, new uint[machine.Cores], null);
                    ulong share = Total(free) / (ulong)machine.Cores;
                    return plan.Parts.All(part =>
                        Total(part) + Large > share && Total(part) < share + 2 * Large
                    );
                }
            )
        );

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(4)]
    [TestCase(64)]
    [TestCase(255)]
    public void EveryCoreOfAPersonalComputerGetsItsShare(int cores)
    {
        (ulong Start, ulong End)[] free = [(Megabyte, 3 * Gigabyte), (4 * Gigabyte, 5 * Gigabyte)];
        Plan plan = Divide(free, new uint[cores], null);
        ulong share = Total(free) / (ulong)cores;
        Assert.That(plan.Parts.Select(Total), Is.All.InRange(share - Large, share + 2 * Large));
        Assert.That(IsSound(plan, free), Is.True);
    }

    [Test]
    public void ATinyMachineStillGivesEveryCoreSomething()
    {
        (ulong Start, ulong End)[] free = [(Megabyte, 17 * Megabyte)];
        Plan plan = Divide(free, new uint[16], null);
        Assert.That(plan.Parts.Select(Total), Is.All.EqualTo(Megabyte));
    }

    [Test]
    public void NoMemoryIsNoRanges()
    {
        Plan plan = Divide([], new uint[4], null);
        Assert.That(plan.Parts, Is.All.Empty);
    }

    /// <summary>Two domains whose memory is interleaved with a hole, cores of both mixed.</summary>
    [Test]
    public void MemoryGoesToTheCoresNearIt()
    {
        byte[] table = AffinityTable.Make(
            AffinityTable.Memory(0, 0, 640 << 10),
            AffinityTable.Memory(0, Megabyte, 2 * Gigabyte - Megabyte),
            AffinityTable.Memory(7, 2 * Gigabyte, Gigabyte),
            AffinityTable.Memory(7, 4 * Gigabyte, Gigabyte)
        );
        (ulong Start, ulong End)[] free = [(Megabyte, 3 * Gigabyte), (4 * Gigabyte, 5 * Gigabyte)];
        Plan plan = Divide(free, [0, 7, 0, 7, 7], table);
        Assert.That(plan.ByDomain, Is.True);
        Assert.That(IsSound(plan, free), Is.True);
        Assert.That(Total([.. plan.Parts.SelectMany(part => part)]), Is.EqualTo(Total(free)));
        for (int core = 0; core < 5; core++)
        {
            bool isNear = core is 0 or 2;
            foreach ((ulong start, ulong end) in plan.Parts[core])
            {
                Assert.That(isNear ? end <= 2 * Gigabyte : start >= 2 * Gigabyte, Is.True);
            }
            ulong share = isNear ? Gigabyte : 2 * Gigabyte / 3;
            Assert.That(Total(plan.Parts[core]), Is.InRange(share - 2 * Large, share + 2 * Large));
        }
    }

    [Test]
    public void DomainsWithCoresButWithoutMemoryMakeAllShareAll()
    {
        byte[] table = AffinityTable.Make(AffinityTable.Memory(0, 0, 8 * Gigabyte));
        (ulong Start, ulong End)[] free = [(Megabyte, Gigabyte)];
        Plan plan = Divide(free, [0, 0, 1], table);
        Assert.That(plan.ByDomain, Is.False);
        Assert.That(
            plan.Parts.Select(Total),
            Is.All.InRange(Gigabyte / 3 - 2 * Large, Gigabyte / 3 + 2 * Large)
        );
    }

    /// <summary>Memory of a domain without cores, or of which the firmware says nothing, is used by somebody.</summary>
    [Test]
    public void MemoryNearNobodyIsNotLost()
    {
        byte[] table = AffinityTable.Make(
            AffinityTable.Memory(1, 0, Gigabyte),
            AffinityTable.Memory(2, Gigabyte, Gigabyte),
            AffinityTable.Memory(3, 2 * Gigabyte, Gigabyte)
        );
        (ulong Start, ulong End)[] free = [(Megabyte, 3 * Gigabyte), (4 * Gigabyte, 5 * Gigabyte)];
        Plan plan = Divide(free, [1, 2], table);
        Assert.That(plan.ByDomain, Is.True);
        Assert.That(Total([.. plan.Parts.SelectMany(part => part)]), Is.EqualTo(Total(free)));
        Assert.That(IsSound(plan, free), Is.True);
    }

    [Test]
    public void RandomDomainsAreDividedSoundly() =>
        Check.One(
            Damage.Properties(300),
            Prop.ForAll(
                Machines,
                ArbMap.Default.ArbFor<int>(),
                (machine, seed) =>
                {
                    Random random = new(seed);
                    (ulong Start, ulong End)[] free = FreeOf(machine);
                    uint[] domains = [.. Enumerable.Range(0, machine.Cores).Select(_ => Domain())];
                    byte[][] entries =
                    [
                        .. Enumerable
                            .Range(0, 6)
                            .Select(_ =>
                                AffinityTable.Memory(
                                    Domain(),
                                    (ulong)random.NextInt64((long)free[^1].End),
                                    (ulong)random.NextInt64((long)free[^1].End)
                                )
                            ),
                    ];
                    Plan plan = Divide(free, domains, AffinityTable.Make(entries));
                    return IsSound(plan, free)
                        && plan.Parts.All(part => part.Length <= FrameAllocator.RangeLimit)
                        && Total([.. plan.Parts.SelectMany(part => part)]) == Total(free);

                    uint Domain() => (uint)random.Next(4);
                }
            )
        );

    /// <summary>A partition has room for 16 ranges: of more, the largest are kept.</summary>
    [Test]
    public void OfTooManyPiecesTheSmallestAreGivenUp()
    {
        (ulong Start, ulong End)[] free =
        [
            .. Enumerable
                .Range(1, 40)
                .Select(i => ((ulong)i * Gigabyte, (ulong)i * Gigabyte + (ulong)i * Large)),
        ];
        Plan plan = Divide(free, [0], null);
        Assert.That(plan.Parts[0], Is.EqualTo(free[24..]));
    }

    private static (ulong Start, ulong End)[] FreeOf(Machine machine)
    {
        ulong at = Megabyte;
        List<(ulong, ulong)> free = [];
        foreach ((int gap, int length) in machine.Stretches)
        {
            at += (ulong)gap * Frame;
            free.Add((at, at + (ulong)length * Frame));
            at += (ulong)length * Frame;
        }
        return [.. free];
    }

    private static Plan Divide((ulong Start, ulong End)[] free, uint[] domains, byte[]? affinity)
    {
        PhysicalRange* ranges = stackalloc PhysicalRange[64];
        CoreDescriptor* cores = stackalloc CoreDescriptor[domains.Length];
        MemoryMap map = new(ranges, 64);
        foreach ((ulong start, ulong end) in free)
        {
            map.Add(start, end - start);
        }
        for (int i = 0; i < domains.Length; i++)
        {
            cores[i].ProximityDomain = domains[i];
        }
        fixed (byte* table = affinity)
        {
            Partitions partitions = new(map, new Srat(table), cores, (uint)domains.Length);
            List<(ulong, ulong)[]> parts = [];
            PhysicalRange* part = stackalloc PhysicalRange[FrameAllocator.RangeLimit];
            for (uint core = 0; core < domains.Length; core++)
            {
                int count = partitions.RangesOf(core, part);
                parts.Add([
                    .. new ReadOnlySpan<PhysicalRange>(part, count)
                        .ToArray()
                        .Select(range => (range.Start, range.End)),
                ]);
            }
            return new Plan(partitions.ByDomain, [.. parts]);
        }
    }

    private static bool IsSound(Plan plan, (ulong Start, ulong End)[] free)
    {
        (ulong Start, ulong End)[] all = [.. plan.Parts.SelectMany(part => part).Order()];
        bool isDisjoint = all.Zip(all.Skip(1)).All(pair => pair.First.End <= pair.Second.Start);
        bool isWithin = all.All(range =>
            range.Start < range.End
            && ((range.Start | range.End) & (Frame - 1)) == 0
            && free.Any(stretch => range.Start >= stretch.Start && range.End <= stretch.End)
        );
        return isDisjoint && isWithin;
    }

    private static ulong Total((ulong Start, ulong End)[] ranges) =>
        ranges.Aggregate(0ul, (sum, range) => sum + range.End - range.Start);

    private sealed record Plan(bool ByDomain, (ulong Start, ulong End)[][] Parts);
}
