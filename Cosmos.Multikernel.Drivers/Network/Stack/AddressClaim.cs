using Cosmos.Multikernel.Drivers.Network.Wire;

namespace Cosmos.Multikernel.Drivers.Network.Stack;

/// <summary>
/// Makes sure that nobody else has this stack's address: asks before it is used, says so when it is, and defends it
/// (RFC 5227).
/// </summary>
internal sealed class AddressClaim(NetworkStack stack) : ITimedPart
{
    private const int Announcements = 2;

    private static readonly TimeSpan AnnouncementInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan DefendInterval = TimeSpan.FromSeconds(10);

    private Action<bool>? decided;
    private Ipv4Address probed;
    private int probesLeft;
    private int announcementsLeft;
    private TimeSpan? lastConflict;

    public TimeSpan Due { get; private set; } = TimeSpan.MaxValue;

    /// <summary>How often somebody else claimed the address.</summary>
    public long Conflicts { get; private set; }

    /// <summary>Who did so last.</summary>
    public MacAddress LastRival { get; private set; }

    /// <summary>Begins to ask for an address.</summary>
    /// <param name="address">Which.</param>
    /// <param name="whenDecided">Told once whether it is free; not told when another is asked for before.</param>
    public void Begin(Ipv4Address address, Action<bool> whenDecided)
    {
        announcementsLeft = 0;
        probed = address;
        decided = whenDecided;
        probesLeft = stack.Options.ProbeCount;
        Due = stack.Now;
    }

    /// <summary>The address that was asked for is in use now: others are told.</summary>
    public void Announce()
    {
        announcementsLeft = Announcements;
        lastConflict = null;
        Due = stack.Now;
    }

    /// <summary>There is no address any more to ask for or to defend.</summary>
    public void Stop()
    {
        decided = null;
        probed = default;
        announcementsLeft = 0;
        Due = TimeSpan.MaxValue;
    }

    /// <summary>Looks at an ARP message of another station.</summary>
    /// <returns>Whether it claims our address, so that nothing else in it is to be believed.</returns>
    public bool Sees(in ArpMessage message)
    {
        if (decided is not null && IsRivalForProbed(message))
        {
            Note(message);
            Decide(false);
            return true;
        }
        Ipv4Address own = stack.Configuration.Address;
        if (own.IsAny || message.Sender != own)
        {
            return false;
        }
        Note(message);
        TimeSpan now = stack.Now;
        if (lastConflict is { } last && now - last < DefendInterval)
        {
            // Two stations that both defend would do so for ever (RFC 5227, 2.4 b).
            stack.LoseAddress();
            return true;
        }
        lastConflict = now;
        stack.Arp.Announce(own);
        return true;
    }

    /// <inheritdoc/>
    public void RunDue(TimeSpan now)
    {
        if (now < Due)
        {
            return;
        }
        if (decided is not null)
        {
            if (probesLeft == 0)
            {
                Decide(true);
                return;
            }
            probesLeft--;
            stack.Arp.Probe(probed);
            Due = now + stack.Options.ProbeInterval;
            return;
        }
        if (announcementsLeft > 0)
        {
            announcementsLeft--;
            stack.Arp.Announce(stack.Configuration.Address);
        }
        Due = announcementsLeft > 0 ? now + AnnouncementInterval : TimeSpan.MaxValue;
    }

    // Whoever has it, or probes for it at the same time.
    private bool IsRivalForProbed(in ArpMessage message) =>
        message.Sender == probed
        || (
            message.Sender.IsAny
            && message.Target == probed
            && message.Operation == ArpMessage.Request
        );

    private void Note(in ArpMessage message)
    {
        Conflicts++;
        LastRival = message.SenderMac;
    }

    private void Decide(bool isFree)
    {
        Action<bool>? told = decided;
        decided = null;
        probed = default;
        Due = TimeSpan.MaxValue;
        told?.Invoke(isFree);
    }
}
