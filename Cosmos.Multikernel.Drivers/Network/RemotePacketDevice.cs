using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Drivers.Network;

/// <summary>A network device that an instance on another core serves.</summary>
/// <remarks>
/// Frames for packets to be sent and frames lent for received ones are allocated once and go to and fro. When the other
/// instance ends, the link is down for good.
/// </remarks>
public sealed class RemotePacketDevice : PacketDevice, IDisposable
{
    private const int FrameSize = 64 << 10;
    private const int SendFrames = 4;
    private const int ReceiveFrames = 4;

    private readonly PacketDeviceProxy proxy;
    private readonly CancellationTokenSource stopping = new();
    private readonly Queue<Frame> free = new();
    private readonly byte[] reserved;
    private PacketDeviceInfo info;
    private Frame? filling;
    private int filledTo;
    private int reservedLength;
    private bool wasFull;

    private RemotePacketDevice(string name, PacketDeviceProxy proxy, PacketDeviceInfo info)
    {
        Name = name;
        this.proxy = proxy;
        this.info = info;
        LinkNow = info.Link;
        reserved = new byte[HeaderSize + info.MaximumPayload];
        for (int i = 0; i < SendFrames; i++)
        {
            free.Enqueue(Frame.Allocate(FrameSize));
        }
        for (int i = 0; i < ReceiveFrames; i++)
        {
            _ = ReceiveAsync(Frame.Allocate(FrameSize));
        }
        _ = WatchAsync();
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override MacAddress Address => new(info.Address);

    /// <inheritdoc/>
    public override int MaximumPayload => info.MaximumPayload;

    /// <inheritdoc/>
    public override LinkState Link => LinkNow;

    /// <inheritdoc/>
    public override int Room
    {
        get
        {
            int largest = PacketBatch.SizeOf(HeaderSize + MaximumPayload);
            int perFrame = (FrameSize - PacketBatch.HeaderSize) / largest;
            int here = filling is null ? 0 : (FrameSize - filledTo) / largest;
            int room = free.Count * perFrame + here;
            wasFull |= room == 0;
            return room;
        }
    }

    private LinkState LinkNow { get; set; }

    /// <summary>Connects to the instance that serves the device.</summary>
    /// <param name="core">Its core.</param>
    /// <param name="instance">Its name.</param>
    /// <param name="service">The service's name; null for the interface's own.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ChannelException">There is no such instance, or it serves another version of the interface.</exception>
    /// <exception cref="MalformedMessageException">What it tells of the device cannot be.</exception>
    public static async Task<RemotePacketDevice> ConnectAsync(
        int core,
        string instance,
        string? service = null,
        CancellationToken cancellation = default
    )
    {
        PacketDeviceProxy proxy = await MessageClient.ConnectAsync<PacketDeviceProxy>(
            core,
            instance,
            ChannelOptions.Default with
            {
                Service = service ?? "",
            },
            cancellation
        );
        try
        {
            PacketDeviceInfo info = await proxy.GetInfoAsync();
            return new RemotePacketDevice($"{instance}@{core}", proxy, info.Checked());
        }
        catch (ArgumentOutOfRangeException exception)
        {
            proxy.Dispose();
            throw new MalformedMessageException(
                $"{instance} on core {core} tells of an impossible device. {exception.Message}"
            );
        }
        catch
        {
            proxy.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override void Commit()
    {
        ReadOnlySpan<byte> packet = reserved.AsSpan(0, reservedLength);
        if (filling is not null && !PacketBatch.TryAdd(filling.Span, ref filledTo, packet))
        {
            Flush();
        }
        else if (filling is not null)
        {
            return;
        }
        filling = free.Dequeue();
        filledTo = PacketBatch.HeaderSize;
        PacketBatch.Clear(filling.Span);
        PacketBatch.TryAdd(filling.Span, ref filledTo, packet);
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        if (filling is not null)
        {
            _ = SendAsync(filling);
            filling = null;
        }
    }

    /// <summary>Disconnects.</summary>
    public void Dispose()
    {
        stopping.Cancel();
        proxy.Dispose();
        foreach (Frame frame in free)
        {
            frame.Dispose();
        }
        free.Clear();
        filling?.Dispose();
        filling = null;
        stopping.Dispose();
    }

    /// <inheritdoc/>
    protected override Span<byte> Reserve(int length)
    {
        reservedLength = length;
        return reserved.AsSpan(0, length);
    }

    private async Task SendAsync(Frame batch)
    {
        try
        {
            free.Enqueue(await proxy.SendAsync(batch));
            if (wasFull)
            {
                wasFull = false;
                Receiver?.RoomAgain();
            }
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            LinkDown();
        }
    }

    private async Task ReceiveAsync(Frame frame)
    {
        try
        {
            while (true)
            {
                frame = await proxy.ReceiveAsync(frame);
                Deliver(frame);
            }
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            LinkDown();
        }
    }

    private void Deliver(Frame frame)
    {
        ReadOnlySpan<byte> bytes = frame.ReadOnlySpan;
        uint count = PacketBatch.Count(bytes);
        int at = PacketBatch.HeaderSize;
        for (uint i = 0; i < count; i++)
        {
            if (!PacketBatch.TryTake(bytes, ref at, out ReadOnlySpan<byte> packet))
            {
                break;
            }
            Receiver?.Received(packet);
        }
        Receiver?.BatchEnded();
    }

    private async Task WatchAsync()
    {
        try
        {
            while (true)
            {
                info = (await proxy.WaitForChangeAsync(info, stopping.Token)) with
                {
                    Address = info.Address,
                    MaximumPayload = info.MaximumPayload,
                };
                SetLink(info.Link);
            }
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            LinkDown();
        }
    }

    private static bool IsEnd(Exception exception) =>
        exception
            is ChannelException
                or CapabilityException
                or OperationCanceledException
                or ObjectDisposedException;

    private void LinkDown() => SetLink(default);

    private void SetLink(LinkState link)
    {
        if (LinkNow != link)
        {
            LinkNow = link;
            Receiver?.LinkChanged(link);
        }
    }
}
