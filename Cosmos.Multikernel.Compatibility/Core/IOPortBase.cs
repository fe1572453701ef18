using Cosmos.Multikernel;
using Cosmos.Multikernel.Capabilities;

namespace Cosmos.Core;

/// <summary>
/// A port, reached through the port range that the boot medium grants this instance: <c>Devices="port:0x60-0x64"</c> in its
/// KernelInstance (docs/devices.md). Each access is a system call.
/// </summary>
public abstract class IOPortBase
{
    protected IOPortBase(ushort aPort) => Port = aPort;

    protected IOPortBase(ushort aBase, ushort aOffset)
        : this((ushort)(aBase + aOffset)) { }

    /// <summary>Its number.</summary>
    public ushort Port { get; }

    /// <summary>Reads it again and again, 16 bits at a time.</summary>
    public void Read8(byte[] aData)
    {
        var (range, offset) = Find(Port, sizeof(ushort));
        range.ReadBlock(offset, sizeof(ushort), aData.AsSpan(0, aData.Length & ~1));
    }

    /// <summary>Reads it again and again.</summary>
    public void Read16(ushort[] aData)
    {
        for (int i = 0; i < aData.Length; i++)
        {
            aData[i] = Read16(Port);
        }
    }

    /// <summary>Reads it again and again.</summary>
    public void Read32(uint[] aData)
    {
        for (int i = 0; i < aData.Length; i++)
        {
            aData[i] = Read32(Port);
        }
    }

    protected internal static byte Read8(ushort aPort)
    {
        var (range, offset) = Find(aPort, sizeof(byte));
        return range.Read8(offset);
    }

    protected internal static ushort Read16(ushort aPort)
    {
        var (range, offset) = Find(aPort, sizeof(ushort));
        return range.Read16(offset);
    }

    protected internal static uint Read32(ushort aPort)
    {
        var (range, offset) = Find(aPort, sizeof(uint));
        return range.Read32(offset);
    }

    protected internal static void Write8(ushort aPort, byte aData)
    {
        var (range, offset) = Find(aPort, sizeof(byte));
        range.Write8(offset, aData);
    }

    protected internal static void Write16(ushort aPort, ushort aData)
    {
        var (range, offset) = Find(aPort, sizeof(ushort));
        range.Write16(offset, aData);
    }

    protected internal static void Write32(ushort aPort, uint aData)
    {
        var (range, offset) = Find(aPort, sizeof(uint));
        range.Write32(offset, aData);
    }

    private static (PortRange Range, int Offset) Find(ushort port, int size)
    {
        foreach (Capability capability in OwnCapabilities.Granted)
        {
            if (
                capability is PortRange range
                && port >= range.First
                && port + size <= range.First + range.Count
            )
            {
                return (range, port - range.First);
            }
        }
        throw new UnauthorizedAccessException(
            Instance.IsHosted
                ? $"Port 0x{port:x}: there are no ports hosted."
                : $"Port 0x{port:x} is not this instance's: its KernelInstance needs Devices=\"port:0x{port:x}-0x{port + size - 1:x}\"."
        );
    }
}
