// The links between CPU drivers: for each pair of cores that have something to say, one channel in each direction.
//
// The sender opens a link when it first needs one: memory from its own partition, announced in the crossroads line. The
// rings are the same source as the instances' (Cosmos.Multikernel/Channels). A link's doorbell is always armed while its core
// does something else: the CPU driver never waits on a link, it is told.

using System.Threading;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.CpuDriver.Console;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Traps;

namespace Cosmos.Multikernel.CpuDriver.Endpoints;

/// <summary>Both directions between this core and one other.</summary>
internal unsafe struct Link
{
    public const uint MessageBytes = Outbox.MaximumRecord + sizeof(uint);

    /// <summary>Ours to send on; bound once we opened it.</summary>
    public RingEndpoint Out;

    /// <summary>Theirs to send on; bound once they opened it.</summary>
    public RingEndpoint In;

    public bool OutOpen;
    public bool InOpen;

    /// <summary>Bytes of a message that was received but could not be served yet; 0 for none.</summary>
    public uint Held;

    public fixed byte Message[(int)MessageBytes];
}

public static unsafe class Links
{
    private const uint Slots = 16;
    private const int FramesPerLink = 2;

    private static Link* s_links;

    /// <summary>Makes the table of links; none is open yet.</summary>
    public static void Start()
    {
        ulong bytes = (ulong)ThisCore.Count * (ulong)sizeof(Link);
        uint frames = (uint)((bytes + FrameAllocator.FrameSize - 1) / FrameAllocator.FrameSize);
        ulong run = Frames.AllocateRun(frames);
        if (run == FrameAllocator.None)
        {
            Panic.Stop("no memory for the links between cores"u8);
        }
        s_links = (Link*)DirectMap.At(run);
        Cpu.MemorySet(s_links, 0, frames * FrameAllocator.FrameSize);
    }

    /// <summary>
    /// Sends a message, or as much of it as there is room for. False: call again with the same message when
    /// <see cref="OnRung"/> says there is room.
    /// </summary>
    public static bool TrySend(uint core, byte* message, uint length) =>
        TrySend(core, message, length, rings: true);

    /// <summary>Sends a message that fits one line, now or not at all: between the pieces of a longer one nothing may come.</summary>
    /// <param name="rings">
    /// Whether the other core is interrupted for it. If not, it sees the message with the next that it is interrupted for, or when
    /// it looks by itself (<see cref="LookAt"/>).
    /// </param>
    public static bool TrySendShort(uint core, byte* message, uint length, bool rings = true)
    {
        Link* link = s_links + core;
        return !(link->OutOpen && link->Out.IsSending) && TrySend(core, message, length, rings);
    }

    /// <summary>Interrupts the other core if it has not seen all that was sent.</summary>
    public static void Ring(uint core)
    {
        Link* link = s_links + core;
        if (link->OutOpen)
        {
            RingPeer(core, ref link->Out);
        }
    }

    /// <summary>Looks for what another core's CPU driver has sent without an interrupt.</summary>
    public static void LookAt(uint core) => Receive(core);

    private static bool TrySend(uint core, byte* message, uint length, bool rings)
    {
        Link* link = s_links + core;
        if (!link->OutOpen && !TryOpen(core, link))
        {
            return false;
        }
        RingStatus status = link->Out.TrySend(message, length);
        while (
            status == RingStatus.Full
            && !link->Out.ArmAndRecheck(wantsLines: false, wantsRoom: true)
        )
        {
            status = link->Out.TrySend(message, length);
        }
        // A full link is one that the other core must look at.
        if (rings || status != RingStatus.Ok)
        {
            RingPeer(core, ref link->Out);
        }
        return status == RingStatus.Ok;
    }

    /// <summary>The other core's CPU driver rang: it sent something, or took something and so made room.</summary>
    public static void OnRung(uint core)
    {
        Receive(core);
        if (core == ThisCore.Boot->ConsoleCore)
        {
            Outbox.Pump();
        }
        LinkDelivery.SendPending(core);
    }

    /// <summary>Looks at all links: after room was made for what they bring.</summary>
    public static void ReceiveAll()
    {
        for (uint core = 0; core < ThisCore.Count; core++)
        {
            if (s_links[core].InOpen)
            {
                Receive(core);
            }
        }
    }

    private static bool TryOpen(uint core, Link* link)
    {
        ulong memory = Frames.AllocateRun(FramesPerLink);
        if (memory == FrameAllocator.None)
        {
            return false;
        }
        byte* bytes = DirectMap.At(memory);
        Cpu.MemorySet(bytes, 0, FramesPerLink * FrameAllocator.FrameSize);
        link->Out = new RingEndpoint(bytes, Slots, sideA: true);
        link->OutOpen = true;
        // Release: the memory is zeroed before the other core can find it.
        Volatile.Write(ref Crossroads.Line(core, ThisCore.Index)->LinkMemory, memory);
        Doorbells.RingLink(core);
        return true;
    }

    private static bool TryBind(uint core, Link* link)
    {
        ulong memory = Volatile.Read(ref Crossroads.Line(ThisCore.Index, core)->LinkMemory);
        if (memory == 0)
        {
            return false;
        }
        if (!SharedFrames.Map(memory, FramesPerLink))
        {
            // No frame for a table: tried again when that core rings next.
            return false;
        }
        link->In = new RingEndpoint(DirectMap.At(memory), Slots, sideA: false);
        link->InOpen = true;
        return true;
    }

    private static void Receive(uint core)
    {
        Link* link = s_links + core;
        if (!link->InOpen && !TryBind(core, link))
        {
            return;
        }
        do
        {
            while (link->Held != 0 || TryTake(link))
            {
                if (!LinkDelivery.TryDeliver(core, link->Message, link->Held))
                {
                    // Not armed: whoever makes room comes back here.
                    RingPeer(core, ref link->In);
                    return;
                }
                link->Held = 0;
            }
        } while (!link->In.ArmAndRecheck(wantsLines: true, wantsRoom: false));
        RingPeer(core, ref link->In);
    }

    private static bool TryTake(Link* link)
    {
        while (true)
        {
            RingStatus status = link->In.TryReceive(
                link->Message,
                Link.MessageBytes,
                out link->Held
            );
            if (status != RingStatus.Malformed)
            {
                return status == RingStatus.Ok && link->Held >= sizeof(uint);
            }
        }
    }

    private static void RingPeer(uint core, ref RingEndpoint endpoint)
    {
        if (!endpoint.OwesDoorbell)
        {
            return;
        }
        RingDoorbell.FenceBeforeRinging();
        if (endpoint.LookAtDoorbell())
        {
            Doorbells.RingLink(core);
        }
    }
}
