using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Drivers.Network;

/// <summary>Serves a network device to another core, for a network stack there: the service is the device's receiver.</summary>
/// <remarks>One client at a time makes sense: of several, each gets some of the packets. On the event loop.</remarks>
public sealed class PacketDeviceService : IPacketDevice, IPacketReceiver
{
    // More lent frames than this are given back at once.
    private const int MostLent = 64;

    private readonly PacketDevice device;
    private readonly Queue<(Frame Frame, TaskCompletionSource<Frame> Reply)> lent = new();
    private readonly ChangeSignal linkChanged = new(EventLoop.Current);
    private readonly ChangeSignal roomAgain = new(EventLoop.Current);
    private int filledTo = PacketBatch.HeaderSize;
    private long dropped;

    /// <summary>A service for a device, whose receiver it becomes.</summary>
    public PacketDeviceService(PacketDevice device)
    {
        this.device = device;
        device.Receiver = this;
    }

    /// <summary>Accepts and serves clients until cancelled.</summary>
    /// <param name="device">What to serve.</param>
    /// <param name="service">The service's name; null for the interface's own.</param>
    /// <param name="cancellation">Stops serving.</param>
    public static Task ServeAsync(
        PacketDevice device,
        string? service = null,
        CancellationToken cancellation = default
    ) =>
        MessageServer.ServeAsync(
            new PacketDeviceDispatcher(new PacketDeviceService(device)),
            service,
            cancellation
        );

    /// <inheritdoc/>
    public ValueTask<PacketDeviceInfo> GetInfoAsync() => new(PacketDeviceInfo.Of(device, dropped));

    /// <inheritdoc/>
    public async ValueTask<Frame> SendAsync(Frame batch)
    {
        uint promised = PacketBatch.Count(batch.ReadOnlySpan);
        uint sent = 0;
        int at = PacketBatch.HeaderSize;
        for (uint i = 0; i < promised; i++)
        {
            while (device.Room == 0)
            {
                device.Flush();
                await roomAgain.WaitAsync();
            }
            if (!TrySendNext(batch, ref at, ref sent))
            {
                break;
            }
        }
        device.Flush();
        PacketBatch.SetCount(batch.Span, sent);
        return batch;
    }

    /// <inheritdoc/>
    public async ValueTask<Frame> ReceiveAsync(Frame empty)
    {
        PacketBatch.Clear(empty.Span);
        bool canHold =
            empty.Length
            >= PacketBatch.HeaderSize
                + PacketBatch.SizeOf(PacketDevice.HeaderSize + device.MaximumPayload);
        if (lent.Count >= MostLent || !canHold)
        {
            return empty;
        }
        TaskCompletionSource<Frame> reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lent.Enqueue((empty, reply));
        return await reply.Task;
    }

    /// <inheritdoc/>
    public async ValueTask<PacketDeviceInfo> WaitForChangeAsync(
        PacketDeviceInfo known,
        CancellationToken cancellation
    )
    {
        while (device.Link == known.Link)
        {
            await linkChanged.WaitAsync(cancellation);
        }
        return PacketDeviceInfo.Of(device, dropped);
    }

    /// <inheritdoc/>
    void IPacketReceiver.Received(ReadOnlySpan<byte> packet)
    {
        while (lent.TryPeek(out (Frame Frame, TaskCompletionSource<Frame> Reply) first))
        {
            if (PacketBatch.TryAdd(first.Frame.Span, ref filledTo, packet))
            {
                return;
            }
            GiveBack();
        }
        dropped++;
    }

    /// <inheritdoc/>
    void IPacketReceiver.BatchEnded()
    {
        if (filledTo != PacketBatch.HeaderSize)
        {
            GiveBack();
        }
    }

    /// <inheritdoc/>
    void IPacketReceiver.LinkChanged(LinkState link) => linkChanged.Set();

    /// <inheritdoc/>
    void IPacketReceiver.RoomAgain() => roomAgain.Set();

    private void GiveBack()
    {
        (Frame frame, TaskCompletionSource<Frame> reply) = lent.Dequeue();
        filledTo = PacketBatch.HeaderSize;
        reply.SetResult(frame);
    }

    /// <summary>Sends the next packet of a frame, for which there is room; one that no device could send is left out.</summary>
    private bool TrySendNext(Frame batch, ref int at, ref uint sent)
    {
        if (!PacketBatch.TryTake(batch.ReadOnlySpan, ref at, out ReadOnlySpan<byte> packet))
        {
            return false;
        }
        bool isSendable =
            packet.Length >= PacketDevice.HeaderSize
            && packet.Length <= PacketDevice.HeaderSize + device.MaximumPayload;
        if (isSendable && device.TryReserve(packet.Length, out Span<byte> buffer))
        {
            packet.CopyTo(buffer);
            device.Commit();
            sent++;
        }
        return true;
    }
}
