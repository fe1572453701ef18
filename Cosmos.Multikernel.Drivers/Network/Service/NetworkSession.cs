using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Cosmos.Multikernel.Drivers.Network.Dns;

namespace Cosmos.Multikernel.Drivers.Network.Service;

/// <summary>What one client of the network has: its sockets.</summary>
public sealed class NetworkSession : INetwork, IDisposable
{
    /// <summary>Most sockets of a client.</summary>
    public const int MostSockets = 256;

    /// <summary>Most bytes of datagrams in one reply, but for a single longer one.</summary>
    public const int MaximumBytes = 256 << 10;

    private const int LongestWait = 3_600_000;

    private readonly NetworkStack stack;
    private readonly Dictionary<int, UdpSocket> sockets = [];

    // Configuration, link, room, or what the client has open.
    private readonly ChangeSignal changed = new(EventLoop.Current);

    /// <summary>A session at a stack.</summary>
    public NetworkSession(NetworkStack stack)
    {
        this.stack = stack;
        stack.Changed += changed.Set;
        stack.HasRoom += changed.Set;
    }

    /// <summary>Closes all that the client had.</summary>
    public void Dispose()
    {
        stack.Changed -= changed.Set;
        stack.HasRoom -= changed.Set;
        foreach (UdpSocket socket in sockets.Values)
        {
            socket.Dispose();
        }
        sockets.Clear();
        changed.Set();
    }

    /// <inheritdoc/>
    public ValueTask<InterfaceRecord> GetInterfaceAsync()
    {
        Ipv4Configuration configuration = stack.Configuration;
        NetworkCounters counters = stack.Counters;
        return new(
            new InterfaceRecord(
                new IpAddress(configuration.Address),
                new IpAddress(configuration.Router),
                PacketDeviceInfo.Of(stack.Device, 0),
                counters.ReceivedPackets,
                counters.ReceivedBytes,
                counters.SentPackets,
                counters.SentBytes,
                counters.Dropped,
                configuration.Prefix
            )
        );
    }

    /// <inheritdoc/>
    public ValueTask<string[]> DescribeAsync() =>
        new([stack.Device.Name, stack.AddressingState, stack.Configuration.Domain]);

    /// <inheritdoc/>
    public ValueTask<IpAddress[]> GetNameServersAsync() =>
        new([.. stack.Configuration.NameServers.Select(server => new IpAddress(server))]);

    /// <inheritdoc/>
    public ValueTask<NeighbourRecord[]> GetNeighboursAsync() =>
        new([
            .. stack.Neighbours.Select(neighbour => new NeighbourRecord(
                new IpAddress(neighbour.Address),
                neighbour.Mac?.Value ?? 0
            )),
        ]);

    /// <inheritdoc/>
    public ValueTask<long[]> GetDropsAsync() => new(stack.Counters.CopyDrops());

