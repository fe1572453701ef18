using Cosmos.Multikernel.Drivers.Network.Stack;

namespace Cosmos.Multikernel.Drivers.Network.Dhcp;

/// <summary>Where the client is between having nothing and having an address (RFC 2131, figure 5).</summary>
internal enum DhcpState
{
    /// <summary>Not wanted, or the cable is out.</summary>
    Off,

    /// <summary>INIT: about to ask.</summary>
    Waiting,

    /// <summary>Has asked who has an address.</summary>
    Selecting,

    /// <summary>Has taken an offer and waits for the server's word.</summary>
    Requesting,

    /// <summary>Has the server's word, and asks the neighbours whether somebody uses the address.</summary>
    Checking,

    /// <summary>Has an address.</summary>
    Bound,

    /// <summary>Asks the server to go on lending.</summary>
    Renewing,

    /// <summary>Asks any server to.</summary>
    Rebinding,

    /// <summary>INIT-REBOOT: the cable is in again; asks for the address it had.</summary>
    Rebooting,
}

/// <summary>The client of DHCP (RFC 2131): borrows an address, renews it in time, and gives it up when it must.</summary>
/// <remarks>
/// Of several offers the first is taken. The RFC's random delay before the first message is left out: machines that are
/// switched on together here are few. The broadcast flag is not set, for the stack hears unicast before it has an address.
/// </remarks>
internal sealed class DhcpClient(NetworkStack stack) : ITimedPart, IUdpHandler
{
    private const int MostRequests = 4;
    private const int MostReboots = 2;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(64);

    // RFC 2131, 4.4.5: not more often than this while a lease is renewed.
    private static readonly TimeSpan LeastRenewal = TimeSpan.FromSeconds(60);

    // RFC 2131, 3.1.5: after an address turned out to be taken.
    private static readonly TimeSpan AfterDecline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstAfterNak = TimeSpan.FromSeconds(1);

    private UdpSocket? socket;
    private DhcpLease? lease;
    private Ipv4Address offered;
    private Ipv4Address server;
    private uint transaction;
    private TimeSpan began;
    private TimeSpan sent;
    private TimeSpan retry;
    private TimeSpan afterNak = FirstAfterNak;
    private int tries;

    public DhcpState State { get; private set; }

    /// <inheritdoc/>
    public TimeSpan Due { get; private set; } = TimeSpan.MaxValue;

    /// <summary>The cable is in.</summary>
    public void Start()
    {
        if (socket is null)
        {
            stack.Udp.TryOpen(DhcpMessage.ClientPort, this, out socket);
            if (socket is null)
            {
                // Somebody on this core has the port; then he wants to speak DHCP himself.
                return;
            }
            socket.AllowsBroadcast = true;
        }
        if (lease is null || lease.Expiry <= stack.Now)
        {
            lease = null;
            WaitFor(TimeSpan.Zero);
            return;
        }
        // Another network, perhaps: the address is not used before a server has confirmed it.
        stack.Configure(Ipv4Configuration.None);
        Enter(DhcpState.Rebooting);
        offered = lease.Configuration.Address;
        NewTransaction();
        SendRequest();
    }

    /// <summary>The cable is out.</summary>
    public void Pause()
    {
        Enter(DhcpState.Off);
        Due = TimeSpan.MaxValue;
    }

    /// <summary>Somebody else has our address: the server is told.</summary>
    public void Decline()
    {
        if (lease is not null)
        {
            SendFarewell(DhcpType.Decline, lease);
        }
        Forget();
        WaitFor(AfterDecline);
    }

    /// <summary>The address is not needed any more.</summary>
    public void Release()
    {
        if (
            lease is not null
            && State is DhcpState.Bound or DhcpState.Renewing or DhcpState.Rebinding
        )
        {
            SendFarewell(DhcpType.Release, lease);
        }
        if (socket is not null)
        {
            Forget();
            Pause();
            socket.Dispose();
            socket = null;
        }
    }

    /// <summary>For people.</summary>
    public string Describe()
    {
        if (
            lease is null
            || State is not (DhcpState.Bound or DhcpState.Renewing or DhcpState.Rebinding)
        )
        {
            return $"DHCP {State.ToString().ToLowerInvariant()}";
        }
        string rest =
            lease.Expiry == TimeSpan.MaxValue
                ? "for ever"
                : $"for {(long)(lease.Expiry - stack.Now).TotalSeconds} s";
        return $"DHCP {State.ToString().ToLowerInvariant()} {rest}, server {lease.Server}";
    }

