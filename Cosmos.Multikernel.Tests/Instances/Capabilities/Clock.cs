using System.Diagnostics;
using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Capabilities;

/// <summary>
/// A driver on another core than the I/O APICs': of the real-time clock, whose ports and interrupt the boot medium grants it
/// (Motorola MC146818A data sheet).
/// </summary>
internal static class Clock
{
    private const byte StatusA = 0x0a;
    private const byte StatusB = 0x0b;
    private const byte StatusC = 0x0c;
    private const byte PeriodicEnable = 0x40;
    private const byte SixtyFourHertz = 0x0a;
    private const int Ticks = 64;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<string> InterruptsAsync()
    {
        var ports = OwnCapabilities.Granted.OfType<PortRange>().Single();
        var interrupt = OwnCapabilities.Granted.OfType<Interrupt>().Single();
        interrupt.Bind();
        Write(ports, StatusA, (byte)((Read(ports, StatusA) & 0xf0) | SixtyFourHertz));
        // Before it is enabled: read afterwards, this could take the first interrupt's cause away.
        Read(ports, StatusC);
        Write(ports, StatusB, (byte)(Read(ports, StatusB) | PeriodicEnable));
        var begin = Stopwatch.GetTimestamp();
        for (var tick = 0; tick < Ticks; )
        {
            await interrupt.WaitAsync(0, Patience);
            // Reading the cause lets the clock raise the line again. There may be none: QEMU's I/O APIC takes a line that is raised
            // again while it is high for another edge, which happens when a loaded host lets us read late.
            tick += (Read(ports, StatusC) & PeriodicEnable) != 0 ? 1 : 0;
            interrupt.Acknowledge();
        }

        Write(ports, StatusB, (byte)(Read(ports, StatusB) & ~PeriodicEnable));
        var seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        Expect.That(interrupt.Received >= Ticks);
        // The clock does not run fast: ticks are real interrupts, none counted twice.
        Expect.That(seconds > 0.5 * Ticks / 64);
        interrupt.Dispose();
        return $"{Ticks} ticks in {seconds:0.00} s";
    }

    public static async Task<string> ReceiveAsync()
    {
        using var channel = await Channel.AcceptAsync(Patience);
        using var timer = (DeviceMemory)
            await channel.ClaimCapabilityAsync(await channel.ReceiveAsync<uint>());
        using var configuration = (PortRange)
            await channel.ClaimCapabilityAsync(await channel.ReceiveAsync<uint>());
        Expect.Equal(0x8086u, timer.Read<uint>(0) >> 16);
        configuration.Write32(0, 0x8000_0000);
        Expect.Equal(0x8086u, configuration.Read32(4) & 0xffff);
        await channel.SendAsync(2);
        await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(300));
        return "";
    }

    private static byte Read(PortRange ports, byte register)
    {
        ports.Write8(0, register);
        return ports.Read8(1);
    }

    private static void Write(PortRange ports, byte register, byte value)
    {
        ports.Write8(0, register);
        ports.Write8(1, value);
    }
}