    /// <inheritdoc/>
    public async ValueTask<InterfaceRecord> WaitForAddressAsync(int milliseconds)
    {
        TimeSpan until =
            stack.Now + TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 0, LongestWait));
        while (stack.Configuration.Address.IsAny && stack.Now < until)
        {
            await changed.WaitAsync(until - stack.Now);
        }
        return await GetInterfaceAsync();
    }

    /// <inheritdoc/>
    public ValueTask<OpenUdpReply> OpenUdpAsync(int port, UdpOptions options)
    {
        if (port is < 0 or > ushort.MaxValue || (options & ~UdpOptions.Broadcast) != 0)
        {
            return new(new OpenUdpReply(NetworkError.Invalid, -1, 0));
        }
        if (sockets.Count == MostSockets)
        {
            return new(new OpenUdpReply(NetworkError.TooManySockets, -1, 0));
        }
        NetworkError error = stack.TryOpenUdp((ushort)port, out UdpSocket? socket);
        if (socket is null)
        {
            return new(new OpenUdpReply(error, -1, 0));
        }
        socket.AllowsBroadcast = options.HasFlag(UdpOptions.Broadcast);
        int handle = 0;
        while (sockets.ContainsKey(handle))
        {
            handle++;
        }
        sockets.Add(handle, socket);
        return new(new OpenUdpReply(NetworkError.None, handle, socket.Port));
    }

    /// <inheritdoc/>
    public async ValueTask<NetworkError> SendAsync(
        int socket,
        IpEndpoint to,
        ReadOnlyMemory<byte> data
    )
    {
        NetworkError wrong = Check(to, out Ipv4Endpoint endpoint);
        if (wrong != NetworkError.None)
        {
            return wrong;
        }
        while (sockets.TryGetValue(socket, out UdpSocket? open))
        {
            NetworkError error = open.Send(endpoint, data.Span);
            if (error != NetworkError.WouldBlock)
            {
                return error;
            }
            await changed.WaitAsync();
        }
        return NetworkError.BadHandle;
    }

    /// <inheritdoc/>
    public async ValueTask<byte[]> ReceiveAsync(
        int socket,
        int bytes,
        CancellationToken cancellation
    )
    {
        if (!sockets.TryGetValue(socket, out UdpSocket? open) || open.IsWaitedFor)
        {
            return ErrorReply(open is null ? NetworkError.BadHandle : NetworkError.Invalid);
        }
        await open.WaitAsync(cancellation);
        ReplyWriter reply = new();
        reply.Write((int)NetworkError.None);
        reply.Write(0);
        int count = 0;
        int most = Math.Clamp(bytes, 0, MaximumBytes);
        while (
            (count == 0 || reply.Length + open.NextLength <= most)
            && open.TryReceive(out UdpDatagram datagram)
        )
        {
            using (datagram)
            {
                reply.Write(
                    new DatagramRecord(
                        new IpEndpoint(datagram.From),
                        new IpAddress(datagram.To),
                        datagram.Error,
                        datagram.Data.Length
                    )
                );
                reply.WriteBytes(datagram.Data);
            }
            count++;
        }
        if (count == 0)
        {
            // Closed while it waited.
            return ErrorReply(NetworkError.BadHandle);
        }
        byte[] whole = reply.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(whole.AsSpan(sizeof(int)), count);
        return whole;
    }

    /// <inheritdoc/>
    public ValueTask<NetworkError> CloseAsync(int socket)
    {
        if (!sockets.Remove(socket, out UdpSocket? open))
        {
            return new(NetworkError.BadHandle);
        }
        open.Dispose();
        changed.Set();
        return new(NetworkError.None);
    }

    /// <inheritdoc/>
    public async ValueTask<PingRecord> PingAsync(
        IpAddress to,
        int length,
        int timeToLive,
        int milliseconds
    )
    {
        NetworkError error =
            !to.IsV4 ? NetworkError.AddressFamilyNotSupported
            : timeToLive is < 1 or > byte.MaxValue || milliseconds is < 0 or > LongestWait
                ? NetworkError.Invalid
            : NetworkError.None;
        if (error != NetworkError.None)
        {
            return new PingRecord(default, 0, error, 0);
        }
        PingReply reply = await stack.PingAsync(
            to.V4,
            TimeSpan.FromMilliseconds(milliseconds),
            length,
            (byte)timeToLive
        );
        return new PingRecord(
            new IpAddress(reply.From),
            (long)reply.RoundTrip.TotalNanoseconds,
            reply.Error,
            reply.TimeToLive
        );
    }

    /// <inheritdoc/>
    public async ValueTask<byte[]> ResolveAsync(string name, bool wantsV6, IpEndpoint server)
    {
        Ipv4Endpoint asked = default;
        NetworkError wrong = server == default ? NetworkError.None : Check(server, out asked);
        DnsAnswer answer =
            wrong != NetworkError.None
                ? DnsAnswer.Failed(wrong, name)
                : await stack.ResolveAsync(
                    name,
                    wantsV6 ? DnsRecordType.Aaaa : DnsRecordType.A,
                    server == default ? null : asked
                );
        ReplyWriter reply = new();
        reply.Write((int)answer.Error);
        reply.Write(answer.Addresses.Count);
        reply.Write(new IpAddress(answer.Server));
        foreach (IpAddress address in answer.Addresses)
        {
            reply.Write(address);
        }
        return [.. reply.ToArray(), .. Encoding.UTF8.GetBytes(answer.Name)];
    }

    /// <summary>Whether datagrams can be sent there.</summary>
    private static NetworkError Check(IpEndpoint to, out Ipv4Endpoint endpoint)
    {
        endpoint = new(to.Address.V4, (ushort)to.Port);
        return to.Port is <= 0 or > ushort.MaxValue ? NetworkError.Invalid
            : !to.Address.IsV4 ? NetworkError.AddressFamilyNotSupported
            : NetworkError.None;
    }

    private static byte[] ErrorReply(NetworkError error)
    {
        byte[] reply = new byte[2 * sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(reply, (int)error);
        return reply;
    }

    /// <summary>A reply's bytes: values as they lie in memory, and bytes filled up to a multiple of eight.</summary>
    private sealed class ReplyWriter
    {
        private readonly MemoryStream bytes = new();

        public int Length => (int)bytes.Length;

        public void Write<T>(T value)
            where T : unmanaged
        {
            Span<byte> image = stackalloc byte[Unsafe.SizeOf<T>()];
            MemoryMarshal.Write(image, value);
            bytes.Write(image);
        }

        public void WriteBytes(ReadOnlySpan<byte> data)
        {
            bytes.Write(data);
            bytes.SetLength((bytes.Length + 7) & ~7L);
            bytes.Position = bytes.Length;
        }

        public byte[] ToArray() => bytes.ToArray();
    }
}
