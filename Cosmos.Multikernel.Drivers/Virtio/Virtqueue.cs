using System.Runtime.InteropServices;
using Cosmos.Multikernel.Capabilities;

namespace Cosmos.Multikernel.Drivers.Virtio;

/// <summary>A part of memory for a device, by physical address.</summary>
/// <param name="Address">Where it begins.</param>
/// <param name="Length">Bytes.</param>
/// <param name="IsWritable">Whether the device writes it; else it reads it.</param>
public readonly record struct VirtioBuffer(ulong Address, uint Length, bool IsWritable);

/// <summary>
/// A split virtqueue (Virtio 1.2, section 2.7): the driver makes chains of buffers available, the device gives them back used.
/// </summary>
/// <remarks>
/// Principles.
/// <list type="number">
/// <item>The three parts lie in one frame; the device writes only the used ring. What it writes there is checked: a chain that is not
/// under way, or that it has written more of than there is, is a <see cref="VirtioException"/>.</item>
/// <item>Order: buffers and descriptors before the available index (the device reads the index first); the used index
/// before the entries it covers. x86 keeps stores in order, and loads; only a store before a load needs a fence, and that is each
/// time one side has published and looks whether the other sleeps.</item>
/// </list>
/// </remarks>
public sealed unsafe class Virtqueue : IDisposable
{
    private const ushort HasNext = 1;
    private const ushort IsWritable = 2;
    private const ushort NoInterrupt = 1;
    private const ushort NoNotify = 1;

    private readonly Frame frame;
    private readonly bool hasEvents;
    private readonly Action notify;
    private readonly Chain[] chains;
    private readonly ushort mask;
    private readonly Descriptor* descriptors;
    private readonly ushort* available;
    private readonly byte* used;
    private ushort firstFree;
    private ushort published;
    private ushort filled;
    private ushort taken;

    internal Virtqueue(int size, bool hasEvents, Action notify)
    {
        this.hasEvents = hasEvents;
        this.notify = notify;
        Size = size;
        mask = (ushort)(size - 1);
        chains = new Chain[size];
        // Alignments: 16, 2 and 4 (section 2.7).
        int availableOffset = size * sizeof(Descriptor);
        int usedOffset = (availableOffset + 6 + 2 * size + 3) & ~3;
        int length = usedOffset + 6 + 8 * size;
        frame = Frame.Allocate(length);
        byte* start = (byte*)frame.Address;
        descriptors = (Descriptor*)start;
        available = (ushort*)(start + availableOffset);
        used = start + usedOffset;
        DescriptorsAt = frame.PhysicalAddress;
        AvailableAt = DescriptorsAt + (ulong)availableOffset;
        UsedAt = DescriptorsAt + (ulong)usedOffset;
        Clear();
    }

    /// <summary>Descriptors in all.</summary>
    public int Size { get; }

    /// <summary>Descriptors that no chain under way has.</summary>
    public int Free { get; private set; }

    internal ulong DescriptorsAt { get; }

    internal ulong AvailableAt { get; }

    internal ulong UsedAt { get; }

    private ref ushort AvailableFlags => ref available[0];

    private ref ushort AvailableIndex => ref available[1];

    // The last field of each ring says from which index on its writer wants to be told.
    private ref ushort UsedEvent => ref available[2 + Size];

    private ref ushort UsedFlags => ref *(ushort*)used;

    private ref ushort UsedIndex => ref *(ushort*)(used + 2);

    private ref ushort AvailableEvent => ref *(ushort*)(used + 4 + 8 * Size);

    /// <summary>Adds a chain of buffers; the device sees it at the next <see cref="Publish"/>.</summary>
    /// <param name="buffers">Those to be read first, then those to be written; at least one.</param>
    /// <param name="token">What <see cref="TryTake"/> is to say of it.</param>
    /// <returns>False when there are not enough descriptors free.</returns>
    public bool TryAdd(ReadOnlySpan<VirtioBuffer> buffers, int token)
    {
        if (buffers.Length > Free || buffers.IsEmpty)
        {
            return false;
        }
        ushort head = firstFree;
        ushort at = head;
        uint writable = 0;
        for (int i = 0; i < buffers.Length; i++)
        {
            VirtioBuffer buffer = buffers[i];
            bool isLast = i == buffers.Length - 1;
            ref Descriptor descriptor = ref descriptors[at];
            descriptor.Address = buffer.Address;
            descriptor.Length = buffer.Length;
            descriptor.Flags = (ushort)(
                (buffer.IsWritable ? IsWritable : 0) | (isLast ? 0 : HasNext)
            );
            writable += buffer.IsWritable ? buffer.Length : 0;
            at = descriptor.Next;
        }
        firstFree = at;
        Free -= buffers.Length;
        chains[head] = new Chain(token, buffers.Length, writable, IsUnderWay: true);
        available[2 + (filled & mask)] = head;
        filled++;
        return true;
    }

