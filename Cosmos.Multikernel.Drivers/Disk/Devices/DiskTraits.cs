namespace Cosmos.Multikernel.Drivers.Disk.Devices;

/// <summary>What a disk can do, as its controller found out.</summary>
/// <param name="Geometry">Size and properties.</param>
/// <param name="MostBytes">Longest request: a multiple of the block size.</param>
/// <param name="HasCache">Completed writes may be in a cache that loses them with the power: it wants to be flushed.</param>
/// <param name="HasForceUnitAccess">Single writes can pass that cache by.</param>
/// <param name="CanPark">It wants to be told before the power goes (<see cref="DiskOperation.Park"/>).</param>
public sealed record DiskTraits(
    BlockGeometry Geometry,
    int MostBytes,
    bool HasCache,
    bool HasForceUnitAccess = false,
    bool CanPark = false
);
