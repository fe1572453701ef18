using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Boot;

namespace Cosmos.Multikernel.CpuDriver.Console;

/// <summary>Text straight to the devices, character by character: for the boot phase and for a core's last words.</summary>
public static unsafe class BootConsole
{
    private static byte* s_kept;
    private static uint s_room;
    private static uint* s_keptBytes;

    /// <summary>Finds the serial port.</summary>
    public static void Start() => SerialPort.Start();

    /// <summary>Uses the screen too, when the boot phase can reach it.</summary>
    public static void UseScreen(in ScreenDescription screen)
    {
        if (screen.Address + screen.Length <= BootTables.InitialEnd)
        {
            TextScreen.Start(in screen);
        }
    }

    /// <summary>Keeps what is written from now on, as far as there is room: the console core shows it again.</summary>
    public static void Keep(byte* store, uint room, uint* bytes)
    {
        s_kept = store;
        s_room = room;
        s_keptBytes = bytes;
    }

    public static void Write(byte value)
    {
        if (SerialPort.Present)
        {
            if (value == '\n')
            {
                SerialPort.WriteNow((byte)'\r');
            }
            SerialPort.WriteNow(value);
        }
        TextScreen.Write(value);
        if (value == '\n')
        {
            TextScreen.ShowCursor();
        }
        if (s_kept != null && *s_keptBytes < s_room)
        {
            s_kept[(*s_keptBytes)++] = value;
        }
    }
}
