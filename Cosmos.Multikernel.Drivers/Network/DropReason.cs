namespace Cosmos.Multikernel.Drivers.Network;

/// <summary>Why a packet went no further. Each has its counter in <see cref="NetworkCounters"/>; the numbers travel in messages.</summary>
public enum DropReason
{
    /// <summary>It was not dropped.</summary>
    None = 0,

    EthernetTooShort = 1,

    /// <summary>To another station, which a device in promiscuous mode hands on all the same.</summary>
    EthernetNotForUs = 2,

    /// <summary>From a group address, or from nobody.</summary>
    EthernetBadSource = 3,

    /// <summary>Neither IPv4 nor ARP.</summary>
    EthernetUnknownType = 4,

    ArpTooShort = 5,

    /// <summary>Not Ethernet and IPv4, or neither request nor reply.</summary>
    ArpUnknownFormat = 6,

    /// <summary>From a group address, or claiming an address that no station can have.</summary>
    ArpBadSender = 7,

    Ipv4TooShort = 8,
    Ipv4BadVersion = 9,
    Ipv4BadHeaderLength = 10,
    Ipv4BadTotalLength = 11,
    Ipv4BadChecksum = 12,

    /// <summary>An option longer than its header, or a source route.</summary>
    Ipv4BadOptions = 13,

    /// <summary>A fragment that is no whole number of eight bytes, or reaches beyond the longest datagram.</summary>
    Ipv4BadFragment = 14,

    /// <summary>From an address that no station can have, or from this stack's own.</summary>
    Ipv4BadSource = 15,

    Ipv4NotForUs = 16,
    Ipv4UnknownProtocol = 17,

    /// <summary>Fragments that overlap with other contents, or disagree about the datagram's end.</summary>
    FragmentOverlap = 18,

    /// <summary>The rest of a datagram did not come in time.</summary>
    FragmentsTimedOut = 19,

    /// <summary>Pushed out by newer datagrams in fragments.</summary>
    FragmentsNoRoom = 20,

    IcmpTooShort = 21,
    IcmpBadChecksum = 22,
    IcmpUnknownType = 23,

    /// <summary>An error about something that this stack cannot have sent.</summary>
    IcmpBadQuote = 24,

    /// <summary>An echo reply that nobody waits for.</summary>
    IcmpUnexpected = 25,

    UdpTooShort = 26,
    UdpBadLength = 27,
    UdpBadChecksum = 28,
    UdpBadPort = 29,

    /// <summary>Nobody has opened that port.</summary>
    UdpNoSocket = 30,

    /// <summary>Its socket's owner does not read fast enough.</summary>
    UdpSocketFull = 31,

    DhcpMalformed = 32,

    /// <summary>For another client, another transaction or another state.</summary>
    DhcpUnexpected = 33,

    DnsMalformed = 34,

    /// <summary>Not from the server asked, or not to the question asked.</summary>
    DnsUnexpected = 35,

    /// <summary>Sent to a station that does not answer to ARP.</summary>
    ArpUnresolved = 36,

    /// <summary>Too much waits for ARP already.</summary>
    ArpQueueFull = 37,

    /// <summary>The device had no room.</summary>
    DeviceFull = 38,

    /// <summary>One more than the last.</summary>
    Count = 39,
}
