namespace Cosmos.Multikernel.Drivers.Network.Service;

/// <summary>Something on the network failed.</summary>
public sealed class NetworkException(NetworkError error, string what)
    : IOException($"{what}: {Describe(error)}.")
{
    /// <summary>Why.</summary>
    public NetworkError Error { get; } = error;

    /// <summary>An error in words.</summary>
    public static string Describe(NetworkError error) =>
        error switch
        {
            NetworkError.None => "no error",
            NetworkError.BadHandle => "there is no such socket",
            NetworkError.WouldBlock => "the device is full just now",
            NetworkError.AccessDenied => "broadcasts need a socket that was opened for them",
            NetworkError.Invalid => "an argument that cannot be",
            NetworkError.TooManySockets => "too many sockets are open",
            NetworkError.ProtocolError => "the answer means nothing",
            NetworkError.MessageTooLong => "it is longer than a datagram can be",
            NetworkError.AddressFamilyNotSupported => "the network has IPv4 only",
            NetworkError.AddressInUse => "somebody has the port",
            NetworkError.AddressNotAvailable => "it is not this machine's address",
            NetworkError.NetworkDown => "the cable is out",
            NetworkError.NetworkUnreachable => "network unreachable",
            NetworkError.NoBuffers => "too much waits already",
            NetworkError.TimedOut => "no answer in time",
            NetworkError.ConnectionRefused => "nobody listens there",
            NetworkError.HostUnreachable => "host unreachable",
            NetworkError.TimeExceeded => "its time to live was over on the way",
            NetworkError.NameNotFound => "there is no such name",
            NetworkError.NoAddress => "the name has no such address",
            NetworkError.NoNameServer => "no name server is known",
            NetworkError.NameServerFailed => "the name servers failed",
            NetworkError.AnswerTooLong => "the answer does not fit a datagram",
            _ => $"error {(int)error}",
        };
}
