namespace Cosmos.Multikernel.Drivers.Network;

/// <summary>An IPv4 address and a port.</summary>
/// <param name="Address">Which station.</param>
/// <param name="Port">Which of its ports.</param>
public readonly record struct Ipv4Endpoint(Ipv4Address Address, ushort Port)
{
    /// <summary>Address and port, a colon between.</summary>
    public override string ToString() => $"{Address}:{Port}";
}
