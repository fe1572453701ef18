using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Cosmos.Multikernel.Channels;

namespace Cosmos.Multikernel.Drivers.Network.Service;

/// <summary>A UDP socket at another core's network. On the event loop.</summary>
public sealed class RemoteUdpSocket : IAsyncDisposable
{
    private const int HeadSize = 2 * sizeof(int);

    private readonly NetworkProxy proxy;
    private readonly int handle;
    private byte[] batch = [];
    private int at;
    private int left;

    internal RemoteUdpSocket(NetworkProxy proxy, int handle, int port)
    {
        this.proxy = proxy;
        this.handle = handle;
        Port = port;
    }

    /// <summary>Its port.</summary>
    public int Port { get; }

    /// <summary>Sends a datagram.</summary>
    /// <exception cref="NetworkException">It cannot be sent.</exception>
    public async ValueTask SendAsync(IpEndpoint to, ReadOnlyMemory<byte> data)
    {
        NetworkError error = await proxy.SendAsync(handle, to, data);
        if (error != NetworkError.None)
        {
            throw new NetworkException(error, $"A datagram to {to} cannot be sent");
        }
    }

    /// <summary>Waits for the next datagram.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Who sent it, and its bytes: valid until the next call.</returns>
    /// <exception cref="NetworkException">One that this socket has sent did not arrive; or the socket is closed.</exception>
    /// <exception cref="MalformedMessageException">The reply means nothing.</exception>
    public async ValueTask<(IpEndpoint From, ReadOnlyMemory<byte> Data)> ReceiveAsync(
        CancellationToken cancellation = default
    )
    {
        if (left == 0)
        {
            batch = await proxy.ReceiveAsync(handle, NetworkSession.MaximumBytes, cancellation);
            TakeHead();
        }
        left--;
        DatagramRecord record = MemoryMarshal.Read<DatagramRecord>(
            Take(Unsafe.SizeOf<DatagramRecord>()).Span
        );
        ReadOnlyMemory<byte> data = Take(record.Length);
        Take((8 - record.Length % 8) % 8);
        if (record.Error != NetworkError.None)
        {
            throw new NetworkException(record.Error, $"A datagram to {record.From} did not arrive");
        }
        return (record.From, data);
    }

    /// <summary>Closes the socket.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await proxy.CloseAsync(handle);
        }
        catch (Exception exception) when (exception is ChannelException or ObjectDisposedException)
        {
            // It went with the channel.
        }
    }

    private void TakeHead()
    {
        if (batch.Length < HeadSize)
        {
            throw Malformed();
        }
        NetworkError error = (NetworkError)BinaryPrimitives.ReadInt32LittleEndian(batch);
        if (error != NetworkError.None)
        {
            throw new NetworkException(error, $"UDP port {Port} cannot receive");
        }
        left = BinaryPrimitives.ReadInt32LittleEndian(batch.AsSpan(sizeof(int)));
        at = HeadSize;
        if (left <= 0)
        {
            left = 0;
            throw Malformed();
        }
    }

    private ReadOnlyMemory<byte> Take(int length)
    {
        if (length < 0 || length > batch.Length - at)
        {
            left = 0;
            throw Malformed();
        }
        at += length;
        return batch.AsMemory(at - length, length);
    }

    private MalformedMessageException Malformed() =>
        new($"A reply of {batch.Length} bytes with datagrams for UDP port {Port}.");
}
