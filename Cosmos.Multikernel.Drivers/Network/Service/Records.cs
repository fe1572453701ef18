namespace Cosmos.Multikernel.Drivers.Network.Service;

/// <summary>A network interface.</summary>
/// <param name="Address">Its address; ::ffff:0.0.0.0 while it has none.</param>
/// <param name="Router">Who carries packets to other networks; the same for nobody.</param>
/// <param name="Device">What its device is.</param>
/// <param name="ReceivedPackets">Packets received.</param>
/// <param name="ReceivedBytes">Their bytes.</param>
/// <param name="SentPackets">Packets sent.</param>
/// <param name="SentBytes">Their bytes.</param>
/// <param name="Dropped">Packets that went no further.</param>
/// <param name="Prefix">How many bits of the address are the network's.</param>
public readonly record struct InterfaceRecord(
    IpAddress Address,
    IpAddress Router,
    PacketDeviceInfo Device,
    long ReceivedPackets,
    long ReceivedBytes,
    long SentPackets,
    long SentBytes,
    long Dropped,
    long Prefix
)
{
    /// <summary>Whether it has an address.</summary>
    public bool HasAddress => !(Address.IsV4 && Address.V4.IsAny);
}

/// <summary>A neighbour.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Mac">Its hardware address, as <see cref="MacAddress.Value"/>; 0 while it is being asked for.</param>
public readonly record struct NeighbourRecord(IpAddress Address, ulong Mac);

/// <summary>An address and a port.</summary>
/// <param name="Address">Which station.</param>
/// <param name="Port">Which of its ports: 0 to 65535.</param>
public readonly record struct IpEndpoint(IpAddress Address, long Port)
{
    /// <summary>An IPv4 endpoint.</summary>
    public IpEndpoint(Ipv4Endpoint endpoint)
        : this(new IpAddress(endpoint.Address), endpoint.Port) { }

    /// <summary>Address and port, a colon between.</summary>
    public override string ToString() => Address.IsV4 ? $"{Address}:{Port}" : $"[{Address}]:{Port}";
}

/// <summary>How a UDP socket is to be.</summary>
[Flags]
public enum UdpOptions
{
    /// <summary>As usual.</summary>
    None = 0,

    /// <summary>It may send to everybody on the network.</summary>
    Broadcast = 1,
}

/// <summary>What opening a socket returns.</summary>
/// <param name="Error">Whether it failed.</param>
/// <param name="Socket">Its handle, from 0.</param>
/// <param name="Port">Its port.</param>
public readonly record struct OpenUdpReply(NetworkError Error, int Socket, int Port);

/// <summary>A received datagram without its bytes, or word of one that did not arrive.</summary>
/// <param name="From">Who sent it; with an error, to whom it was sent.</param>
/// <param name="To">To which of the stack's addresses.</param>
/// <param name="Error">Why one of ours did not arrive.</param>
/// <param name="Length">Bytes.</param>
public readonly record struct DatagramRecord(
    IpEndpoint From,
    IpAddress To,
    NetworkError Error,
    int Length
);

/// <summary>What became of an echo request.</summary>
/// <param name="From">Who answered, or said that it cannot be delivered.</param>
/// <param name="Nanoseconds">How long that took.</param>
/// <param name="Error">Whether no answer came, and why.</param>
/// <param name="TimeToLive">What was left of the answer's.</param>
public readonly record struct PingRecord(
    IpAddress From,
    long Nanoseconds,
    NetworkError Error,
    int TimeToLive
);
