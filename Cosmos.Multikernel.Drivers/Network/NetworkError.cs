namespace Cosmos.Multikernel.Drivers.Network;

/// <summary>
/// Why something on the network failed. The numbers travel in messages; those below 1000 are Linux's errno, so that a CPU
/// driver can hand them on as they are.
/// </summary>
public enum NetworkError
{
    /// <summary>It did not fail.</summary>
    None = 0,

    /// <summary>EBADF: this client has no such socket.</summary>
    BadHandle = 9,

    /// <summary>EAGAIN: the device is full just now.</summary>
    WouldBlock = 11,

    /// <summary>EACCES: a broadcast from a socket that was not opened for it.</summary>
    AccessDenied = 13,

    /// <summary>EINVAL: an argument that cannot be.</summary>
    Invalid = 22,

    /// <summary>EMFILE: this client has too many sockets.</summary>
    TooManySockets = 24,

    /// <summary>EPROTO: an answer that means nothing.</summary>
    ProtocolError = 71,

    /// <summary>EMSGSIZE: longer than a datagram can be.</summary>
    MessageTooLong = 90,

    /// <summary>EAFNOSUPPORT: an IPv6 address; the stack has IPv4 only.</summary>
    AddressFamilyNotSupported = 97,

    /// <summary>EADDRINUSE: somebody has the port.</summary>
    AddressInUse = 98,

    /// <summary>EADDRNOTAVAIL: not this machine's address.</summary>
    AddressNotAvailable = 99,

    /// <summary>ENETDOWN: the cable is out.</summary>
    NetworkDown = 100,

    /// <summary>ENETUNREACH: no address yet, or no router towards it.</summary>
    NetworkUnreachable = 101,

    /// <summary>ENOBUFS: too much waits already.</summary>
    NoBuffers = 105,

    /// <summary>ETIMEDOUT: no answer in time.</summary>
    TimedOut = 110,

    /// <summary>ECONNREFUSED: nobody listens at that port.</summary>
    ConnectionRefused = 111,

    /// <summary>EHOSTUNREACH: the station, or the router, does not answer to ARP, or a router says so.</summary>
    HostUnreachable = 113,

    /// <summary>A router dropped it: its time to live was over.</summary>
    TimeExceeded = 1000,

    /// <summary>There is no such name.</summary>
    NameNotFound = 1001,

    /// <summary>The name exists, but has no address of the wanted version.</summary>
    NoAddress = 1002,

    /// <summary>No name server is known.</summary>
    NoNameServer = 1003,

    /// <summary>Every name server that answered failed.</summary>
    NameServerFailed = 1004,

    /// <summary>The answer does not fit a datagram; there is no TCP yet to ask for it.</summary>
    AnswerTooLong = 1005,
}
