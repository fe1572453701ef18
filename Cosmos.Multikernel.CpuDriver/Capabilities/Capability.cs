// What a domain may touch beyond its own memory and channels.
//
// Principles
// - A capability lives in its domain's table and nowhere else; a handle names one, and a handle of one that is gone names
//   nothing: its generation does not come again.
// - Every use looks at the table. A user's number is compared, never followed.
// - A frame has one owner. All capabilities for it are in one table; only a frame's sole capability can be sent away, and
//   the sender's mapping and entry are gone before anybody learns of it.
// - A frame comes from one core's partition, its home, and goes back there. Whoever holds it last sends it; home counts it
//   against the domain that allocated it until it is back.
// - Nothing is queued that could overflow: what cannot be told to another core now stays where it is, marked.

using Cosmos.Multikernel.Abi;

namespace Cosmos.Multikernel.CpuDriver.Capabilities;

internal enum CapabilityState : byte
{
    Free = 0,
    Held,

    /// <summary>A frame of another core that nobody holds any more; its home does not know yet.</summary>
    GoingHome,
}

/// <summary>One entry of a domain's table.</summary>
internal unsafe struct Capability
{
    public const ulong Size = 64;

    /// <summary>How often the entry was used; part of the handle.</summary>
    public ulong Generation;

    /// <summary>In the units of the type (<see cref="CapabilityType"/>).</summary>
    public ulong Start;
    public ulong Length;

    /// <summary>Where it is mapped, 0 for nowhere. Interrupts: the number of the binding + 1. The console's stream: 1 when bound.</summary>
    public ulong Address;

    /// <summary>Frames: what it is a part of.</summary>
    public FrameObject Object;

    /// <summary>
    /// Place (index + 1) of the next and previous entry: for frames the ring of all entries for the same one; for endpoints the
    /// list of them; of free entries and of those going home the next one.
    /// </summary>
    public uint Next;
    public uint Previous;

    public CapabilityType Type;
    public CapabilityRights Rights;
    public DeviceCaching Caching;
    public CapabilityState State;
}

/// <summary>A whole frame, as it was allocated.</summary>
internal struct FrameObject
{
    public ulong Physical;

    /// <summary>Its number at home.</summary>
    public uint Ticket;

    /// <summary>How many pages.</summary>
    public ushort Pages;

    /// <summary>The core whose memory it is.</summary>
    public ushort Home;
}
