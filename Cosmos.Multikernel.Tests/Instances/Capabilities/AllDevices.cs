using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Capabilities;

/// <summary>The holder of all devices.</summary>
internal static class AllDevices
{
    private const ulong HighPrecisionTimer = 0xfed0_0000;
    private const ushort PciAddress = 0xcf8;

    private static Devices All => OwnCapabilities.Granted.OfType<Devices>().Single();

    public static Task<string> ReadTablesAsync()
    {
        foreach (var signature in new[] { "APIC", "FACP", "DSDT", "MCFG" })
        {
            var table = All.ReadTable(signature);
            Expect.That(table is not null, signature);
            Expect.Equal(0, table!.Sum(octet => octet) & 0xff, signature);
        }

        Expect.That(All.ReadTable("NONE") is null);
        Expect.That(All.ReadTable("MCFG", 1) is null);
        return Task.FromResult("");
    }

    public static Task<string> RefusalsAsync()
    {
        using var frame = Frame.Allocate(4096);
        var refused = 0;
        // Memory, whoever uses it: this instance, the CPU driver, the boot loader. Then the interrupt controllers.
        foreach (
            var (start, length) in new (ulong, long)[]
            {
                (frame.PhysicalAddress, 4096),
                (frame.PhysicalAddress + 8, 4),
                (0, 4096),
                (0x10_0000, 4096),
                (0x20_0000, 1),
                (0xfee0_0000, 4096),
                (0xfee0_0ff0, 4),
                (0xfec0_0000, 32),
                (0xfebf_ffff, 2),
                (0, long.MaxValue),
                (ulong.MaxValue - 1, 1),
                (HighPrecisionTimer, 0),
            }
        )
        {
            Expect.Throws<CapabilityDeniedException>(
                () => All.MintMemory(start, length),
                $"memory {start:x}"
            );
            refused++;
        }

        foreach (
            var (first, count) in new (ushort, int)[]
            {
                (0x20, 1),
                (0x21, 1),
                (0xa1, 1),
                (0x3f8, 8),
                (0x3ff, 1),
                (0, 0x1_0000),
                (0xffff, 2),
                (0x70, 0),
            }
        )
        {
            Expect.Throws<CapabilityDeniedException>(
                () => All.MintPorts(first, count),
                $"ports {first:x}"
            );
            refused++;
        }

        foreach (var line in new[] { 4, 100_000, -1 })
        {
            Expect.Throws<CapabilityDeniedException>(() => All.MintLine(line), $"line {line}");
            refused++;
        }

        foreach (var count in new[] { 0, 3, 65, 128 })
        {
            Expect.Throws<CapabilityDeniedException>(
                () => All.MintMessages(count),
                $"{count} messages"
            );
            refused++;
        }

        using var ports = All.MintPorts(0x80, 1, CapabilityRights.Read);
        Expect.Throws<CapabilityDeniedException>(() => ports.Write8(0, 0));
        Expect.Throws<ArgumentException>(() => ports.Read16(0));
        Expect.Throws<ArgumentException>(() => ports.Read8(1));
        Expect.Throws<ArgumentException>(() => ports.Read8(-1));
        return Task.FromResult($"{refused + 4} refused");
    }

    public static Task<string> ReadRegistersAsync()
    {
        // Its first register names the vendor in the upper half of its lower 32 bits (IA-PC HPET specification, section 2.3.4).
        using var timer = All.MintMemory(HighPrecisionTimer, 1024);
        Expect.Equal(0x8086u, timer.Read<uint>(0) >> 16);
        Expect.Throws<ArgumentOutOfRangeException>(() => timer.Read<uint>(1021));

        // The host bridge's vendor, through the old way to the configuration space.
        using var configuration = All.MintPorts(PciAddress, 8);
        configuration.Write32(0, 0x8000_0000);
        Expect.Equal(0x8086u, configuration.Read32(4) & 0xffff);
        Span<byte> twice = stackalloc byte[8];
        configuration.ReadBlock(4, 4, twice);
        Expect.Equal(0x8086, BitConverter.ToUInt16(twice[4..]));

        // Messages can be bound and have a vector; of two blocks none has the other's.
        using var first = All.MintMessages(4);
        using var second = All.MintMessages(1);
        first.Bind();
        second.Bind();
        Expect.Equal(0xfee0_0000ul, first.MessageAddress & 0xfff0_0000);
        Expect.Equal(0u, first.MessageData % 4);
        Expect.That(second.MessageData - first.MessageData >= 4);
        Expect.Throws<CapabilityInUseException>(() => first.Bind());
        return Task.FromResult("");
    }

    /// <summary>Sends a device's capabilities to a driver on another core.</summary>
    public static async Task<string> SendAsync()
    {
        using var channel = await Channel.ConnectAsync(
            1,
            "clock",
            new ChannelOptions { ConnectTimeout = TimeSpan.FromSeconds(60) }
        );
        var timer = All.MintMemory(HighPrecisionTimer, 1024, rights: CapabilityRights.Read);
        Expect.Equal(0x8086u, timer.Read<uint>(0) >> 16);
        await channel.SendAsync(await channel.SendCapabilityAsync(timer));
        await channel.SendAsync(await channel.SendCapabilityAsync(All.MintPorts(PciAddress, 8)));
        var refused = false;
        try
        {
            await channel.SendCapabilityAsync(All);
        }
        catch (CapabilityDeniedException)
        {
            refused = true;
        }

        Expect.That(refused);
        Expect.Equal(2, await channel.ReceiveAsync<int>());
        return "";
    }
}