    /// <summary>Shows the device what was added, and tells it when it wants to be told.</summary>
    public void Publish()
    {
        if (filled == published)
        {
            return;
        }
        ushort before = published;
        published = filled;
        // Release: entries and descriptors are stored before the index that covers them.
        Volatile.Write(ref AvailableIndex, published);
        // Full fence: the index is stored before we look whether the device wants to be told; the device says so before it
        // looks at the index a last time.
        Interlocked.MemoryBarrier();
        bool isWanted = hasEvents
            ? (ushort)(published - Volatile.Read(ref AvailableEvent) - 1)
                < (ushort)(published - before)
            : (Volatile.Read(ref UsedFlags) & NoNotify) == 0;
        if (isWanted)
        {
            notify();
        }
    }

    /// <summary>Takes a chain that the device has used.</summary>
    /// <param name="token">What was said of it when it was added.</param>
    /// <param name="written">Bytes that the device says it has written; not more than there was room for.</param>
    /// <exception cref="VirtioException">The device says what cannot be.</exception>
    public bool TryTake(out int token, out int written)
    {
        token = 0;
        written = 0;
        // Acquire: the index is loaded before the entries it covers.
        if (Volatile.Read(ref UsedIndex) == taken)
        {
            return false;
        }
        uint* entry = (uint*)(used + 4 + 8 * (taken & mask));
        uint head = entry[0];
        uint length = entry[1];
        if (head >= (uint)Size || !chains[head].IsUnderWay || length > chains[head].Writable)
        {
            throw new VirtioException(
                $"A device gave back chain {head} of {Size} with {length} bytes written."
            );
        }
        Chain chain = chains[head];
        chains[head] = default;
        taken++;
        ushort last = (ushort)head;
        for (int i = 1; i < chain.Count; i++)
        {
            last = descriptors[last].Next;
        }
        descriptors[last].Next = firstFree;
        firstFree = (ushort)head;
        Free += chain.Count;
        token = chain.Token;
        written = (int)length;
        return true;
    }

    /// <summary>Asks to be interrupted for the next used chain.</summary>
    /// <returns>True when one has come meanwhile: look again, for no interrupt may come for it.</returns>
    public bool Arm()
    {
        if (hasEvents)
        {
            Volatile.Write(ref UsedEvent, taken);
        }
        else
        {
            Volatile.Write(ref AvailableFlags, 0);
        }
        // Full fence: the wish is stored before we look a last time.
        Interlocked.MemoryBarrier();
        return Volatile.Read(ref UsedIndex) != taken;
    }

    /// <summary>Asks not to be interrupted. The device may do so all the same.</summary>
    public void Disarm()
    {
        if (hasEvents)
        {
            // An index that the device has passed already.
            Volatile.Write(ref UsedEvent, (ushort)(taken - 1));
        }
        else
        {
            Volatile.Write(ref AvailableFlags, NoInterrupt);
        }
    }

    /// <summary>Makes it as new: the device has been reset, and knows of no chain any more.</summary>
    internal void Clear()
    {
        frame.Span.Clear();
        Array.Clear(chains);
        for (ushort i = 0; i < Size; i++)
        {
            descriptors[i].Next = (ushort)(i + 1);
        }
        Free = Size;
        firstFree = 0;
        published = 0;
        filled = 0;
        taken = 0;
    }

    /// <summary>Gives its memory back; the device must have been stopped.</summary>
    public void Dispose() => frame.Dispose();

    [StructLayout(LayoutKind.Sequential)]
    private struct Descriptor
    {
        public ulong Address;
        public uint Length;
        public ushort Flags;

        // While free: the next free one; the driver alone reads it then.
        public ushort Next;
    }

    private readonly record struct Chain(int Token, int Count, uint Writable, bool IsUnderWay);
}
