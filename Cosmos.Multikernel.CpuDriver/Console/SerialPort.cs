// The first serial port: a 16550 UART at 115,200 baud, 8 bits, no parity (National PC16550D data sheet, section 8).

using Cosmos.Multikernel.CpuDriver.Cores;

namespace Cosmos.Multikernel.CpuDriver.Console;

public static class SerialPort
{
    /// <summary>The ISA interrupt it raises.</summary>
    public const byte IsaInterrupt = 4;

    /// <summary>Its ports.</summary>
    public const ushort FirstPort = 0x3f8;
    public const ushort PortCount = 8;

    private const ushort Data = 0x3f8;
    private const ushort InterruptEnable = 0x3f9;
    private const ushort FifoControl = 0x3fa;
    private const ushort LineControl = 0x3fb;
    private const ushort ModemControl = 0x3fc;
    private const ushort LineStatus = 0x3fd;
    private const ushort Scratch = 0x3ff;

    private const byte ReceivedReady = 1;
    private const byte TransmitEmpty = 0x20;
    private const byte OnReceived = 1;
    private const byte OnTransmitEmpty = 2;
    private const int FifoDepth = 16;
    private const int PatienceReadings = 100_000;

    /// <summary>Whether there is a port.</summary>
    public static bool Present { get; private set; }

    /// <summary>Looks for the port, which may be set up already.</summary>
    public static void Detect()
    {
        Cpu.Out8(Scratch, 0xa5);
        Present = Cpu.In8(Scratch) == 0xa5;
    }

    /// <summary>Looks for the port and sets it up, without interrupts.</summary>
    public static void Start()
    {
        Detect();
        if (!Present)
        {
            return;
        }
        Cpu.Out8(InterruptEnable, 0);
        Cpu.Out8(LineControl, 0x80);
        Cpu.Out8(Data, 1);
        Cpu.Out8(InterruptEnable, 0);
        Cpu.Out8(LineControl, 0x03);
        Cpu.Out8(FifoControl, 0x07);
        Cpu.Out8(ModemControl, 0x0b);
    }

    /// <summary>Uses the port as another core has set it up.</summary>
    public static void AssumePresent() => Present = true;

    public static void EnableInterrupts() => Cpu.Out8(InterruptEnable, OnReceived);

    /// <summary>Writes one byte, waiting for the port (but not for ever: nobody may be listening).</summary>
    public static void WriteNow(byte value)
    {
        for (int i = 0; i < PatienceReadings; i++)
        {
            if ((Cpu.In8(LineStatus) & TransmitEmpty) != 0)
            {
                break;
            }
        }
        Cpu.Out8(Data, value);
    }

    /// <summary>Sends as much of a queue as the port takes now, and asks for an interrupt when more is left.</summary>
    public static void Send(ref ByteQueue queue)
    {
        while (!queue.IsEmpty && (Cpu.In8(LineStatus) & TransmitEmpty) != 0)
        {
            for (int i = 0; i < FifoDepth && !queue.IsEmpty; i++)
            {
                Cpu.Out8(Data, queue.Take());
            }
        }
        Cpu.Out8(
            InterruptEnable,
            queue.IsEmpty ? OnReceived : (byte)(OnReceived | OnTransmitEmpty)
        );
    }

    /// <summary>A received byte, or false when there is none.</summary>
    public static bool TryReceive(out byte value)
    {
        bool ready = (Cpu.In8(LineStatus) & ReceivedReady) != 0;
        value = ready ? Cpu.In8(Data) : (byte)0;
        return ready;
    }
}
