namespace Cosmos.Multikernel.CpuDriver.Console;

/// <summary>The serial port and the text screen as one: on the console core only.</summary>
public static unsafe class ConsoleDevice
{
    private static ByteQueue s_toSerial;

    /// <summary>Writes a record whole, or nothing of it when the serial port lags behind.</summary>
    public static bool TryWrite(byte* text, uint length)
    {
        // Each byte may need a carriage return in front.
        if (s_toSerial.Room < length * 2)
        {
            return false;
        }
        for (uint i = 0; i < length; i++)
        {
            TextScreen.Write(text[i]);
            if (SerialPort.Present)
            {
                if (text[i] == '\n')
                {
                    s_toSerial.Add((byte)'\r');
                }
                s_toSerial.Add(text[i]);
            }
        }
        TextScreen.ShowCursor();
        Send();
        return true;
    }

    /// <summary>Lets the serial port take what it can; true when room was made.</summary>
    public static bool Send()
    {
        uint before = s_toSerial.Count;
        if (SerialPort.Present)
        {
            SerialPort.Send(ref s_toSerial);
        }
        return s_toSerial.Count != before;
    }

    /// <summary>Waits until all is out: before the machine goes off.</summary>
    public static void Drain()
    {
        while (!s_toSerial.IsEmpty)
        {
            SerialPort.WriteNow(s_toSerial.Take());
        }
    }
}
