namespace Cosmos.Core;

/// <summary>A port to read and write; or, by its static methods, any port.</summary>
public class IOPort : IOPortBase
{
    // The power-on self test's port: writing it takes about a microsecond and does nothing.
    private const ushort DelayPort = 0x80;

    public IOPort(ushort aPort)
        : base(aPort) { }

    public IOPort(ushort aBase, ushort aOffset)
        : base(aBase, aOffset) { }

    public byte Byte
    {
        get => Read8(Port);
        set => Write8(Port, value);
    }

    public ushort Word
    {
        get => Read16(Port);
        set => Write16(Port, value);
    }

    public uint DWord
    {
        get => Read32(Port);
        set => Write32(Port, value);
    }

    public static byte Read8(int aPort) => IOPortBase.Read8(checked((ushort)aPort));

    public static ushort Read16(int aPort) => IOPortBase.Read16(checked((ushort)aPort));

    public static uint Read32(int aPort) => IOPortBase.Read32(checked((ushort)aPort));

    public static void Write8(int aPort, byte aData) =>
        IOPortBase.Write8(checked((ushort)aPort), aData);

    public static void Write16(int aPort, ushort aData) =>
        IOPortBase.Write16(checked((ushort)aPort), aData);

    public static void Write32(int aPort, uint aData) =>
        IOPortBase.Write32(checked((ushort)aPort), aData);

    /// <summary>Waits for a slow device: about a microsecond.</summary>
    public static void Wait() => IOPortBase.Write8(DelayPort, 0);
}

/// <summary>A port that is only read.</summary>
public class IOPortRead : IOPortBase
{
    public IOPortRead(ushort aPort)
        : base(aPort) { }

    public IOPortRead(ushort aBase, ushort aOffset)
        : base(aBase, aOffset) { }

    public byte Byte => Read8(Port);

    public ushort Word => Read16(Port);

    public uint DWord => Read32(Port);
}

/// <summary>A port that is only written.</summary>
public class IOPortWrite : IOPortBase
{
    public IOPortWrite(ushort aPort)
        : base(aPort) { }

    public IOPortWrite(ushort aBase, ushort aOffset)
        : base(aBase, aOffset) { }

    public byte Byte
    {
        set => Write8(Port, value);
    }

    public ushort Word
    {
        set => Write16(Port, value);
    }

    public uint DWord
    {
        set => Write32(Port, value);
    }
}
