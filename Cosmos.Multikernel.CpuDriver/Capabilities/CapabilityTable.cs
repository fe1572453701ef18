using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Capabilities;

/// <summary>
/// A domain's capabilities: one frame of directory, frames of 64 entries, all counted as the domain's. Grows, never shrinks;
/// freed entries are used again first.
/// </summary>
internal unsafe struct CapabilityTable
{
    public const uint None = uint.MaxValue;

    private const uint PerFrame = 64;
    private const uint MaximumFrames = 480;
    private const int IndexBits = 16;

    private uint _frames;
    private uint _freeHead;

    /// <summary>First of the endpoints, and of the frames going home: index + 1.</summary>
    public uint FirstEndpoint;
    public uint FirstGoingHome;

    /// <summary>Notification bits that interrupts have.</summary>
    public ulong InterruptBits;

    /// <summary>Where releasing the table at the domain's end has got to.</summary>
    public uint Released;

    private fixed ulong _directory[(int)MaximumFrames];

    public static CapabilityTable* Of(Domain* domain) => (CapabilityTable*)domain->Capabilities;

    /// <summary>One past the highest index.</summary>
    public readonly uint Limit => _frames * PerFrame;

    public readonly Capability* At(uint index) =>
        (Capability*)DirectMap.At(_directory[index / PerFrame]) + index % PerFrame;

    /// <summary>The capability a handle names, or null.</summary>
    public static Capability* Find(Domain* domain, ulong handle)
    {
        CapabilityTable* table = Of(domain);
        uint index = IndexOf(handle);
        if (table == null || index >= table->Limit)
        {
            return null;
        }
        Capability* capability = table->At(index);
        return
            capability->State == CapabilityState.Held
            && capability->Generation == handle >> IndexBits
            ? capability
            : null;
    }

    public static uint IndexOf(ulong handle) => (uint)(handle & ((1 << IndexBits) - 1));

    public readonly long HandleOf(uint index) =>
        (long)((At(index)->Generation << IndexBits) | index);

    /// <summary>A held entry, all zero but its generation; <see cref="None"/> when there is no memory or room.</summary>
    public static uint Allocate(Domain* domain)
    {
        CapabilityTable* table = Of(domain);
        if (table == null)
        {
            ulong frame = AllocateZeroed(domain);
            if (frame == FrameAllocator.None)
            {
                return None;
            }
            table = (CapabilityTable*)DirectMap.At(frame);
            domain->Capabilities = table;
        }
        if (table->_freeHead == 0 && !table->TryGrow(domain))
        {
            return None;
        }
        uint index = table->_freeHead - 1;
        Capability* capability = table->At(index);
        ulong generation = capability->Generation + 1;
        table->_freeHead = capability->Next;
        *capability = default;
        capability->Generation = generation;
        capability->State = CapabilityState.Held;
        return index;
    }

    public void Free(uint index)
    {
        Capability* capability = At(index);
        ulong generation = capability->Generation;
        *capability = default;
        capability->Generation = generation;
        capability->Next = _freeHead;
        _freeHead = index + 1;
    }

    /// <summary>Gives the table's own frames back; nothing is in it any more.</summary>
    public static void Destroy(Domain* domain)
    {
        CapabilityTable* table = Of(domain);
        domain->Capabilities = null;
        for (uint i = 0; i < table->_frames; i++)
        {
            domain->Space.FreeObjectFrame(table->_directory[i]);
        }
        domain->Space.FreeObjectFrame(DirectMap.PhysicalOf(table));
    }

    private bool TryGrow(Domain* domain)
    {
        ulong frame = _frames == MaximumFrames ? FrameAllocator.None : AllocateZeroed(domain);
        if (frame == FrameAllocator.None)
        {
            return false;
        }
        _directory[_frames++] = frame;
        // The lowest index comes first in the list.
        for (uint i = PerFrame; i-- > 0; )
        {
            Free(Limit - PerFrame + i);
        }
        return true;
    }

    private static ulong AllocateZeroed(Domain* domain)
    {
        ulong frame = domain->Space.AllocateObjectFrame();
        if (frame != FrameAllocator.None)
        {
            Bytes.Clear(DirectMap.At(frame), FrameAllocator.FrameSize);
        }
        return frame;
    }
}
