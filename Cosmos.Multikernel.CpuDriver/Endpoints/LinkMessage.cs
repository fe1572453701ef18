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

    /// <summary>From the console core to the console driver's: text for the screen, <see cref="Endpoints.ScreenText"/>.</summary>
    ScreenText = 10,

    /// <summary>The other way: <see cref="ScreenNews"/>.</summary>
    ScreenNews = 11,

    /// <summary>From the console driver's core to the console core: typed bytes, <see cref="Endpoints.ScreenText"/>.</summary>
    Typed = 12,

    /// <summary>To the console core: a piece of the sender's report of its own end, <see cref="Endpoints.ScreenText"/>.</summary>
    LastWords = 13,

    /// <summary>Somebody waits for a capability that has not come through a channel: <see cref="CargoNews"/>.</summary>
    CargoAwaited = 14,
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
    /// <summary>To it: tell me of this line's interrupts, and once for those that may have come before this.</summary>
    Subscribe = 1,
    Unsubscribe = 2,

    /// <summary>To it: all my instances have served the last one.</summary>
    Acknowledge = 3,

    /// <summary>From it: the line interrupted, or may have done.</summary>
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

/// <summary>A piece of text: as much as fits one line of the link. The message's length says how much there is.</summary>
public unsafe struct ScreenText
{
    public const uint HeaderBytes = 8;
    public const uint MostBytes = 48;

    public LinkMessageKind Kind;

    /// <summary>Which of its core's console drivers it is for.</summary>
    public ushort Session;

    /// <summary>1 for text that was shown before that driver attached.</summary>
    public ushort IsKept;
    public fixed byte Text[(int)MostBytes];
}

/// <summary>What a console driver's core tells the console core.</summary>
public enum ScreenVerb : uint
{
    /// <summary>The driver has the screen: from now on text goes there, from what is kept on.</summary>
    Attach = 1,

    /// <summary>The driver is gone.</summary>
    Detach = 2,

    /// <summary>The driver took text.</summary>
    Taken = 3,
}

/// <summary>About a console driver.</summary>
public struct ScreenNews
{
    public LinkMessageKind Kind;
    public ScreenVerb Verb;

    /// <summary>Which of its core's drivers it is.</summary>
    public ushort Session;

    /// <summary>With <see cref="ScreenVerb.Attach"/>: the terminal's size.</summary>
    public ushort Columns;
    public ushort Rows;

    /// <summary>With <see cref="ScreenVerb.Taken"/>: bytes, since it attached.</summary>
    public uint Taken;
}
