using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.CpuDriver.Capabilities;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Endpoints;

internal enum ChannelPhase : byte
{
    Free = 0,

    /// <summary>Side A: offered, no answer yet.</summary>
    Offering,

    /// <summary>Side B: offered to our domain, not accepted yet.</summary>
    Offered,

    /// <summary>Both sides have it.</summary>
    Open,

    /// <summary>This side is gone; the entry lives until the other side knows (and, on side A, has unmapped).</summary>
    LocalGone,
}

/// <summary>One side of a channel between instances, as its core's CPU driver keeps it. The index is the handle.</summary>
internal unsafe struct Channel
{
    public Domain* Owner;
    public ChannelPhase Phase;

    /// <summary>Side A offered the channel, and its core owns the frames.</summary>
    public bool SideA;

    /// <summary>The other side has said that it is gone.</summary>
    public bool PeerGone;

    /// <summary>Whether <see cref="PeerNumber"/> is known.</summary>
    public bool PeerKnown;

    /// <summary>Whether the entry is in the list of those that have something to send.</summary>
    public bool Listed;

    /// <summary>
    /// Side B accepted and has not said so. Nothing else is said before that: the other side answers what it was sent only when it
    /// knows by it which entry this is.
    /// </summary>
    public bool SaysAccepted;

    /// <summary>Capabilities for devices came through it to this side.</summary>
    public bool BroughtDevices;

    /// <summary>Which of the owner's domain pages tells of it.</summary>
    public byte Page;

    /// <summary>Side A has rung before it knew whom: the other side is rung when it has said that it accepted.</summary>
    public bool OwesRing;

    /// <summary>The news that still has to be sent; 0 for none. A later one replaces an earlier: the last says it all.</summary>
    public LinkMessageKind Pending;

    public uint PeerCore;

    /// <summary>This entry's number, and that of the other side's entry: see <see cref="ChannelEntries"/>.</summary>
    public uint Number;
    public uint PeerNumber;

    public uint Slots;

    /// <summary>The capabilities on their way in either direction.</summary>
    public CargoState Cargo;

    public ulong Physical;
    public ulong UserAddress;

    /// <summary>The identifier of the domain that has ended and waits until the other side is gone, too; 0 for none.</summary>
    public int AwaitedBy;

    /// <summary>What to tell the other side when this side is gone, or has refused it.</summary>
    public ChannelState GoneState;
    public int GoneStatus;

    /// <summary>The boot modules of the offering and the wanted instance.</summary>
    public uint SourceModule;
    public uint TargetModule;

    /// <summary>Which life of its instance the offering one is.</summary>
    public uint SourceLife;

    /// <summary>Neighbours (handle + 1) in the list of entries with news, and in the owner's list of offers.</summary>
    public uint NextPending;
    public uint NextOffer;

    /// <summary>Frames of the channel's memory.</summary>
    public readonly uint FrameCount =>
        (uint)(
            (RingLayout.BytesFor(Slots) + FrameAllocator.FrameSize - 1) / FrameAllocator.FrameSize
        );
}
