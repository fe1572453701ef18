using Cosmos.Multikernel.Drivers.Devices;
using Cosmos.Multikernel.Drivers.Virtio;

namespace Cosmos.Multikernel.Drivers.Network.Devices.Virtio;

/// <summary>The network card that hypervisors have (Virtio 1.2, section 5.1): one queue each way, no offloads.</summary>
/// <remarks>
/// Buffers that the device fills are always under way; each goes back as soon as its packet was looked at. Sent ones are
/// taken back when the next are sent, and only when there is no room does the driver ask to be interrupted for them.
/// </remarks>
internal sealed class VirtioNetDevice : NetworkDriver
{
    private const int ReceiveQueue = 0;
    private const int SendQueue = 1;
    private const int MostEntries = 256;

    // Section 5.1.3.
    private const VirtioFeatures HasAddress = (VirtioFeatures)(1UL << 5);
    private const VirtioFeatures HasStatus = (VirtioFeatures)(1UL << 16);

    // Section 5.1.4: the address, then the status.
    private const int StatusOffset = 6;
    private const ushort LinkUp = 1;

    // Section 5.1.6: without offloads nothing of it is of use, and all of it is 0.
    private const int PacketHeader = 12;

    // So many packets, then others on the loop have their turn.
    private const int Budget = 256;

    private readonly VirtioDevice device;
    private readonly Virtqueue receive;
    private readonly Virtqueue send;
    private readonly PacketBuffers receiveBuffers;
    private readonly PacketBuffers sendBuffers;
    private readonly Stack<int> freeSends = new();
    private readonly OncePerTurn publishing;
    private LinkState link;
    private int reserved = -1;
    private int reservedLength;
    private bool waitsForRoom;

    private VirtioNetDevice(VirtioDevice device, string name)
    {
        this.device = device;
        Name = name;
        publishing = new OncePerTurn(PublishSent);
        receive = device.AddQueue(ReceiveQueue, MostEntries);
        send = device.AddQueue(SendQueue, MostEntries);
        receiveBuffers = new PacketBuffers(receive.Size);
        sendBuffers = new PacketBuffers(send.Size);
        Address = device.Features.HasFlag(HasAddress) ? ReadAddress() : RandomAddress();
        link = ReadLink();
        for (int i = 0; i < send.Size; i++)
        {
            freeSends.Push(i);
        }
        for (int i = 0; i < receive.Size; i++)
        {
            Lend(i);
        }
        send.Disarm();
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override MacAddress Address { get; }

    /// <inheritdoc/>
    public override LinkState Link => link;

    /// <inheritdoc/>
    public override long Interrupts => device.Interrupts;

    /// <inheritdoc/>
    public override int Room
    {
        get
        {
            if (freeSends.Count == 0)
            {
                TakeSent();
                if (freeSends.Count == 0 && send.Arm())
                {
                    TakeSent();
                }
                // Who was told that there is none is to be told of the next, though others may find it before.
                waitsForRoom |= freeSends.Count == 0;
            }
            return freeSends.Count;
        }
    }

    /// <summary>Starts it.</summary>
    public static async Task<VirtioNetDevice> OpenAsync(PciDevice pci, string name)
    {
        VirtioDevice device = await VirtioDevice.OpenAsync(pci, HasAddress | HasStatus);
        VirtioNetDevice started = new(device, name);
        await device.StartAsync();
        started.receive.Publish();
        return started;
    }

    /// <inheritdoc/>
    public override Task ServeAsync(CancellationToken cancellation = default) =>
        device.ServeAsync(ServeQueues, LookAtLink, cancellation);

    /// <inheritdoc/>
    public override void Commit()
    {
        Span<byte> buffer = sendBuffers[reserved];
        buffer[..PacketHeader].Clear();
        int number = reserved;
        reserved = -1;
        VirtioBuffer whole = new(
            sendBuffers.AddressOf(number),
            (uint)(PacketHeader + reservedLength),
            IsWritable: false
        );
        send.TryAdd([whole], number);
    }

    /// <inheritdoc/>
    public override void Flush() => publishing.Ask();

    /// <inheritdoc/>
    protected override Span<byte> Reserve(int length)
    {
        if (reserved < 0)
        {
            reserved = freeSends.Pop();
        }
        reservedLength = length;
        return sendBuffers[reserved].Slice(PacketHeader, length);
    }

    /// <inheritdoc/>
    protected override void Stop()
    {
        device.Dispose();
        receiveBuffers.Dispose();
        sendBuffers.Dispose();
    }

    private bool ServeQueues()
    {
        int count = 0;
        bool hasMore = true;
        while (hasMore && count < Budget)
        {
            while (count < Budget && receive.TryTake(out int number, out int written))
            {
                count++;
                if (written > PacketHeader)
                {
                    Receiver?.Received(receiveBuffers[number][PacketHeader..written]);
                }
                Lend(number);
            }
            receive.Publish();
            hasMore = count == Budget || receive.Arm();
        }
        if (count != 0)
        {
            Receiver?.BatchEnded();
        }
        if (waitsForRoom)
        {
            TakeSent();
            TellRoom();
        }
        return hasMore;
    }

    private void TellRoom()
    {
        if (freeSends.Count == 0 && !send.Arm())
        {
            return;
        }
        TakeSent();
        waitsForRoom = false;
        send.Disarm();
        Receiver?.RoomAgain();
    }

    private void PublishSent()
    {
        send.Publish();
        if (freeSends.Count < send.Size / 2)
        {
            TakeSent();
        }
    }

    private void TakeSent()
    {
        while (send.TryTake(out int number, out _))
        {
            freeSends.Push(number);
        }
    }

    private void Lend(int number) =>
        receive.TryAdd(
            [
                new VirtioBuffer(
                    receiveBuffers.AddressOf(number),
                    PacketBuffers.Size,
                    IsWritable: true
                ),
            ],
            number
        );

    private MacAddress ReadAddress()
    {
        Span<byte> bytes = stackalloc byte[MacAddress.Size];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = device.Configuration.Read8(device.ConfigurationOffset + i);
        }
        MacAddress address = MacAddress.Read(bytes);
        return address.IsGroup || address.IsZero
            ? throw new VirtioException($"{Name} has the impossible address {address}.")
            : address;
    }

    // A locally administered one (IEEE 802, 8.4).
    private static MacAddress RandomAddress() =>
        new(
            0x0200_0000_0000UL
                | ((ulong)NetworkRandom.System.NextUInt16() << 16)
                | NetworkRandom.System.NextUInt16()
        );

    private LinkState ReadLink()
    {
        bool isUp =
            !device.Features.HasFlag(HasStatus)
            || (device.Configuration.Read16(device.ConfigurationOffset + StatusOffset) & LinkUp)
                != 0;
        return new LinkState(isUp, 0, IsFullDuplex: true);
    }

    private void LookAtLink()
    {
        LinkState now = ReadLink();
        if (now != link)
        {
            link = now;
            Receiver?.LinkChanged(now);
        }
    }
}
