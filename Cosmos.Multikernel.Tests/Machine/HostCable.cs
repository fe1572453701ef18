using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Cosmos.Multikernel.Drivers.Network;
using Cosmos.Multikernel.Tests.Host.Network;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>
/// A cable from a machine's network card into this process: each packet is a UDP datagram between QEMU and us. At our end is a
/// <see cref="VirtualWire"/> whose time is moved on as real time passes.
/// </summary>
internal sealed class HostCable : IPacketReceiver, IAsyncDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(2);

    private readonly UdpClient socket;
    private readonly IPEndPoint guest;
    private readonly WireDevice plug;
    private readonly ConcurrentQueue<Action> posted = new();
    private readonly CancellationTokenSource ending = new();
    private readonly Task pump;

    /// <param name="prepare">Puts stations at the wire.</param>
    public HostCable(Action<VirtualWire> prepare)
    {
        // Where QEMU will be: a port that was free a moment ago.
        using (UdpClient free = new(new IPEndPoint(IPAddress.Loopback, 0)))
        {
            guest = (IPEndPoint)free.Client.LocalEndPoint!;
        }

        socket = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        plug = Wire.AddDevice();
        plug.Receiver = this;
        prepare(Wire);
        pump = Task.Run(RunAsync);
    }

    /// <summary>The wire; only to be touched by <see cref="InvokeAsync"/>.</summary>
    public VirtualWire Wire { get; } = new();

    /// <summary>The machine's network, in QEMU's words.</summary>
    public string Network
    {
        get
        {
            var own = (IPEndPoint)socket.Client.LocalEndPoint!;
            return $"dgram,local.type=inet,local.host=127.0.0.1,local.port={guest.Port}"
                + $",remote.type=inet,remote.host=127.0.0.1,remote.port={own.Port}";
        }
    }

    /// <summary>Does something where the wire is.</summary>
    public async Task<T> InvokeAsync<T>(Func<T> function)
    {
        TaskCompletionSource<T> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
        posted.Enqueue(() =>
        {
            try
            {
                outcome.SetResult(function());
            }
            catch (Exception exception)
            {
                outcome.SetException(exception);
            }
        });
        return await outcome.Task;
    }

    /// <summary>Sends a packet to the machine, whatever it is.</summary>
    public void Inject(byte[] packet) => socket.Send(packet, guest);

    /// <inheritdoc/>
    void IPacketReceiver.Received(ReadOnlySpan<byte> packet) => socket.Send(packet, guest);

    /// <inheritdoc/>
    void IPacketReceiver.BatchEnded() { }

    /// <inheritdoc/>
    void IPacketReceiver.LinkChanged(LinkState link) { }

    /// <inheritdoc/>
    void IPacketReceiver.RoomAgain() { }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await pump;
        socket.Dispose();
        ending.Dispose();
    }

    private async Task RunAsync()
    {
        var begin = Stopwatch.GetTimestamp();
        while (!ending.IsCancellationRequested)
        {
            while (socket.Available > 0)
            {
                IPEndPoint? from = null;
                var packet = socket.Receive(ref from);
                if (plug.TryReserve(Math.Clamp(packet.Length, 14, 1514), out var bytes))
                {
                    packet.AsSpan(0, bytes.Length).CopyTo(bytes);
                    plug.Commit();
                    plug.Flush();
                }
            }

            while (posted.TryDequeue(out var action))
            {
                action();
            }

            var behind = Stopwatch.GetElapsedTime(begin) - Wire.Time.Now;
            Wire.Run(behind > TimeSpan.Zero ? behind : TimeSpan.Zero);
            await Task.Delay(Step);
        }
    }
}
