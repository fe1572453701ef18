using System.Buffers.Binary;
using System.Net;
using Cosmos.Multikernel.Bench.Io.Measurements;

namespace Cosmos.Multikernel.Bench.Io.Linux;

/// <summary>A connected UDP socket, by send(2) and recv(2).</summary>
internal sealed unsafe class LinuxEcho : IEcho
{
    /// <summary>AF_INET.</summary>
    public const int Internet = 2;

    /// <summary>SOCK_DGRAM.</summary>
    public const int Datagrams = 2;

    // struct sockaddr_in.
    private const int AddressBytes = 16;

    // SOL_SOCKET and SO_RCVTIMEO.
    private const int SocketLevel = 1;
    private const int ReceiveTimeout = 20;

    private readonly nint socket;

    public LinuxEcho(IPEndPoint to)
    {
        socket = LinuxCalls.Call("opening a socket", LinuxCalls.Socket, Internet, Datagrams);
        byte* address = stackalloc byte[AddressBytes];
        WriteAddress(new Span<byte>(address, AddressBytes), to);
        LinuxCalls.Call(
            "connecting a socket",
            LinuxCalls.Connect,
            socket,
            (nint)address,
            AddressBytes
        );

        // struct timeval.
        long* time = stackalloc long[2];
        time[0] = 0;
        time[1] = (long)Exchange.Patience.TotalMicroseconds;
        LinuxCalls.Call(
            "limiting a socket's waits",
            LinuxCalls.SetSocketOption,
            socket,
            SocketLevel,
            ReceiveTimeout,
            (nint)time,
            2 * sizeof(long)
        );
    }

    /// <summary>Writes a struct sockaddr_in.</summary>
    public static void WriteAddress(Span<byte> into, IPEndPoint endpoint)
    {
        BinaryPrimitives.WriteInt16LittleEndian(into, Internet);
        BinaryPrimitives.WriteUInt16BigEndian(into[2..], (ushort)endpoint.Port);
        endpoint.Address.TryWriteBytes(into[4..], out _);
    }

    /// <inheritdoc/>
    public ValueTask<long> RunAsync(Exchange exchange, int underWay)
    {
        byte* datagram = stackalloc byte[Exchange.DatagramBytes];
        Span<byte> bytes = new(datagram, Exchange.DatagramBytes);
        for (int i = 0; i < underWay; i++)
        {
            Send();
        }

        long count = 0;
        for (int left = underWay; left > 0; )
        {
            nint length = LinuxCalls.Call(
                "receiving",
                LinuxCalls.Receive,
                socket,
                (nint)datagram,
                Exchange.DatagramBytes
            );
            exchange.Take(bytes[..(int)length]);
            count++;
            if (exchange.IsOver)
            {
                left--;
            }
            else
            {
                Send();
            }
        }

        return new(count);

        void Send()
        {
            exchange.Fill(new Span<byte>(datagram, Exchange.DatagramBytes));
            LinuxCalls.Call(
                "sending",
                LinuxCalls.Send,
                socket,
                (nint)datagram,
                Exchange.DatagramBytes
            );
        }
    }
}
