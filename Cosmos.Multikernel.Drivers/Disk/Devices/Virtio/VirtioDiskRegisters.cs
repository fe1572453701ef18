using Cosmos.Multikernel.Drivers.Registers;
using Cosmos.Multikernel.Drivers.Virtio;

namespace Cosmos.Multikernel.Drivers.Disk.Devices.Virtio;

/// <summary>What a virtio block device says of itself.</summary>
[DeviceRegisters("Virtio 1.2, section 5.2.4")]
internal sealed partial class VirtioDiskRegisters
{
    /// <summary>In units of 512 bytes, whatever the block size is.</summary>
    [Register(0)]
    public partial uint CapacityLow { get; }

    [Register(4)]
    public partial uint CapacityHigh { get; }

    /// <summary>Longest piece of memory in a request; with <see cref="VirtioDiskFeatures.LongestSegment"/>.</summary>
    [Register(8)]
    public partial uint LongestSegment { get; }

    /// <summary>Bytes of a block; with <see cref="VirtioDiskFeatures.BlockSize"/>.</summary>
    [Register(20)]
    public partial uint BlockSize { get; }
}

/// <summary>Features of this kind of device (section 5.2.3).</summary>
internal static class VirtioDiskFeatures
{
    public const VirtioFeatures LongestSegment = (VirtioFeatures)(1UL << 1);
    public const VirtioFeatures ReadOnly = (VirtioFeatures)(1UL << 5);
    public const VirtioFeatures BlockSize = (VirtioFeatures)(1UL << 6);

    /// <summary>It has a cache that can be flushed; without this, what has completed is on the medium.</summary>
    public const VirtioFeatures Flush = (VirtioFeatures)(1UL << 9);

    public const VirtioFeatures All = LongestSegment | ReadOnly | BlockSize | Flush;
}
