namespace Cosmos.Multikernel.Tests.Simulation.Machines;

/// <summary>The memory of all frames of a simulated machine, by physical address: what devices read and write.</summary>
internal sealed unsafe class SimulatedMemory
{
    private readonly Dictionary<ulong, (nint Start, long Length)> frames = [];
    private ulong lastFrame;

    /// <summary>
    /// How far frames are from each other, as a power of two: so far that what goes past the end of one does not reach another, and
    /// that all are above 4 GB, unless a device's test wants them below.
    /// </summary>
    public int Distance { get; set; } = 32;

    /// <summary>Frames that somebody holds, or that are on their way.</summary>
    public int FramesAlive => frames.Count;

    /// <summary>A physical address for a new frame.</summary>
    public ulong NextAddress() => ++lastFrame << Distance;

    public void Add(ulong address, nint start, long length) => frames.Add(address, (start, length));

    public void Remove(ulong address) => frames.Remove(address);

    /// <summary>Memory as a device finds it.</summary>
    /// <exception cref="InvalidOperationException">No frame is there any more: the device would reach somebody else's memory.</exception>
    public Span<byte> At(ulong address, int length)
    {
        ulong frame = address >> Distance << Distance;
        long offset = (long)(address - frame);
        return
            frames.TryGetValue(frame, out (nint Start, long Length) found)
            && offset + length <= found.Length
            ? new Span<byte>((void*)(found.Start + (nint)offset), length)
            : throw new InvalidOperationException(
                $"A device touched {length} bytes at 0x{address:x}, where no frame is."
            );
    }
}
