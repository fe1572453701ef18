namespace Cosmos.Multikernel.Drivers.Network.Stack;

/// <summary>What is known of one neighbour.</summary>
internal sealed class ArpEntry(Ipv4Address address)
{
    public Ipv4Address Address { get; } = address;

    public ArpState State { get; set; }

    public MacAddress Mac { get; set; }

    /// <summary>When it last said so itself.</summary>
    public TimeSpan Confirmed { get; set; }

    /// <summary>When to ask again.</summary>
    public TimeSpan Due { get; set; } = TimeSpan.MaxValue;

    /// <summary>How often it was asked in vain.</summary>
    public int Tries { get; set; }

    /// <summary>Packets that wait for its hardware address: rented, whole but for the destination.</summary>
    public Queue<(byte[] Buffer, int Length)> Waiting { get; } = new();
}

/// <summary>How far a neighbour is known.</summary>
internal enum ArpState
{
    /// <summary>Asked for; its packets wait.</summary>
    Resolving,

    /// <summary>Known.</summary>
    Known,

    /// <summary>Known for so long that it is asked again; its packets are sent meanwhile.</summary>
    Checking,
}
