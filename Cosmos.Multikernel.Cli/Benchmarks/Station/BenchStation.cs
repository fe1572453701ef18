using System.Net.Sockets;
using Cosmos.Multikernel.Cli.Machines;

namespace Cosmos.Multikernel.Cli.Benchmarks.Station;

/// <summary>The far end of a machine's network cable: a station that has every address but the machine's own.</summary>
public sealed class BenchStation : IDisposable
{
    private const int LongestPacket = 64 << 10;

    private readonly CableEnd cable = new();
    private readonly StationServices services;
    private readonly Thread thread;
    private volatile bool isEnding;

    public BenchStation()
    {
        cable.Socket.Connect(cable.Machine);
        services = new StationServices(packet => cable.Socket.Send(packet));
        thread = new Thread(Serve) { IsBackground = true, Name = "station of a benchmark" };
        thread.Start();
    }

    /// <summary>The machine's network, in the words of QEMU's <c>-netdev</c>.</summary>
    public string Network => cable.Network;

    /// <summary>Unplugs the cable.</summary>
    public void Dispose()
    {
        isEnding = true;
        cable.Dispose();
        thread.Join();
    }

    private void Serve()
    {
        var buffer = new byte[LongestPacket];
        while (!isEnding)
        {
            try
            {
                services.Take(buffer, cable.Socket.Receive(buffer));
            }
            catch (SocketException)
            {
                // Nobody is at the other end yet, or no more.
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
    }
}
