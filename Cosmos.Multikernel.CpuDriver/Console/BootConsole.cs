namespace Cosmos.Multikernel.CpuDriver.Console;

/// <summary>Text straight to the devices, character by character: for the boot phase and for a core's last words.</summary>
public static class BootConsole
{
    /// <summary>Finds the serial port.</summary>
    public static void Start() => SerialPort.Start();

    /// <summary>Uses the text screen too, cleared, when there is one.</summary>
    public static void UseTextScreen(bool present)
    {
        if (present)
        {
            TextScreen.Start(clear: true);
        }
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
            // The console core goes on where the hardware's cursor is.
            TextScreen.ShowCursor();
        }
    }
}
