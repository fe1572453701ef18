using Cosmos.Multikernel.Drivers.Disk;
using Cosmos.Multikernel.Drivers.Disk.Partitions;
using Cosmos.Multikernel.Drivers.FileSystems.Fat;
using Cosmos.Multikernel.Drivers.FileSystems.Iso9660;

namespace Cosmos.Multikernel.Drivers.FileSystems.Service;

/// <summary>
/// Mounts what is on disks: each file system that is known here on a directory at the root that is called as its device, such as
/// <c>/disk0</c> for an undivided disk and <c>/disk0p1</c> for a partition.
/// </summary>
/// <param name="tree">Where to.</param>
/// <param name="report">Told of what is mounted, and of what cannot be and why.</param>
public sealed class DiskMounter(MountTree tree, Action<string> report)
{
    private const ushort Everything = 0x1ff;

    /// <summary>Mounts all file systems of a disk. What cannot be mounted is reported; the rest is.</summary>
    public async Task MountAsync(BlockDevice disk)
    {
        if (IsOptical(disk.Geometry))
        {
            await MountVolumeAsync(disk);
            return;
        }
        try
        {
            PartitionTable table = await PartitionTable.ReadAsync(disk);
            foreach (string warning in table.Warnings)
            {
                report(warning);
            }
            foreach (Partition partition in table.Partitions)
            {
                await MountVolumeAsync(new PartitionDevice(disk, partition));
            }
        }
        catch (Exception exception)
            when (exception is PartitionTableException or BlockDeviceException)
        {
            report(exception.Message);
        }
    }

    // What looks like a table of partitions on an optical medium is for a copy of it on a stick, and counts in other blocks.
    private static bool IsOptical(BlockGeometry geometry) =>
        geometry is { IsRemovable: true, IsReadOnly: true, BlockSize: IsoVolume.SectorSize };

    private async Task MountVolumeAsync(BlockDevice device)
    {
        try
        {
            FileSystem volume = await OpenAsync(device);
            string path = "/" + device.Name;
            FileSystem root = tree.Mounts[0].FileSystem;
            await root.CreateAsync(root.Root, device.Name, FileKind.Directory, Everything);
            await tree.MountAsync(path, volume);
            report(
                $"{path}: {volume.Type}{(volume.IsReadOnly ? ", read-only" : "")}{(volume is FatVolume { WasDirty: true } ? ", not unmounted in order the last time" : "")}"
            );
        }
        catch (Exception exception) when (exception is FileSystemException or BlockDeviceException)
        {
            report(exception.Message);
        }
    }

    // What says of itself that it is no file system of a kind may be one of another.
    private static async Task<FileSystem> OpenAsync(BlockDevice device)
    {
        try
        {
            return await FatVolume.MountAsync(device);
        }
        catch (FileSystemException fat) when (fat.Error == FileError.Invalid)
        {
            try
            {
                return await IsoVolume.MountAsync(device);
            }
            catch (FileSystemException iso) when (iso.Error == FileError.Invalid)
            {
                throw new FileSystemException(
                    FileError.Invalid,
                    $"{fat.Message.TrimEnd('.')}; {iso.Message}"
                );
            }
        }
    }
}
