using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Drivers.Network.Dns;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Naming;

namespace Cosmos.Multikernel.Drivers.Network.Service;

/// <summary>A network that another core has. On the event loop.</summary>
public sealed class NetworkClient : IDisposable
{
    private NetworkClient(NetworkProxy proxy) => Proxy = proxy;

    /// <summary>The interface, for what has no method here.</summary>
    public NetworkProxy Proxy { get; }

    /// <summary>Binds to a network by name.</summary>
    /// <param name="timeout">How long to wait for somebody who serves it.</param>
    /// <param name="name">The name; see <see cref="NetworkServer.NameOf"/>.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="TimeoutException">Nobody served it in time.</exception>
    /// <exception cref="ChannelException">It cannot be bound to.</exception>
    public static async Task<NetworkClient> BindAsync(
        TimeSpan timeout,
        string name = NetworkServer.Name,
        CancellationToken cancellation = default
    ) => new(await Names.BindAsync<NetworkProxy>(name, timeout, cancellation));

    /// <summary>Connects to the instance that serves a network.</summary>
    /// <exception cref="ChannelException">There is no such instance, or it serves another version of the interface.</exception>
    public static async Task<NetworkClient> ConnectAsync(
        int core,
        string instance,
        CancellationToken cancellation = default
    ) =>
        new(
            await MessageClient.ConnectAsync<NetworkProxy>(
                core,
                instance,
                cancellation: cancellation
            )
        );

    /// <summary>Opens a UDP port; 0 for any.</summary>
    /// <exception cref="NetworkException">It cannot be opened.</exception>
    public async Task<RemoteUdpSocket> OpenUdpAsync(
        int port = 0,
        UdpOptions options = UdpOptions.None
    )
    {
        OpenUdpReply reply = await Proxy.OpenUdpAsync(port, options);
        return reply.Error == NetworkError.None
            ? new RemoteUdpSocket(Proxy, reply.Socket, reply.Port)
            : throw new NetworkException(reply.Error, $"UDP port {port} cannot be opened");
    }

    /// <summary>Asks for the addresses of a name.</summary>
    /// <param name="name">The name, or an address, which is its own.</param>
    /// <param name="type">Which version's.</param>
    /// <param name="server">Who is asked, whatever is remembered; null for the network's name servers.</param>
    /// <exception cref="MalformedMessageException">The reply means nothing.</exception>
    public async Task<DnsAnswer> ResolveAsync(
        string name,
        DnsRecordType type = DnsRecordType.A,
        Ipv4Endpoint? server = null
    )
    {
        byte[] reply = await Proxy.ResolveAsync(
            name,
            type == DnsRecordType.Aaaa,
            server is { } asked ? new IpEndpoint(asked) : default
        );
        const int head = 2 * sizeof(int);
        int size = Unsafe.SizeOf<IpAddress>();
        int count =
            reply.Length < head + size
                ? -1
                : BinaryPrimitives.ReadInt32LittleEndian(reply.AsSpan(4));
        if (count < 0 || count > (reply.Length - head - size) / size)
        {
            throw new MalformedMessageException($"A reply of {reply.Length} bytes about a name.");
        }
        ReadOnlySpan<byte> addresses = reply.AsSpan(head, size * (count + 1));
        IpAddress said = MemoryMarshal.Read<IpAddress>(addresses);
        return new DnsAnswer(
            (NetworkError)BinaryPrimitives.ReadInt32LittleEndian(reply),
            MemoryMarshal.Cast<byte, IpAddress>(addresses[size..]).ToArray(),
            Encoding.UTF8.GetString(reply.AsSpan(head + addresses.Length)),
            said.V4
        );
    }

    /// <summary>Disconnects; its sockets are closed.</summary>
    public void Dispose() => Proxy.Dispose();
}
