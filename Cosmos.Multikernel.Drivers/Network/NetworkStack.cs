using Cosmos.Multikernel.Drivers.Network.Dhcp;
using Cosmos.Multikernel.Drivers.Network.Dns;
using Cosmos.Multikernel.Drivers.Network.Stack;
using Cosmos.Multikernel.Drivers.Network.Wire;

namespace Cosmos.Multikernel.Drivers.Network;

/// <summary>
/// A network stack over one device: Ethernet, ARP, IPv4, ICMP, UDP, and the clients of DHCP and DNS. It lives on the event
/// loop of the NIC's core; others use it by message (<see cref="Service.INetwork"/>).
/// </summary>
/// <remarks>
/// Principles.
/// <list type="number">
/// <item>Nothing that is received is believed. Each layer checks its header before it looks at what is behind; what is wrong
/// is dropped and counted by its reason (<see cref="NetworkCounters"/>), and never ends the stack.</item>
/// <item>Packets are parsed where they lie, and sent from where they are written: receiving and answering allocates nothing.</item>
/// <item>Whatever somebody on the network can make grow has a bound: neighbours, waiting packets, fragments, sockets' queues,
/// cached names, errors sent.</item>
/// <item>The stack has no thread and no clock of its own. It is told of packets, asked when it wants to be woken
/// (<see cref="NextDue"/>) and told that time has passed: so that tests run it in virtual time. <see cref="NetworkPump"/> does so on
/// an event loop.</item>
/// </list>
/// </remarks>
public sealed class NetworkStack : IPacketReceiver, IDisposable
{
    private readonly TimeProvider time;
    private readonly long started;
    private readonly ITimedPart[] parts;
    private bool isSettling;

    /// <summary>A stack over a device, whose receiver it becomes. It asks for an address at once when the cable is in.</summary>
    /// <param name="device">The device.</param>
    /// <param name="options">How to behave.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="random">Where identifiers come from; null for the system's generator.</param>
    /// <exception cref="ArgumentException">The fixed configuration cannot be.</exception>
    public NetworkStack(
        PacketDevice device,
        NetworkOptions? options = null,
        TimeProvider? time = null,
        NetworkRandom? random = null
    )
    {
        Device = device;
        Options = options ?? new NetworkOptions();
        if (Options.Static?.Problem() is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }
        this.time = time ?? TimeProvider.System;
        Random = random ?? NetworkRandom.System;
        started = this.time.GetTimestamp();
        Arp = new ArpLayer(this);
        Claim = new AddressClaim(this);
        Icmp = new IcmpLayer(this);
        Udp = new UdpLayer(this);
        Ipv4 = new Ipv4Layer(this);
        Addressing = new Addressing(this);
        Dns = new DnsClient(this);
        parts = [Arp, Claim, Ipv4.Reassembly, Icmp, Addressing.Dhcp, Addressing, Dns];
        device.Receiver = this;
        if (device.Link.IsUp)
        {
            Addressing.LinkIsUp();
        }
        Settle();
    }

    /// <summary>The device below.</summary>
    public PacketDevice Device { get; }

    /// <summary>How it was asked to behave.</summary>
    public NetworkOptions Options { get; }

    /// <summary>What was received, sent and dropped.</summary>
    public NetworkCounters Counters { get; } = new();

    /// <summary>Its address and what goes with that.</summary>
    public Ipv4Configuration Configuration { get; private set; } = Ipv4Configuration.None;

    /// <summary>What it does to get or keep its address, for people.</summary>
    public string AddressingState => Addressing.Describe();

    /// <summary>Told after the configuration, or the link, has changed.</summary>
    public event Action? Changed;

    /// <summary>Told when the device has room again.</summary>
    public event Action? HasRoom;

    /// <summary>Told when <see cref="NextDue"/> may have come nearer.</summary>
    public event Action? DueChanged;

    /// <summary>When <see cref="RunDue"/> is next to be called; <see cref="TimeSpan.MaxValue"/> for never.</summary>
    public TimeSpan NextDue
    {
        get
        {
            TimeSpan next = TimeSpan.MaxValue;
            foreach (ITimedPart part in parts)
            {
                next = part.Due < next ? part.Due : next;
            }
            return next;
        }
    }

    /// <summary>Time since the stack was made.</summary>
    public TimeSpan Now => time.GetElapsedTime(started);

    /// <summary>Neighbours and their hardware addresses; those that are being asked for have none.</summary>
    public IEnumerable<(Ipv4Address Address, MacAddress? Mac)> Neighbours =>
        Arp.Entries.Select(entry =>
            (entry.Address, entry.State == ArpState.Resolving ? (MacAddress?)null : entry.Mac)
        );

    internal NetworkRandom Random { get; }

    internal ArpLayer Arp { get; }

    internal AddressClaim Claim { get; }

    internal Ipv4Layer Ipv4 { get; }

    internal IcmpLayer Icmp { get; }

    internal UdpLayer Udp { get; }

    internal Addressing Addressing { get; }

    internal DnsClient Dns { get; }

    /// <summary>Opens a UDP port.</summary>
    /// <param name="port">Which; 0 for any.</param>
    /// <param name="socket">The socket, when this returns <see cref="NetworkError.None"/>.</param>
    public NetworkError TryOpenUdp(ushort port, out UdpSocket? socket) =>
        Udp.TryOpen(port, null, out socket);

