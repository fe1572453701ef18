using Cosmos.Common.Extensions;
using Cosmos.Core;
using Cosmos.Core.Memory;
using Cosmos.HAL;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Compatibility;

/// <summary>What Cosmos's classes say of this machine, against what others say.</summary>
public sealed class HardwareTests
{
    [Test]
    public void TheProcessorIsTheOneLinuxKnows()
    {
        string[] known = File.ReadAllLines("/proc/cpuinfo");
        Assert.That(CPU.GetCPUVendorName(), Is.EqualTo(Value("vendor_id")));
        Assert.That(CPU.GetCPUBrandString(), Is.EqualTo(Value("model name")));

        string Value(string key) =>
            known
                .First(line => line.StartsWith(key, StringComparison.Ordinal))
                .Split(':', 2)[1]
                .Trim();
    }

    [TestCase("Intel(R) Xeon(R) CPU @ 2.20GHz", 2_200_000_000)]
    [TestCase("AMD Something 3000 MHz\0\0", 3_000_000_000)]
    [TestCase("Fast 1.5 THz", 1_500_000_000_000)]
    public void ANameTellsTheRate(string name, long expected) =>
        Assert.That(CPU.EstimateCPUSpeedFromName(name), Is.EqualTo(expected));

    [Test]
    public void ANameWithoutARateIsAnError() =>
        Assert.That(
            () => CPU.EstimateCPUSpeedFromName("QEMU TCG CPU version 2.5+"),
            Throws.InstanceOf<NotSupportedException>()
        );

    // CPUID leaf by leaf: EAX, EBX, ECX.
    [TestCase("x", "0:16,0,0;15:2,250,18000000", null, 2_250_000_000)]
    [TestCase("x @ 3.00GHz", "0:16,0,0;15:2,250,18000000", null, 2_250_000_000)]
    [TestCase("x @ 3.00GHz", "0:16,0,0;15:2,250,0", null, 3_000_000_000)]
    [TestCase("x @ 3.00GHz", "0:14,0,0;15:2,250,18000000", null, 3_000_000_000)]
    [TestCase("x", "1:0,0,80000000;40000000:40000010,0,0;40000010:2400000,0,0", "1", 2_400_000_000)]
    [TestCase("x", "1:0,0,0;40000000:40000010,0,0;40000010:2400000,0,0", "1.5", 1_500_000)]
    [TestCase("x", "1:0,0,80000000;40000000:40000001,0,0", "2249.998", 2_249_998_000)]
    public void TheRateIsFoundSomewhere(string name, string leaves, string? linux, long expected) =>
        Assert.That(
            CycleSpeed.Find(Pretended(leaves), name, LinuxSays(linux)),
            Is.EqualTo(expected)
        );

    [Test]
    public void ARateThatNobodyTellsIsAnError() =>
        Assert.That(
            () => CycleSpeed.Find(Pretended(""), "x", LinuxSays(null)),
            Throws.InstanceOf<NotSupportedException>().With.Message.Contains("'x'")
        );

    [Test]
    public void TheRateOfThisProcessorIsKnown()
    {
        Assert.That(CPU.GetCPUCycleSpeed(), Is.InRange(100_000_000, 20_000_000_000));
        Assert.That(CPU.GetCPUUptime(), Is.Positive);
    }

    private static IEnumerable<string> LinuxSays(string? megahertz) =>
        megahertz is null
            ? ["model name\t: x"]
            : ["model name\t: x", $"cpu MHz\t\t: {megahertz}", "cpu MHz\t\t: 9"];

    // Leaves and flags in hexadecimal, as manuals have them; rates and ratios in decimal.
    private static CycleSpeed.Leaf Pretended(string leaves)
    {
        var known = leaves
            .Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(static leaf => leaf.Split(':', ','))
            .ToDictionary(static leaf => Hexadecimal(leaf[0]), static leaf => leaf[1..]);
        return leaf =>
        {
            if (!known.TryGetValue(leaf, out string[]? registers))
            {
                return default;
            }
            int[] values =
            [
                .. registers.Select(text =>
                    leaf is 0x15 or 0x4000_0010 ? int.Parse(text) : Hexadecimal(text)
                ),
            ];
            return (values[0], values[1], values[2], 0);
        };

        static int Hexadecimal(string text) => unchecked((int)Convert.ToUInt32(text, 16));
    }

