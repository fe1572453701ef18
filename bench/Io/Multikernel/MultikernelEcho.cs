using Cosmos.Multikernel.Bench.Io.Measurements;
using Cosmos.Multikernel.Drivers.Network;
using Cosmos.Multikernel.Drivers.Network.Service;

namespace Cosmos.Multikernel.Bench.Io.Multikernel;

/// <summary>A socket on the network's core.</summary>
internal sealed class MultikernelEcho(RemoteUdpSocket socket, IpEndpoint to) : IEcho
{
    private readonly byte[] datagram = new byte[Exchange.DatagramBytes];

    /// <inheritdoc/>
    public async ValueTask<long> RunAsync(Exchange exchange, int underWay)
    {
        using CancellationTokenSource late = new(Round.Length + Exchange.Patience);
        for (int i = 0; i < underWay; i++)
        {
            await SendAsync(exchange);
        }

        long count = 0;
        for (int left = underWay; left > 0; )
        {
            (_, ReadOnlyMemory<byte> came) = await socket.ReceiveAsync(late.Token);
            exchange.Take(came.Span);
            count++;
            if (exchange.IsOver)
            {
                left--;
            }
            else
            {
                await SendAsync(exchange);
            }
        }

        return count;
    }

    private ValueTask SendAsync(Exchange exchange)
    {
        exchange.Fill(datagram);
        return socket.SendAsync(to, datagram);
    }
}