    /// <inheritdoc/>
    public void RunDue(TimeSpan now)
    {
        if (now < Due)
        {
            return;
        }
        switch (State)
        {
            case DhcpState.Waiting:
                Enter(DhcpState.Selecting);
                NewTransaction();
                SendDiscover();
                break;
            case DhcpState.Selecting:
                SendDiscover();
                break;
            case DhcpState.Requesting when tries < MostRequests:
            case DhcpState.Rebooting when tries < MostReboots:
                SendRequest();
                break;
            case DhcpState.Rebooting when lease!.Expiry > now:
                // No server answers: RFC 2131, 3.2.3 allows to use the address as long as it was lent.
                Check();
                break;
            case DhcpState.Requesting or DhcpState.Rebooting:
                lease = null;
                WaitFor(TimeSpan.Zero);
                break;
            case DhcpState.Bound or DhcpState.Renewing or DhcpState.Rebinding:
                Renew(now);
                break;
            default:
                Due = TimeSpan.MaxValue;
                break;
        }
    }

    /// <inheritdoc/>
    public void Received(UdpSocket on, Ipv4Endpoint from, ReadOnlySpan<byte> data)
    {
        bool isExpected =
            State
                is DhcpState.Selecting
                    or DhcpState.Requesting
                    or DhcpState.Rebooting
                    or DhcpState.Renewing
                    or DhcpState.Rebinding
            && from.Port == DhcpMessage.ServerPort;
        if (!isExpected || !DhcpMessage.IsFor(data, transaction, stack.Device.Address))
        {
            bool isCut = data.Length < DhcpMessage.FixedSize;
            stack.Counters.Drop(isCut ? DropReason.DhcpMalformed : DropReason.DhcpUnexpected);
            return;
        }
        if (DhcpMessage.TryParse(data) is not { } message)
        {
            stack.Counters.Drop(DropReason.DhcpMalformed);
            return;
        }
        bool isTaken = message.Type switch
        {
            DhcpType.Offer => TakeOffer(message),
            DhcpType.Ack => TakeAck(message),
            DhcpType.Nak => TakeNak(message),
            _ => false,
        };
        if (!isTaken)
        {
            stack.Counters.Drop(DropReason.DhcpUnexpected);
        }
    }

    /// <inheritdoc/>
    public void Undeliverable(UdpSocket on, Ipv4Endpoint destination, NetworkError error)
    {
        // The timers know what to do when no answer comes.
    }

    private bool TakeOffer(DhcpMessage message)
    {
        if (State != DhcpState.Selecting || DhcpLease.Of(message, sent) is not { } offer)
        {
            return false;
        }
        offered = offer.Configuration.Address;
        server = offer.Server;
        Enter(DhcpState.Requesting);
        SendRequest();
        return true;
    }

    private bool TakeAck(DhcpMessage message)
    {
        if (
            State == DhcpState.Selecting
            || DhcpLease.Of(message, sent) is not { } granted
            || State == DhcpState.Requesting
                && (granted.Server != server || granted.Configuration.Address != offered)
        )
        {
            return false;
        }
        bool isInUse = stack.Configuration.Address == granted.Configuration.Address;
        lease = granted;
        afterNak = FirstAfterNak;
        if (isInUse)
        {
            stack.Configure(granted.Configuration);
            Enter(DhcpState.Bound);
            Due = granted.Renewal;
        }
        else
        {
            stack.Configure(Ipv4Configuration.None);
            Check();
        }
        return true;
    }

    private bool TakeNak(DhcpMessage message)
    {
        if (
            State == DhcpState.Selecting
            || (State == DhcpState.Requesting && message.Server != server)
        )
        {
            return false;
        }
        // A server that offers what it then denies would keep both busy: ever longer pauses.
        TimeSpan pause = afterNak;
        afterNak = afterNak * 2 < LastRetry ? afterNak * 2 : LastRetry;
        Forget();
        WaitFor(pause);
        return true;
    }

    private void Check()
    {
        Enter(DhcpState.Checking);
        Due = TimeSpan.MaxValue;
        stack.Claim.Begin(lease!.Configuration.Address, Decide);
    }

    private void Decide(bool isFree)
    {
        if (!isFree)
        {
            Decline();
            return;
        }
        stack.Configure(lease!.Configuration);
        Enter(DhcpState.Bound);
        Due = lease.Renewal;
        stack.Claim.Announce();
    }

