using System.Buffers;
using Cosmos.Multikernel.Abi;

namespace Cosmos.Multikernel.Capabilities;

/// <summary>
/// Contiguous pages of memory that can be sent to another instance whole, without copying, and given to devices by physical
/// address. From its core's memory, zeroed, and counted as its allocator's until it is freed, wherever that happens.
/// </summary>
/// <remarks>
/// One instance at a time has it. A frame with copies or parts (<see cref="Copy"/>, <see cref="Mint"/>) cannot be sent before
/// all but one of them are disposed of.
/// </remarks>
public sealed unsafe class Frame : Capability
{
    private readonly ulong length;
    private FrameMemory? memory;
    private nint address;

    internal Frame(CapabilityStore store, long number, in CapabilityDescription description)
        : base(store, number)
    {
        PhysicalAddress = description.Start;
        length = description.Length;
        Home = (int)description.Home;
        GrantedRights = description.Rights;
    }

    /// <summary>Length in bytes; a multiple of 4096.</summary>
    public int Length => (int)length;

    /// <summary>Where a device finds its first byte. Hosted: a number that tells frames apart.</summary>
    public ulong PhysicalAddress { get; }

    /// <summary>The core whose memory it is.</summary>
    public int Home { get; }

    /// <summary>What may be done with it.</summary>
    public CapabilityRights GrantedRights { get; }

    /// <summary>Where it is mapped; maps it, with all rights it has, when it is not.</summary>
    /// <exception cref="NoMemoryForCapabilityException">There is no memory for its page tables.</exception>
    public nint Address
    {
        get
        {
            long number = Number;
            if (address == 0)
            {
                address = (nint)
                    CapabilityErrors.Check(Store.Map(number, GrantedRights), "map a frame");
            }
            return address;
        }
    }

    /// <summary>Its bytes, to be written as well; see <see cref="ReadOnlySpan"/>.</summary>
    /// <exception cref="CapabilityDeniedException">It may only be read.</exception>
    public Span<byte> Span
    {
        get
        {
            if ((GrantedRights & CapabilityRights.Write) == 0)
            {
                throw new CapabilityDeniedException(
                    "Not allowed to write to the frame: it is read-only.",
                    CapabilityErrors.Denied
                );
            }
            return new((void*)Address, Length);
        }
    }

    /// <summary>
    /// Its bytes. Not to be used after the frame was disposed of or sent. A span does not keep its frame alive: hold the frame
    /// (by <c>using</c>, say) for as long as the span is used.
    /// </summary>
    public ReadOnlySpan<byte> ReadOnlySpan => new((void*)Address, Length);

    /// <summary>Its bytes, for what reads and writes asynchronously; checks at every use that the frame is still here.</summary>
    public Memory<byte> Memory => (memory ??= new FrameMemory(this)).Memory;

    /// <summary>Allocates a frame of this core's memory, zeroed.</summary>
    /// <param name="bytes">1 to 2 MB; rounded up to whole pages.</param>
    /// <param name="alignment">4096, or 2 MB: then it is 2 MB long.</param>
    /// <exception cref="NoMemoryForCapabilityException">Neither the core nor the limit has so much left in one piece.</exception>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public static Frame Allocate(long bytes, long alignment = (long)CapabilityLimits.SmallAlignment)
    {
        CapabilityStore store = EventLoop.PlatformHere.Capabilities;
        long number = CapabilityErrors.Check(
            store.AllocateFrame(bytes, alignment),
            $"allocate a frame of {bytes} bytes"
        );
        return (Frame)Adopt(store, number);
    }

    /// <summary>Another capability for the same memory.</summary>
    public Frame Copy() =>
        (Frame)Adopt(
            Store,
            CapabilityErrors.Check(Store.Copy(Number), "copy a frame's capability")
        );

    /// <summary>A capability for a part of it, with fewer rights if wanted.</summary>
    /// <param name="offset">First byte; a multiple of 4096.</param>
    /// <param name="bytes">How many; a multiple of 4096.</param>
    /// <param name="rights">At most this one's.</param>
    /// <exception cref="CapabilityDeniedException">More rights than this one has.</exception>
    /// <exception cref="ArgumentException">Not whole pages within it.</exception>
    public Frame Mint(long offset, long bytes, CapabilityRights rights)
    {
        MintRequest request = new()
        {
            Type = CapabilityType.Frame,
            Rights = rights,
            Start = PhysicalAddress + (ulong)offset,
            Length = (ulong)bytes,
        };
        return (Frame)Adopt(
            Store,
            CapabilityErrors.Check(Store.Mint(Number, in request), "mint a part of a frame")
        );
    }

    /// <summary>Takes the mapping away; the frame stays.</summary>
    public void Unmap()
    {
        if (address != 0)
        {
            CapabilityErrors.Check(Store.Unmap(Number), "unmap a frame");
            address = 0;
        }
    }

    private protected override void OnMoved() => address = 0;

    private sealed class FrameMemory(Frame frame) : MemoryManager<byte>
    {
        public override Span<byte> GetSpan() => frame.Span;

        public override MemoryHandle Pin(int elementIndex = 0) =>
            new((byte*)frame.Address + elementIndex);

        public override void Unpin() { }

        protected override void Dispose(bool disposing) { }
    }
}
