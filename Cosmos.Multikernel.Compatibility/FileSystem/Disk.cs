using Cosmos.HAL.BlockDevice;
using Cosmos.Multikernel.Compatibility.NotThere;
using Cosmos.Multikernel.Files;

namespace Cosmos.System.FileSystem;

/// <summary>
/// A disk to look at: the machine's tree of files, in one partition. Real disks are their driver cores' alone (docs/file-systems.md), so
/// nothing here changes one.
/// </summary>
public sealed class Disk
{
    internal const string NoChange =
        "Drive 0 is the machine's tree of files, which other instances use: it is not partitioned or formatted from a kernel.";

    internal Disk() { }

    /// <summary>Bytes.</summary>
    public long Size => new DriveInfo(Drive.Root).TotalSize;

    /// <summary>No: the tree is no disk with a partition table.</summary>
    public bool IsMBR => false;

    /// <summary>The one partition.</summary>
    public List<ManagedPartition> Partitions { get; } = [new ManagedPartition()];

    /// <summary>Does nothing: it is mounted.</summary>
    public void Mount() { }

    /// <summary>Does nothing: it is mounted.</summary>
    public void MountPartition(int index) { }

    /// <summary>Writes what there is to the console.</summary>
    public void DisplayInformation()
    {
        DriveInfo drive = new(Drive.Root);
        Console.WriteLine($"{DrivePaths.Root} {drive.DriveFormat}, {drive.TotalSize >> 20} MB");
    }

    /// <summary>Refused.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public void CreatePartition(int size) => throw new NotSupportedException(NoChange);

    /// <summary>Refused.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public void DeletePartition(int index) => throw new NotSupportedException(NoChange);

    /// <summary>Refused.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public void FormatPartition(int index, string format, bool quick = true) =>
        throw new NotSupportedException(NoChange);

    /// <summary>Refused.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public void Clear() => throw new NotSupportedException(NoChange);
}

/// <summary>A partition to look at.</summary>
public sealed class ManagedPartition
{
    internal ManagedPartition() { }

    /// <summary>The drive that it is.</summary>
    public string RootPath => DrivePaths.Root;

    /// <summary>Not there: what the tree lies on is the disk drivers'.</summary>
    [Obsolete(Missing.Disks, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public Partition? Host => null;

    /// <summary>Yes.</summary>
    public bool HasFileSystem => true;

    /// <summary>Does nothing: it is mounted.</summary>
    public void Mount() { }

    /// <summary>Refused.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public void Format(string aDriveFormat, bool aQuick = true) =>
        throw new NotSupportedException(Disk.NoChange);
}
