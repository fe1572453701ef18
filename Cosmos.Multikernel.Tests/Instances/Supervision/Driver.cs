using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Supervision;

/// <summary>
/// A driver of the real-time clock (Motorola MC146818A data sheet) that crashes with its device running and its interrupt bound: the
/// next life is granted the same devices, and gets their interrupts.
/// </summary>
internal static class Driver
{
    private const byte StatusA = 0x0a;
    private const byte StatusB = 0x0b;
    private const byte StatusC = 0x0c;
    private const byte PeriodicEnable = 0x40;
    private const byte SixtyFourHertz = 0x0a;
    private const int Ticks = 16;

    public static async Task<string> DriveAsync()
    {
        var ports = OwnCapabilities.Granted.OfType<PortRange>().Single();
        var interrupt = OwnCapabilities.Granted.OfType<Interrupt>().Single();
        // Whatever the last life left the device doing.
        Write(ports, StatusB, (byte)(Read(ports, StatusB) & ~PeriodicEnable));
        Read(ports, StatusC);
        interrupt.Bind();
        Write(ports, StatusA, (byte)((Read(ports, StatusA) & 0xf0) | SixtyFourHertz));
        Write(ports, StatusB, (byte)(Read(ports, StatusB) | PeriodicEnable));
        for (var tick = 0; tick < Ticks; tick++)
        {
            await interrupt.WaitAsync(0, Conductor.Patience);
            Read(ports, StatusC);
            interrupt.Acknowledge();
        }

        return $"{Ticks} ticks";
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
