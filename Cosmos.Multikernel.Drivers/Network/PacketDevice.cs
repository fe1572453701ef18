namespace Cosmos.Multikernel.Drivers.Network;

/// <summary>
/// A network device as its users on the same core see it: the network stack on the NIC's core calls its driver directly,
/// without a ring between them. <see cref="IPacketDevice"/> is the same for other cores.
/// </summary>
/// <remarks>
/// Principles. "Packet" is what Ethernet calls a frame, from the destination address to the payload's end, without the check
/// sequence; "frame" is memory, here as everywhere in this system.
/// <list type="number">
/// <item>Everything runs on the instance's one event loop.</item>
/// <item>A received packet is lent: its bytes lie in the device's buffer and are the receiver's to read until
/// <see cref="IPacketReceiver.Received"/> returns. Whoever needs them longer copies them.</item>
/// <item>A packet is sent in the device's own buffer: reserved, written in place, committed. Committed packets leave at the
/// next <see cref="Flush"/> at the latest: one doorbell for a batch.</item>
/// <item>A full device is no error: there is no room (<see cref="Room"/>), and the receiver is told when there is again.</item>
/// </list>
/// </remarks>
public abstract class PacketDevice
{
    /// <summary>Bytes before a packet's payload: destination, source and type.</summary>
    public const int HeaderSize = 14;

    /// <summary>Name for messages and errors, such as "eth0".</summary>
    public abstract string Name { get; }

    /// <summary>The device's own address. It does not change while the device is there.</summary>
    public abstract MacAddress Address { get; }

    /// <summary>Longest payload of a packet, in bytes: 1500 on Ethernet.</summary>
    public virtual int MaximumPayload => 1500;

    /// <summary>What it knows of its cable.</summary>
    public abstract LinkState Link { get; }

    /// <summary>How many packets can be reserved and committed now.</summary>
    public abstract int Room { get; }

    /// <summary>Who is told what happens; null drops what comes.</summary>
    public IPacketReceiver? Receiver { get; set; }

    /// <summary>
    /// Reserves a buffer for one packet. At most one is reserved at a time; reserving again without
    /// <see cref="Commit"/> gives the earlier one up.
    /// </summary>
    /// <param name="length">Bytes, header included: <see cref="HeaderSize"/> to that plus <see cref="MaximumPayload"/>.</param>
    /// <param name="packet">Where to write it; what is in it before is undefined.</param>
    /// <returns>False when there is no room now.</returns>
    /// <exception cref="ArgumentOutOfRangeException">No packet has that length.</exception>
    public bool TryReserve(int length, out Span<byte> packet)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, HeaderSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, HeaderSize + MaximumPayload);
        if (Room == 0)
        {
            packet = default;
            return false;
        }
        packet = Reserve(length);
        return true;
    }

    /// <summary>The reserved packet is written: it is the device's now.</summary>
    public abstract void Commit();

    /// <summary>Tells the device of what was committed since the last time.</summary>
    public abstract void Flush();

    /// <summary>Gives a buffer for a packet; there is room, and the length is right.</summary>
    protected abstract Span<byte> Reserve(int length);
}

/// <summary>Who is told what a network device receives. All calls come on the event loop.</summary>
public interface IPacketReceiver
{
    /// <summary>A packet came. Its bytes are lent until this returns.</summary>
    void Received(ReadOnlySpan<byte> packet);

    /// <summary>Those that came together have all been given.</summary>
    void BatchEnded();

    /// <summary>The cable was plugged in or out.</summary>
    void LinkChanged(LinkState link);

    /// <summary>There is room again after there was none.</summary>
    void RoomAgain();
}
