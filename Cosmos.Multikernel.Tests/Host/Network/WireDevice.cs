using Cosmos.Multikernel.Drivers.Network;

namespace Cosmos.Multikernel.Tests.Host.Network;

/// <summary>A network device whose packets go where a test wants them.</summary>
internal sealed class WireDevice(MacAddress address) : PacketDevice
{
    private readonly List<byte[]> committed = [];
    private byte[] reserved = [];
    private LinkState link = new(IsUp: true, 1000, IsFullDuplex: true);
    private int room = int.MaxValue;

    public override string Name => "wire0";

    public override MacAddress Address { get; } = address;

    public override LinkState Link => link;

    public override int Room => room;

    /// <summary>What was sent, when nobody carries it further.</summary>
    public List<byte[]> Sent { get; } = [];

    /// <summary>Carries a packet further.</summary>
    public Action<byte[]>? Carry { get; set; }

    public override void Commit()
    {
        room -= room == int.MaxValue ? 0 : 1;
        committed.Add(reserved);
        reserved = [];
    }

    public override void Flush()
    {
        byte[][] packets = [.. committed];
        committed.Clear();
        foreach (byte[] packet in packets)
        {
            if (Carry is null)
            {
                Sent.Add(packet);
            }
            else
            {
                Carry(packet);
            }
        }
    }

    /// <summary>A packet comes.</summary>
    public void Deliver(byte[] packet)
    {
        if (link.IsUp)
        {
            Receiver?.Received(packet);
            Receiver?.BatchEnded();
        }
    }

    /// <summary>Takes everything sent so far.</summary>
    public byte[][] TakeSent()
    {
        byte[][] sent = [.. Sent];
        Sent.Clear();
        return sent;
    }

    public void SetLink(bool isUp)
    {
        link = isUp ? new LinkState(true, 1000, true) : default;
        Receiver?.LinkChanged(link);
    }

    /// <summary>So many more packets can be sent.</summary>
    public void SetRoom(int packets)
    {
        room = packets;
        if (packets > 0)
        {
            Receiver?.RoomAgain();
        }
    }

    protected override Span<byte> Reserve(int length)
    {
        reserved = new byte[length];
        // Nothing may rely on zeros.
        reserved.AsSpan().Fill(0xA5);
        return reserved;
    }
}