    /// <summary>Sends an echo request and waits for the answer.</summary>
    /// <param name="destination">To whom.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="length">Bytes of data.</param>
    /// <param name="timeToLive">Routers it may pass, and one.</param>
    public Task<PingReply> PingAsync(
        Ipv4Address destination,
        TimeSpan timeout,
        int length = 56,
        byte timeToLive = 64
    )
    {
        TaskCompletionSource<PingReply> reply = new(
            TaskCreationOptions.RunContinuationsAsynchronously
        );
        NetworkError error = Icmp.Send(
            destination,
            length,
            timeToLive,
            timeout,
            ended => reply.TrySetResult(ended)
        );
        Settle();
        return error == NetworkError.None
            ? reply.Task
            : Task.FromResult(new PingReply(error, default, TimeSpan.Zero, 0));
    }

    /// <summary>Asks for the addresses of a name.</summary>
    /// <param name="name">The name, or an address, which is its own.</param>
    /// <param name="type">Which version's.</param>
    /// <param name="server">Who is asked, whatever is remembered; null for the network's name servers.</param>
    public Task<DnsAnswer> ResolveAsync(
        string name,
        DnsRecordType type = DnsRecordType.A,
        Ipv4Endpoint? server = null
    )
    {
        TaskCompletionSource<DnsAnswer> answer = new(
            TaskCreationOptions.RunContinuationsAsynchronously
        );
        Dns.Resolve(name, type, server, found => answer.TrySetResult(found));
        Settle();
        return answer.Task;
    }

    /// <summary>Does what time has made due.</summary>
    public void RunDue()
    {
        TimeSpan now = Now;
        foreach (ITimedPart part in parts)
        {
            part.RunDue(now);
        }
        Settle();
    }

    /// <inheritdoc/>
    void IPacketReceiver.Received(ReadOnlySpan<byte> packet)
    {
        Counters.Receive(packet.Length);
        DropReason reason = Dispatch(packet);
        if (reason != DropReason.None)
        {
            Counters.Drop(reason);
        }
    }

    /// <inheritdoc/>
    void IPacketReceiver.BatchEnded() => Settle();

    /// <inheritdoc/>
    void IPacketReceiver.LinkChanged(LinkState link)
    {
        if (link.IsUp)
        {
            Addressing.LinkIsUp();
        }
        else
        {
            Addressing.LinkIsDown();
        }
        Settle();
        Changed?.Invoke();
    }

    /// <inheritdoc/>
    void IPacketReceiver.RoomAgain() => HasRoom?.Invoke();

    /// <summary>Gives the address back to its DHCP server and lets go of the device.</summary>
    public void Dispose()
    {
        Addressing.Dhcp.Release();
        Settle();
        Device.Receiver = null;
    }

    /// <summary>Takes a configuration into use, or gives the one there is up.</summary>
    internal void Configure(Ipv4Configuration configuration)
    {
        bool isSame = Configuration.Address == configuration.Address;
        Configuration = configuration;
        if (!isSame)
        {
            Arp.Clear(NetworkError.NetworkUnreachable);
        }
        Changed?.Invoke();
    }

    /// <summary>Another station insists on our address.</summary>
    internal void LoseAddress() => Addressing.LoseAddress();

    /// <summary>Room for a packet in the device; counts when there is none.</summary>
    internal bool TryReserve(int length, out Span<byte> packet)
    {
        if (Device.TryReserve(length, out packet))
        {
            return true;
        }
        Counters.Drop(DropReason.DeviceFull);
        return false;
    }

    /// <summary>The packet is written.</summary>
    internal void Commit(int length)
    {
        Counters.Send(length);
        Device.Commit();
    }

    /// <summary>Sends a packet that is written elsewhere.</summary>
    internal void SendPacket(ReadOnlySpan<byte> bytes)
    {
        if (TryReserve(bytes.Length, out Span<byte> packet))
        {
            bytes.CopyTo(packet);
            Commit(bytes.Length);
        }
    }

    /// <summary>At the end of whatever came from outside: handles what the stack sent itself, and lets the device send.</summary>
    internal void Settle()
    {
        if (isSettling)
        {
            return;
        }
        isSettling = true;
        Ipv4.RunLooped();
        isSettling = false;
        Device.Flush();
        DueChanged?.Invoke();
    }

    private DropReason Dispatch(ReadOnlySpan<byte> packet)
    {
        if (!EthernetHeader.TryParse(packet, out EthernetHeader header))
        {
            return DropReason.EthernetTooShort;
        }
        if (header.Source.IsGroup || header.Source.IsZero)
        {
            return DropReason.EthernetBadSource;
        }
        if (!header.Destination.IsGroup && header.Destination != Device.Address)
        {
            return DropReason.EthernetNotForUs;
        }
        switch (header.Type)
        {
            case EthernetHeader.Arp:
                Arp.Received(header.Payload);
                return DropReason.None;
            case EthernetHeader.Ipv4:
                Ipv4.Received(header.Payload, header.Destination.IsGroup);
                return DropReason.None;
            default:
                return DropReason.EthernetUnknownType;
        }
    }
}
