namespace Cosmos.Multikernel.Abi;

/// <summary>State of a channel as one side sees it; in the header of the channel's memory.</summary>
public enum ChannelState : uint
{
    /// <summary>Offered; the other side has not accepted yet.</summary>
    Connecting = 0,

    Connected = 1,

    /// <summary>No such instance runs there; or, when the status word is an error number, something was lacking for the channel.</summary>
    Refused = 2,

    /// <summary>The other side closed the channel.</summary>
    PeerClosed = 3,

    /// <summary>The other side's instance ended; the status word says how.</summary>
    PeerEnded = 4,
}

/// <summary>A wish for a channel, and what became of it.</summary>
public unsafe struct ConnectRequest
{
    /// <summary>In: the core and the name of the instance there. An empty name means whichever was declared first there.</summary>
    public uint Core;

    /// <summary>In: slots of each ring, a power of two from 8 to 8192.</summary>
    public uint Slots;

    /// <summary>In: which <see cref="DomainPage"/> tells of the channel.</summary>
    public uint Page;
    public uint Reserved;

    public fixed byte Name[InstanceName.Size];

    /// <summary>Out: where the channel's memory is mapped, and its bytes.</summary>
    public ulong Address;
    public ulong Length;
}

/// <summary>A channel that another instance offered.</summary>
public unsafe struct AcceptResult
{
    /// <summary>Who offers it.</summary>
    public uint Core;

    /// <summary>Slots of each ring.</summary>
    public uint Slots;

    /// <summary>Which life of its instance the one that offers is, from 0.</summary>
    public uint Life;
    public uint Reserved;

    public fixed byte Name[InstanceName.Size];

    /// <summary>Where the channel's memory is mapped, and its bytes.</summary>
    public ulong Address;
    public ulong Length;
}
