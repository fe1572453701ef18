using Cosmos.Multikernel.Bench.Io.Measurements;
using Cosmos.Multikernel.Drivers.Network;
using Cosmos.Multikernel.Drivers.Network.Service;

namespace Cosmos.Multikernel.Bench.Io.Multikernel;

/// <summary>A socket on the network's core.</summary>
/// <remarks>
/// A datagram is the network's as soon as it is in the message; that it was sent is awaited when the next of its place is to go. So the calls to send and
/// to receive are under way together, and the network's core is rung once for both.
/// </remarks>
internal sealed class MultikernelUdp(RemoteUdpSocket socket, IpEndpoint to) : IUdp
{
    private const int MostUnderWay = 32;

    private readonly byte[] datagram = new byte[Datagram.Bytes];

    /// <inheritdoc/>
    public async ValueTask<long> EchoAsync(Exchange exchange, int underWay)
    {
        using CancellationTokenSource late = new(Round.Length + Datagram.Patience);
        ValueTask[] sending = new ValueTask[underWay];
        for (int i = 0; i < underWay; i++)
        {
            sending[i] = SendAsync(exchange);
        }

        long count = 0;
        for (int left = underWay; left > 0; )
        {
            (_, ReadOnlyMemory<byte> came) = await socket.ReceiveAsync(late.Token);
            exchange.Take(came.Span);
            int place = (int)(count++ % underWay);
            await sending[place];
            sending[place] = default;
            if (exchange.IsOver)
            {
                left--;
            }
            else
            {
                sending[place] = SendAsync(exchange);
            }
        }

        return count;
    }

    /// <inheritdoc/>
    public async ValueTask SendAsync(IOutgoing outgoing)
    {
        ValueTask[] sending = new ValueTask[MostUnderWay];
        for (int place = 0; outgoing.TryFill(datagram); place = (place + 1) % MostUnderWay)
        {
            await sending[place];
            sending[place] = socket.SendAsync(to, datagram);
        }

        foreach (ValueTask sent in sending)
        {
            await sent;
        }
    }

    /// <inheritdoc/>
    public async ValueTask ReceiveAsync(IIncoming incoming)
    {
        using CancellationTokenSource late = new(Round.Length + Datagram.Patience);
        try
        {
            ReadOnlyMemory<byte> came;
            do
            {
                (_, came) = await socket.ReceiveAsync(late.Token);
            } while (incoming.Take(came.Span));
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            // There will be no more.
        }
    }

    private ValueTask SendAsync(Exchange exchange)
    {
        exchange.Fill(datagram);
        return socket.SendAsync(to, datagram);
    }
}
