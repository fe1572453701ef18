using Cosmos.Multikernel.Abi;

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

    /// <summary>The offer could not be taken up: <see cref="ChannelNews"/>.</summary>
    Refused = 4,

    /// <summary>One side is gone: <see cref="ChannelNews"/>; the status says how its instance ended, or that it closed.</summary>
    Gone = 5,
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
}

/// <summary>News about a channel that both sides know.</summary>
public struct ChannelNews
{
    public LinkMessageKind Kind;

    /// <summary>The channel's number at the receiver of this message, and at its sender.</summary>
    public uint To;
    public uint From;

    /// <summary>With <see cref="LinkMessageKind.Gone"/>: the <see cref="ChannelState"/> and wait status to show.</summary>
    public ChannelState State;
    public int Status;
}
