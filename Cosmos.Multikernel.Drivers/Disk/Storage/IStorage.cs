using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Drivers.Disk.Storage;

/// <summary>
/// What the driver of a disk controller tells everybody, under the name that <see cref="StorageNames.Controller"/> says: so who looks for
/// disks knows when it has seen all. Each disk is an <see cref="IBlockDevice"/> under its own name.
/// </summary>
[MessageInterface(Service = "storage")]
public interface IStorage
{
    /// <summary>The names of the controller's disks.</summary>
    ValueTask<string[]> GetDisksAsync();

    /// <summary>
    /// The power is about to go: all that was written is brought to the media, and the disks are told. They work again when they are asked for
    /// something.
    /// </summary>
    /// <returns>What could not be done, in words; nothing when all was.</returns>
    ValueTask<string[]> ParkAsync();
}
