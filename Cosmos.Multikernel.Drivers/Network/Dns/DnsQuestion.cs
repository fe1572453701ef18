namespace Cosmos.Multikernel.Drivers.Network.Dns;

/// <summary>A question that is being asked, and all who wait for its answer.</summary>
internal sealed class DnsQuestion(DnsKey key, byte[] name)
{
    public DnsKey Key { get; } = key;

    /// <summary>The name asked for now: at first the question's, later what that is another name for.</summary>
    public byte[] Name { get; set; } = name;

    public List<Action<DnsAnswer>> Waiting { get; } = [];

    /// <summary>Where the reply to the last try must come; each try has another port.</summary>
    public UdpSocket? Socket { get; set; }

    /// <summary>Whom the last try went to.</summary>
    public Ipv4Endpoint Server { get; set; }

    public ushort Identifier { get; set; }

    public TimeSpan Due { get; set; }

    /// <summary>How often it was sent, to whatever server.</summary>
    public int Tries { get; set; }

    public int Restarts { get; set; }

    public bool HasExtensions { get; set; } = true;

    /// <summary>What to say when no server has a better answer.</summary>
    public NetworkError Failure { get; set; } = NetworkError.TimedOut;

    /// <summary>How long the aliases so far may be believed.</summary>
    public uint Seconds { get; set; } = uint.MaxValue;
}
