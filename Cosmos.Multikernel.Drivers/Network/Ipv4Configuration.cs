namespace Cosmos.Multikernel.Drivers.Network;

/// <summary>How a stack takes part in its network.</summary>
/// <param name="Address">Its own address; <see cref="Ipv4Address.Any"/> while it has none.</param>
/// <param name="Prefix">Bits of the address that are the network's: 0 to 32.</param>
/// <param name="Router">Who carries packets to other networks; <see cref="Ipv4Address.Any"/> for nobody.</param>
/// <param name="NameServers">Whom to ask for names, in this order.</param>
/// <param name="Domain">What a name without a dot is tried with behind it; empty for nothing.</param>
public sealed record Ipv4Configuration(
    Ipv4Address Address,
    int Prefix,
    Ipv4Address Router,
    IReadOnlyList<Ipv4Address> NameServers,
    string Domain = ""
)
{
    /// <summary>No address.</summary>
    public static Ipv4Configuration None { get; } = new(Ipv4Address.Any, 0, Ipv4Address.Any, []);

    /// <summary>The address that all stations of the network listen to.</summary>
    public Ipv4Address NetworkBroadcast => new(Address.Value | ~Ipv4Address.Mask(Prefix).Value);

    /// <summary>Whether an address is reached without a router.</summary>
    public bool IsOnLink(Ipv4Address other) =>
        !Address.IsAny && Address.IsInNetworkOf(other, Prefix);

    /// <summary>Whether an address means everybody here.</summary>
    public bool IsBroadcast(Ipv4Address other) =>
        other == Ipv4Address.Broadcast
        // RFC 3021: a network of two addresses, or of one, has no broadcast address.
        || (!Address.IsAny && Prefix < 31 && other == NetworkBroadcast);

    /// <summary>Says what cannot be; null when all is well.</summary>
    public string? Problem()
    {
        if (!Address.IsUnicast || Address.IsLoopback)
        {
            return $"{Address} can be no station's address.";
        }
        if (Prefix is < 1 or > 32)
        {
            return $"A prefix of {Prefix} bits is not between 1 and 32.";
        }
        bool isEdge = Prefix < 31 && (Address.Value & ~Ipv4Address.Mask(Prefix).Value) == 0;
        if (isEdge || IsBroadcast(Address))
        {
            return $"{Address}/{Prefix} is the network's own or its broadcast address.";
        }
        return !Router.IsAny && (!IsOnLink(Router) || Router == Address)
            ? $"The router {Router} is no other station of the network {Address}/{Prefix}."
            : null;
    }
}
