using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Drivers.Network;
using Cosmos.Multikernel.Tests.Host.Network;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>
/// A cable from a machine's network card into this process. At our end is a <see cref="VirtualWire"/> whose time is moved on as
/// real time passes.
/// </summary>
internal sealed class HostCable : IPacketReceiver, IAsyncDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(2);

    private const int LongestPacket = 64 << 10;

    private readonly CableEnd end = new();
    private readonly WireDevice plug;
    private readonly ConcurrentQueue<Action> posted = new();
    private readonly CancellationTokenSource ending = new();
    private readonly Task pump;

    /// <param name="prepare">Puts stations at the wire.</param>
    public HostCable(Action<VirtualWire> prepare)
    {
        plug = Wire.AddDevice();
        plug.Receiver = this;
        prepare(Wire);
        pump = Task.Run(RunAsync);
    }

    /// <summary>The wire; only to be touched by <see cref="InvokeAsync"/>.</summary>
    public VirtualWire Wire { get; } = new();

    /// <summary>The machine's network, in QEMU's words.</summary>
    public string Network => end.Network;

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
    public void Inject(byte[] packet) => end.Socket.SendTo(packet, end.Machine);

    /// <inheritdoc/>
    void IPacketReceiver.Received(ReadOnlySpan<byte> packet) =>
        end.Socket.SendTo(packet, end.Machine);

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
        end.Dispose();
        ending.Dispose();
    }

    private async Task RunAsync()
    {
        var begin = Stopwatch.GetTimestamp();
        var buffer = new byte[LongestPacket];
        while (!ending.IsCancellationRequested)
        {
            while (end.Socket.Available > 0)
            {
                var packet = buffer.AsSpan(0, end.Socket.Receive(buffer));
                if (plug.TryReserve(Math.Clamp(packet.Length, 14, 1514), out var bytes))
                {
                    packet[..bytes.Length].CopyTo(bytes);
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