    private void Renew(TimeSpan now)
    {
        DhcpLease current = lease!;
        if (now >= current.Expiry)
        {
            Forget();
            WaitFor(TimeSpan.Zero);
            return;
        }
        bool isLate = now >= current.Rebinding;
        DhcpState wanted = isLate ? DhcpState.Rebinding : DhcpState.Renewing;
        if (State != wanted)
        {
            Enter(wanted);
            NewTransaction();
        }
        offered = current.Configuration.Address;
        SendRequest();
        // Half of what is left, but not all the time; and in time for what comes next.
        TimeSpan until = isLate ? current.Expiry : current.Rebinding;
        TimeSpan pause = (until - now) / 2;
        pause = pause > LeastRenewal ? pause : LeastRenewal;
        Due = now + pause < until ? now + pause : until;
    }

    private void Enter(DhcpState state)
    {
        State = state;
        tries = 0;
        retry = FirstRetry;
    }

    private void WaitFor(TimeSpan pause)
    {
        Enter(DhcpState.Waiting);
        Due = stack.Now + pause;
    }

    private void Forget()
    {
        lease = null;
        stack.Claim.Stop();
        stack.Configure(Ipv4Configuration.None);
    }

    private void NewTransaction()
    {
        transaction = stack.Random.Next();
        began = stack.Now;
    }

    private void SendDiscover()
    {
        DhcpWriter writer = Begin(
            stackalloc byte[DhcpWriter.BufferSize],
            DhcpType.Discover,
            Ipv4Address.Any
        );
        writer.AddWishes(stack.Options.HostName);
        Send(writer.Finish(), Ipv4Address.Broadcast);
        Retry();
    }

    /// <summary>The request of the state: which fields it has is RFC 2131's table 4.</summary>
    private void SendRequest()
    {
        bool isRenewal = State is DhcpState.Renewing or DhcpState.Rebinding;
        DhcpWriter writer = Begin(
            stackalloc byte[DhcpWriter.BufferSize],
            DhcpType.Request,
            isRenewal ? offered : Ipv4Address.Any
        );
        if (!isRenewal)
        {
            writer.Add(DhcpOption.RequestedAddress, offered);
        }
        if (State == DhcpState.Requesting)
        {
            writer.Add(DhcpOption.ServerIdentifier, server);
        }
        writer.AddWishes(stack.Options.HostName);
        bool isToOne = State == DhcpState.Renewing;
        Send(writer.Finish(), isToOne ? lease!.Server : Ipv4Address.Broadcast);
        Retry();
    }

    private void SendFarewell(DhcpType type, DhcpLease given)
    {
        NewTransaction();
        Ipv4Address address = given.Configuration.Address;
        bool isRelease = type == DhcpType.Release;
        DhcpWriter writer = Begin(
            stackalloc byte[DhcpWriter.BufferSize],
            type,
            isRelease ? address : Ipv4Address.Any
        );
        if (!isRelease)
        {
            writer.Add(DhcpOption.RequestedAddress, address);
        }
        writer.Add(DhcpOption.ServerIdentifier, given.Server);
        if (!isRelease)
        {
            // The address is not ours: nothing is to be sent from it.
            stack.Configure(Ipv4Configuration.None);
        }
        // A release goes to its server alone (RFC 2131, 4.4.4), when that can be sent to at once: nothing waits for ARP any more
        // once the address is gone.
        Ipv4Address to =
            isRelease && CanSendAtOnce(given.Server) ? given.Server : Ipv4Address.Broadcast;
        Send(writer.Finish(), to);
    }

    private bool CanSendAtOnce(Ipv4Address to) =>
        stack.Ipv4.TryRoute(to, out Route route) == NetworkError.None
        && stack.Arp.TryFind(route.NextHop, out _);

    private DhcpWriter Begin(Span<byte> buffer, DhcpType type, Ipv4Address own) =>
        new(
            buffer,
            type,
            transaction,
            (ushort)Math.Min(ushort.MaxValue, (stack.Now - began).TotalSeconds),
            own,
            stack.Device.Address
        );

    // What cannot be sent is sent again when its time has come.
    private void Send(ReadOnlySpan<byte> message, Ipv4Address to)
    {
        sent = stack.Now;
        if (socket is not null)
        {
            stack.Udp.Send(socket, new Ipv4Endpoint(to, DhcpMessage.ServerPort), message);
        }
    }

    /// <summary>When to send again: RFC 2131, 4.1: doubled each time, a second more or less by chance.</summary>
    private void Retry()
    {
        tries++;
        Due = stack.Now + retry + TimeSpan.FromMilliseconds(stack.Random.Next(2001) - 1000);
        retry = retry * 2 < LastRetry ? retry * 2 : LastRetry;
    }
}
