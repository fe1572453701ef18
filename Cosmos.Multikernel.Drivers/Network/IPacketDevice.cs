using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Drivers.Network;

/// <summary>
/// A network device for other cores: packets go in batches, in frames whose ownership moves. <see cref="PacketDeviceService"/>
/// serves any <see cref="PacketDevice"/> by it, and <see cref="RemotePacketDevice"/> makes a <see cref="PacketDevice"/> of its far end.
/// </summary>
/// <remarks>
/// A frame is laid out as <see cref="PacketBatch"/> says. Each goes to and fro: the client's frame moves to the driver with the
/// call and back with the reply, so neither side ever writes what the other reads, and nothing is allocated once as many
/// frames are under way as are wanted.
/// </remarks>
[MessageInterface(Service = "packet-device")]
public interface IPacketDevice
{
    /// <summary>What the device is, and its link's state.</summary>
    ValueTask<PacketDeviceInfo> GetInfoAsync();

    /// <summary>
    /// Sends the packets of a frame. The reply comes when all are the device's, waiting for room as long as that takes; it
    /// brings the frame back, its count saying how many were well formed and were sent.
    /// </summary>
    ValueTask<Frame> SendAsync(Frame batch);

    /// <summary>
    /// Lends the driver an empty frame; the reply brings it back with at least one received packet. Frames are filled in the
    /// order in which they were lent. Cancelled, it comes back with none.
    /// </summary>
    ValueTask<Frame> ReceiveAsync(Frame empty);

    /// <summary>Completes when the link's state is no longer this one.</summary>
    ValueTask<PacketDeviceInfo> WaitForChangeAsync(
        PacketDeviceInfo known,
        CancellationToken cancellation
    );
}

/// <summary>What a network device is.</summary>
/// <param name="Address">Its address, as <see cref="MacAddress.Value"/>.</param>
/// <param name="MaximumPayload">Longest payload of a packet, in bytes.</param>
/// <param name="LinkMegabits">The link's speed; -1 when it is down, 0 when it is unknown.</param>
/// <param name="IsFullDuplex">1 when both ends may send at once.</param>
/// <param name="Dropped">Packets that nobody had lent a frame for.</param>
public readonly record struct PacketDeviceInfo(
    ulong Address,
    int MaximumPayload,
    int LinkMegabits,
    long IsFullDuplex,
    long Dropped
)
{
    /// <summary>The link's state.</summary>
    public LinkState Link => new(LinkMegabits >= 0, Math.Max(0, LinkMegabits), IsFullDuplex == 1);

    internal static PacketDeviceInfo Of(PacketDevice device, long dropped) =>
        new(
            device.Address.Value,
            device.MaximumPayload,
            device.Link.IsUp ? device.Link.MegabitsPerSecond : -1,
            device.Link.IsFullDuplex ? 1 : 0,
            dropped
        );

    /// <summary>This, if it can be.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number cannot be.</exception>
    internal PacketDeviceInfo Checked()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaximumPayload, 576);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaximumPayload, 16 << 10);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Address, MacAddress.Broadcast.Value);
        return this;
    }
}
