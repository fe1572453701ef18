using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using Cosmos.Multikernel.Bench.Io.Measurements;

namespace Cosmos.Multikernel.Bench.Io.Linux;

/// <summary>A connected UDP socket, by send(2) and recv(2).</summary>
internal sealed unsafe class LinuxUdp : IUdp
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

    public LinuxUdp(IPEndPoint to)
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
        time[1] = (long)Datagram.Patience.TotalMicroseconds;
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
    public ValueTask<long> EchoAsync(Exchange exchange, int underWay)
    {
        byte* datagram = stackalloc byte[Datagram.Bytes];
        Span<byte> bytes = new(datagram, Datagram.Bytes);
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
                Datagram.Bytes
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
            exchange.Fill(new Span<byte>(datagram, Datagram.Bytes));
            LinuxCalls.Call("sending", LinuxCalls.Send, socket, (nint)datagram, Datagram.Bytes);
        }
    }

    /// <inheritdoc/>
    public ValueTask SendAsync(IOutgoing outgoing)
    {
        byte* datagram = stackalloc byte[Datagram.Bytes];
        while (outgoing.TryFill(new Span<byte>(datagram, Datagram.Bytes)))
        {
            LinuxCalls.Call("sending", LinuxCalls.Send, socket, (nint)datagram, Datagram.Bytes);
        }

        return default;
    }

    /// <inheritdoc/>
    public ValueTask ReceiveAsync(IIncoming incoming)
    {
        byte* datagram = stackalloc byte[Datagram.Bytes];
        nint length;
        do
        {
            length = LinuxCalls.Invoke(
                LinuxCalls.Receive,
                socket,
                (nint)datagram,
                Datagram.Bytes,
                0,
                0,
                0
            );
        } while (length >= 0 && incoming.Take(new ReadOnlySpan<byte>(datagram, (int)length)));
        return length >= 0 || Marshal.GetLastPInvokeError() == LinuxCalls.TryAgain
            ? default
            : throw LinuxCalls.Failure("receiving");
    }
}
