namespace Cosmos.Multikernel.CpuDriver.Console;

/// <summary>The serial port and the screen as one: on the console core only.</summary>
public static unsafe class ConsoleDevice
{
    private static ByteQueue s_toSerial;
    private static QueryFilter s_filter;

    /// <summary>Writes a record whole, or nothing of it when the serial port lags behind.</summary>
    public static bool TryWrite(byte* text, uint length)
    {
        // Each byte may need a carriage return in front, and a sequence that was held back may come out with the first.
        if (s_toSerial.Room < length * 2 + QueryFilter.LongestQuestion)
        {
            return false;
        }
        ScreenFeed.Add(text, length);
        if (SerialPort.Present)
        {
            for (uint i = 0; i < length; i++)
            {
                AddToSerial(text[i]);
            }
            Send();
        }
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

    private static void AddToSerial(byte value)
    {
        if (value == '\n')
        {
            s_filter.Take((byte)'\r', ScreenFeed.IsAttached, ref s_toSerial);
        }
        s_filter.Take(value, ScreenFeed.IsAttached, ref s_toSerial);
    }
}
