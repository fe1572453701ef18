namespace Cosmos.Multikernel.Drivers.Network.Dns;

/// <summary>What became of a question for a name's addresses.</summary>
/// <param name="Error">Whether there is no answer, and why.</param>
/// <param name="Addresses">The addresses; at least one without an error.</param>
/// <param name="Name">The name that the addresses are of: not the one asked for when that is only another name for it.</param>
/// <param name="Server">Who said so; <see cref="Ipv4Address.Any"/> when nobody had to be asked.</param>
public sealed record DnsAnswer(
    NetworkError Error,
    IReadOnlyList<IpAddress> Addresses,
    string Name,
    Ipv4Address Server
)
{
    internal static DnsAnswer Failed(
        NetworkError error,
        string name,
        Ipv4Address server = default
    ) => new(error, [], name, server);
}
