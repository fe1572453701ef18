using Cosmos.Multikernel.Capabilities;

namespace Cosmos.Multikernel.Drivers.Disk.Devices;

/// <summary>What a disk is asked to do.</summary>
public enum DiskOperation
{
    /// <summary>Blocks go from the medium to memory.</summary>
    Read,

    /// <summary>Blocks go from memory to the medium.</summary>
    Write,

    /// <summary>What completed writes have written goes from the disk's cache to the medium.</summary>
    Flush,

    /// <summary>
    /// The disk gets ready for the power to go: what it holds only in memory goes to the medium, heads go where they are safe. It works
    /// again when it is asked for something.
    /// </summary>
    Park,
}

/// <summary>
/// One request as a controller gets it: within the disk, at most as long as the controller said it takes, its memory in one
/// piece and at rest until the request has completed.
/// </summary>
/// <param name="Operation">What to do.</param>
/// <param name="Unit">Which of the disks behind the queue, as <see cref="DiskUnit.Number"/>.</param>
/// <param name="Block">The first block.</param>
/// <param name="Memory">Where the data are; null where there are none.</param>
/// <param name="Offset">Where in it they begin: a multiple of 512.</param>
/// <param name="Length">How many bytes: whole blocks.</param>
/// <param name="ForceUnitAccess">A write that has completed must be on the medium; only for disks that have this.</param>
public readonly record struct DiskRequest(
    DiskOperation Operation,
    int Unit,
    long Block = 0,
    Frame? Memory = null,
    int Offset = 0,
    int Length = 0,
    bool ForceUnitAccess = false
)
{
    /// <summary>Where the device finds the data.</summary>
    public ulong Address => Memory!.PhysicalAddress + (uint)Offset;

    /// <summary>The data, for controllers that move them by the processor.</summary>
    public Span<byte> Span => Memory!.Span.Slice(Offset, Length);
}
