using System.Text;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Boot;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Boot;

[TestFixture]
public sealed unsafe class DeviceListTests
{
    private static readonly (string Word, CapabilityType Type)[] s_ranges =
    [
        ("port", CapabilityType.PortRange),
        ("irq", CapabilityType.InterruptLine),
        ("memory", CapabilityType.DeviceMemory),
    ];

    [TestCase("all", CapabilityType.Devices, 0ul, 0ul)]
    [TestCase("port:0x70-0x71", CapabilityType.PortRange, 0x70ul, 2ul)]
    [TestCase("port:0-65535", CapabilityType.PortRange, 0ul, 0x1_0000ul)]
    [TestCase("irq:8", CapabilityType.InterruptLine, 8ul, 1ul)]
    [TestCase("irq:008-0X9", CapabilityType.InterruptLine, 8ul, 2ul)]
    [TestCase("memory:0xfed00000-0xFED003ff", CapabilityType.DeviceMemory, 0xfed0_0000ul, 0x400ul)]
    [TestCase(
        "memory:0-0xfffffffffffffff",
        CapabilityType.DeviceMemory,
        0ul,
        0x1000_0000_0000_0000ul
    )]
    [TestCase("msi:4", CapabilityType.InterruptMessages, 0ul, 4ul)]
    public void AGrantIsRead(string text, CapabilityType type, ulong start, ulong length)
    {
        Assert.That(IsValid(text));
        Assert.That(Read(text), Is.EqualTo(new[] { $"{type} {start} {length} = {text}" }));
    }

    [Test]
    public void GrantsAreReadInTheirOrder() =>
        Assert.That(
            Read("msi:1,irq:8,irq:8,all"),
            Is.EqualTo(
                new[]
                {
                    "InterruptMessages 0 1 = msi:1",
                    "InterruptLine 8 1 = irq:8",
                    "InterruptLine 8 1 = irq:8",
                    "Devices 0 0 = all",
                }
            )
        );

    [TestCase("")]
    [TestCase(",")]
    [TestCase("all,")]
    [TestCase(",all")]
    [TestCase("ALL")]
    [TestCase("al")]
    [TestCase("alls")]
    [TestCase("all:1")]
    [TestCase("port")]
    [TestCase("port:")]
    [TestCase("port:-")]
    [TestCase("port:-1")]
    [TestCase("port:1-")]
    [TestCase("port:2-1")]
    [TestCase("port:1--2")]
    [TestCase("port:1-2-3")]
    [TestCase("port:0x")]
    [TestCase("port:0xg")]
    [TestCase("port:ff")]
    [TestCase("port:1x")]
    [TestCase("port: 1")]
    [TestCase("port:1 ")]
    [TestCase("Port:1")]
    [TestCase("irq:8;irq:9")]
    [TestCase("memory:1000000000000000", Description = "16 digits")]
    [TestCase("memory:0xffffffffffffffff")]
    [TestCase("memory:0-0xffffffffffffffff")]
    [TestCase("msi:")]
    [TestCase("msi:0")]
    [TestCase("msi:1-2")]
    [TestCase("disk:1")]
    public void WhatIsNoListGrantsNothing(string text)
    {
        Assert.That(IsValid(text), Is.False);
        Assert.That(Read(text), Is.Empty);
    }

    [TestCase("irq:8,,irq:9")]
    [TestCase("irq:8,irq:")]
    [TestCase("irq:8,")]
    [TestCase("irq:8,nothing,irq:9")]
    public void NothingIsReadFromAMistakeOn(string text)
    {
        Assert.That(IsValid(text), Is.False);
        Assert.That(Read(text), Has.None.Contains("irq:9"));
    }

    [Test]
    public void WhatIsWrittenIsRead() =>
        Check.One(
            Damage.Properties(1000),
            Prop.ForAll(
                Gen.Choose(0, int.MaxValue).Three().NonEmptyListOf().ToArbitrary(),
                grants =>
                {
                    List<string> words = [];
                    List<string> expected = [];
                    foreach (var (which, a, b) in grants)
                    {
                        var (word, type) = s_ranges[which % s_ranges.Length];
                        var (first, last) = (Math.Min(a, b), Math.Max(a, b));
                        words.Add(
                            which % 2 == 0
                                ? $"{word}:{first}-{last}"
                                : $"{word}:0x{first:x}-0x{last:X}"
                        );
                        ulong length = (ulong)last - (ulong)first + 1;
                        expected.Add($"{type} {first} {length} = {words[^1]}");
                    }
                    string text = string.Join(',', words);
                    return IsValid(text) && Read(text).SequenceEqual(expected);
                }
            )
        );

    [Test]
    public void DamagedListsAreReadWithinTheirBounds()
    {
        byte[] valid = "port:0x70-0x71,irq:8,memory:0xfed00000-0xfed003ff,msi:4,all"u8.ToArray();
        using GuardedBytes memory = new(4096);
        HashSet<string> answers = [];
        foreach (
            byte[] bytes in Damage
                .Truncations(valid)
                .Concat(Damage.Of(valid, seed: 11, count: 20_000))
        )
        {
            answers.Add(
                memory.Agreed(bytes, (text, length) => string.Join(';', Read(text, length)))
            );
        }
        Assert.That(answers, Has.Count.GreaterThan(50));
    }

    private static bool IsValid(string text)
    {
        fixed (byte* start = Bytes(text))
        {
            return DeviceList.IsValid(start, (uint)text.Length);
        }
    }

    private static List<string> Read(string text)
    {
        fixed (byte* start = Bytes(text))
        {
            return Read(start, (uint)text.Length);
        }
    }

    private static List<string> Read(byte* text, uint length)
    {
        List<string> grants = [];
        DeviceList list = new(text, length);
        while (list.MoveNext())
        {
            DeviceGrant grant = list.Current;
            string written = Encoding.UTF8.GetString(list.Text, (int)list.TextLength);
            grants.Add($"{grant.Type} {grant.Start} {grant.Length} = {written}");
        }
        return grants;
    }

    // Behind the text is more that would be taken for a part of it.
    private static byte[] Bytes(string text) => [.. Encoding.UTF8.GetBytes(text), .. "0-9,all"u8];
}