    [Test]
    public void NumbersAreWrittenAsCosmosWritesThem()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(((byte)10).ToHex(), Is.EqualTo("0A"));
            Assert.That(((ushort)0xbeef).ToHex(), Is.EqualTo("BEEF"));
            Assert.That(10.ToHex(), Is.EqualTo("000A"));
            Assert.That((-1).ToHex(2), Is.EqualTo("FFFFFFFF"));
            Assert.That(10u.ToHex(), Is.EqualTo("0000000A"));
            Assert.That(0x123u.ToHex(2), Is.EqualTo("123"), "never cut");
            Assert.That(10ul.ToHex(), Is.EqualTo("000000000000000A"));
            Assert.That(10ul.ToHex(false), Is.EqualTo("A"));
            Assert.That(10ul.ToHex(4), Is.EqualTo("000A"));
        }
    }

    [Test]
    public void MemoryIsCounted()
    {
        Assert.That(CPU.GetAmountOfRAM(), Is.Positive);
        Assert.That(GCImplementation.GetAvailableRAM(), Is.EqualTo(CPU.GetAmountOfRAM()));
        Assert.That(GCImplementation.GetUsedRAM(), Is.GreaterThan(1 << 20));
        Assert.That(Heap.Collect(), Is.GreaterThanOrEqualTo(0));
    }

    [Test]
    public void TheClockIsUtc()
    {
        DateTime before = DateTime.UtcNow;
        int[] read =
        [
            RTC.Century * 100 + RTC.Year,
            RTC.Month,
            RTC.DayOfTheMonth,
            RTC.Hour,
            RTC.Minute,
            RTC.Second,
        ];
        DateTime told = new(read[0], read[1], read[2], read[3], read[4], read[5], DateTimeKind.Utc);
        Assert.That(
            told,
            Is.InRange(before.AddSeconds(-1), DateTime.UtcNow.AddSeconds(1))
                // Read part by part: a minute may end in between.
                .Or.InRange(before.AddMinutes(-1), DateTime.UtcNow.AddMinutes(1))
        );
        Assert.That(RTC.DayOfTheWeek, Is.InRange(1, 7));
    }

    [Test]
    public void APortThatIsNotGrantedIsRefused() =>
        Assert.That(
            () => new IOPort(0x60).Byte,
            Throws.InstanceOf<UnauthorizedAccessException>().With.Message.Contains("0x60")
        );

    [Test]
    public void ATimerFiresUntilItIsStopped()
    {
        PIT pit = Cosmos.HAL.Global.PIT;
        using CountdownEvent fired = new(3);
        using PIT.PITTimer timer = new(
            () =>
            {
                if (!fired.IsSet)
                {
                    fired.Signal();
                }
            },
            1_000_000,
            recurring: true
        );
        int id = pit.RegisterTimer(timer);
        Assert.That(timer.TimerID, Is.EqualTo(id));
        Assert.That(() => pit.RegisterTimer(timer), Throws.InstanceOf<InvalidOperationException>());
        Assert.That(fired.Wait(TimeSpan.FromSeconds(30)), Is.True);
        pit.UnregisterTimer(id);
        Assert.That(timer.TimerID, Is.EqualTo(-1));
    }

    [Test]
    public void ATimerThatFiresOnceCanBeStartedAgain()
    {
        PIT pit = Cosmos.HAL.Global.PIT;
        using SemaphoreSlim fired = new(0);
        using PIT.PITTimer timer = new(() => fired.Release(), 1000, recurring: false);
        for (int i = 0; i < 2; i++)
        {
            pit.RegisterTimer(timer);
            Assert.That(fired.Wait(TimeSpan.FromSeconds(30)), Is.True);
            Assert.That(() => timer.TimerID, Is.EqualTo(-1).After(10_000, 1));
        }
    }
}
