using System.Buffers;

namespace Cosmos.Multikernel.Drivers.Network;

/// <summary>A datagram that came, or word of one that did not arrive. Whoever takes it disposes of it.</summary>
public readonly struct UdpDatagram : IDisposable
{
    private readonly byte[]? buffer;
    private readonly int length;

    internal UdpDatagram(Ipv4Endpoint from, Ipv4Address to, ReadOnlySpan<byte> data)
    {
        From = from;
        To = to;
        length = data.Length;
        buffer = ArrayPool<byte>.Shared.Rent(Math.Max(1, data.Length));
        data.CopyTo(buffer);
    }

    internal UdpDatagram(Ipv4Endpoint destination, NetworkError error)
    {
        From = destination;
        Error = error;
    }

    /// <summary>Not <see cref="NetworkError.None"/>: one that this socket sent to <see cref="From"/> did not arrive.</summary>
    public NetworkError Error { get; }

    /// <summary>Who sent it.</summary>
    public Ipv4Endpoint From { get; }

    /// <summary>To which address it was sent: this stack's own, or a broadcast.</summary>
    public Ipv4Address To { get; }

    /// <summary>What it holds; not to be used once disposed of.</summary>
    public ReadOnlySpan<byte> Data => buffer.AsSpan(0, length);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
