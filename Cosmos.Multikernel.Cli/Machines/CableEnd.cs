using System.Net;
using System.Net.Sockets;

namespace Cosmos.Multikernel.Cli.Machines;

/// <summary>This process's end of a machine's network cable: each packet is a UDP datagram between QEMU and us.</summary>
public sealed class CableEnd : IDisposable
{
    /// <summary>A cable that no machine is at yet.</summary>
    public CableEnd()
    {
        Socket = Bound();

        // Where QEMU will be: a port that was free a moment ago.
        using var free = Bound();
        Machine = AddressOf(free);
    }

    /// <summary>Packets come and go here.</summary>
    public Socket Socket { get; }

    /// <summary>The machine's end.</summary>
    public IPEndPoint Machine { get; }

    /// <summary>The machine's network, in the words of QEMU's <c>-netdev</c>.</summary>
    public string Network =>
        $"dgram,local.type=inet,local.host=127.0.0.1,local.port={Machine.Port}"
        + $",remote.type=inet,remote.host=127.0.0.1,remote.port={AddressOf(Socket).Port}";

    /// <summary>Unplugs it.</summary>
    public void Dispose() => Socket.Dispose();

    private static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private static IPEndPoint AddressOf(Socket socket) => (IPEndPoint)socket.LocalEndPoint!;
}
