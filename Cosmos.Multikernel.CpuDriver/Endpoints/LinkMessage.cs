using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Capabilities;
using Cosmos.Multikernel.CpuDriver.Cores;

namespace Cosmos.Multikernel.CpuDriver.Endpoints;

/// <summary>What CPU drivers say to each other. The kind is a message's first four bytes.</summary>
public enum LinkMessageKind : uint
{
    /// <summary>Text for the console: the bytes after the kind.</summary>
    Text = 1,

    /// <summary>A channel for an instance there: <see cref="ChannelOffer"/>.</summary>
    Offer = 2,

    /// <summary>The offer was taken up: <see cref="ChannelNews"/>.</summary>
    Accepted = 3,

    /// <summary>The offer could not be taken up: <see cref="ChannelNews"/>; its status is 0 when no such instance runs, else the error number.</summary>
    Refused = 4,

    /// <summary>One side is gone: <see cref="ChannelNews"/>; the status says how its instance ended, or that it closed.</summary>
    Gone = 5,

    /// <summary>A frame of the receiver's memory that nobody holds any more: <see cref="FrameReturn"/>.</summary>
    FrameReturned = 6,

    /// <summary>A capability for the instance at a channel's other end: <see cref="CargoMessage"/>.</summary>
    Cargo = 7,

    /// <summary>How far the capabilities that came through a channel were taken: <see cref="CargoNews"/>.</summary>
    CargoTaken = 8,

    /// <summary>About an interrupt line: <see cref="LineNews"/>.</summary>
    Line = 9,
}

/// <summary>An offer: fits one line of the link, so it is never in two pieces.</summary>
public struct ChannelOffer
{
    public LinkMessageKind Kind;

    /// <summary>The channel's number in the offering core's table (<see cref="ChannelEntries"/>).</summary>
    public uint From;

    /// <summary>The channel's memory.</summary>
    public ulong Physical;
    public uint Slots;

    /// <summary>Index of the boot module that is meant, and of the one that offers.</summary>
    public uint TargetModule;
    public uint SourceModule;

    /// <summary>Which life of its instance the one that offers is.</summary>
    public uint SourceLife;
}

/// <summary>News about a channel that both sides know.</summary>
public struct ChannelNews
{
    public LinkMessageKind Kind;

    /// <summary>The channel's number at the receiver of this message, and at its sender.</summary>
    public uint To;
    public uint From;

    /// <summary>
    /// With <see cref="LinkMessageKind.Gone"/>: the <see cref="ChannelState"/> and the status to show, of which
    /// <see cref="LinkMessageKind.Refused"/> has the latter.
    /// </summary>
    public ChannelState State;
    public int Status;

    /// <summary>With <see cref="LinkMessageKind.Gone"/>: how many capabilities came through the channel. No later one counts.</summary>
    public uint CargoReceived;
}

/// <summary>A frame goes home.</summary>
public struct FrameReturn
{
    public LinkMessageKind Kind;

    /// <summary>Its number at home.</summary>
    public uint Ticket;
    public ulong Physical;
}

/// <summary>A capability on its way. Fits one line of the link.</summary>
internal struct CargoMessage
{
    public LinkMessageKind Kind;

    /// <summary>The channel's number at the receiver.</summary>
    public uint To;

    /// <summary>Its number among those that went this way through the channel.</summary>
    public uint Number;
    public Cargo Cargo;
}

/// <summary>How far capabilities were taken.</summary>
public struct CargoNews
{
    public LinkMessageKind Kind;

    /// <summary>The channel's number at the receiver.</summary>
    public uint To;

    /// <summary>All below this number were taken.</summary>
    public uint Taken;

    /// <summary>All below this number came.</summary>
    public uint Received;

    /// <summary>1 when there is no memory for any more: what is above will never be taken.</summary>
    public uint NoMemory;
}

/// <summary>What cores say to the one that has the I/O APICs, and it to them.</summary>
public enum LineVerb : uint
{
    /// <summary>To it: tell me of this line's interrupts.</summary>
    Subscribe = 1,
    Unsubscribe = 2,

    /// <summary>To it: all my instances have served the last one.</summary>
    Acknowledge = 3,

    /// <summary>From it: the line interrupted.</summary>
    Raised = 4,
}

/// <summary>About an interrupt line.</summary>
public struct LineNews
{
    public LinkMessageKind Kind;
    public uint Line;
    public LineVerb Verb;

    /// <summary>With <see cref="LineVerb.Subscribe"/>.</summary>
    public LineMode Mode;
}
