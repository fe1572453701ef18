using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Drivers.Network.Service;

/// <summary>
/// The network for other cores. Each client has a <see cref="NetworkSession"/> of its own; its sockets mean nothing to others, and are
/// closed when its channel closes.
/// </summary>
/// <remarks>
/// Errors are numbers (<see cref="NetworkError"/>: errno where there is one), not exceptions: a CPU driver forwards them as they are.
/// Addresses are sixteen bytes, IPv4 within IPv6, so that IPv6 can come without another interface; TCP sockets will be
/// handles beside those of UDP. <see cref="NetworkClient"/> makes all this comfortable.
/// </remarks>
[MessageInterface(Service = "network")]
public interface INetwork
{
    /// <summary>The network interface: addresses, link, what was received and sent.</summary>
    ValueTask<InterfaceRecord> GetInterfaceAsync();

    /// <summary>The device's name, what the stack does to get or keep its address, and the network's domain.</summary>
    ValueTask<string[]> DescribeAsync();

    /// <summary>Whom the stack asks for names.</summary>
    ValueTask<IpAddress[]> GetNameServersAsync();

    /// <summary>Neighbours and their hardware addresses.</summary>
    ValueTask<NeighbourRecord[]> GetNeighboursAsync();

    /// <summary>How many packets were dropped for each <see cref="DropReason"/>, in their order.</summary>
    ValueTask<long[]> GetDropsAsync();

    /// <summary>Completes when the stack has an address that works, or the time is over: the interface then.</summary>
    ValueTask<InterfaceRecord> WaitForAddressAsync(int milliseconds);

    /// <summary>Opens a UDP port; 0 for any.</summary>
    ValueTask<OpenUdpReply> OpenUdpAsync(int port, UdpOptions options);

    /// <summary>Sends a datagram; waits for the device to have room.</summary>
    ValueTask<NetworkError> SendAsync(int socket, IpEndpoint to, ReadOnlyMemory<byte> data);

    /// <summary>
    /// Waits for datagrams: the error (i32), their count (i32), then each: its <see cref="DatagramRecord"/>, its bytes, and zeros up to a
    /// multiple of eight. All that wait, up to about so many bytes; at least one. One call for a socket at a time.
    /// </summary>
    ValueTask<byte[]> ReceiveAsync(int socket, int bytes, CancellationToken cancellation);

    /// <summary>Closes a socket.</summary>
    ValueTask<NetworkError> CloseAsync(int socket);

    /// <summary>Sends an echo request and waits for the answer.</summary>
    ValueTask<PingRecord> PingAsync(IpAddress to, int length, int timeToLive, int milliseconds);

    /// <summary>
    /// Asks a name server, or all zero for those of the network, for the addresses of a name: the error (i32), their count (i32), who said so
    /// (an address), the addresses, and the name that they are of (UTF-8).
    /// </summary>
    ValueTask<byte[]> ResolveAsync(string name, bool wantsV6, IpEndpoint server);
}
