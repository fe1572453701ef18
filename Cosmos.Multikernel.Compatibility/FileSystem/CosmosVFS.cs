using Cosmos.Multikernel.Files;
using Cosmos.System.FileSystem.Listing;
using Cosmos.System.FileSystem.VFS;

namespace Cosmos.System.FileSystem;

/// <summary>
/// The files of the machine as drive 0 (<see cref="DrivePaths"/>). They are there whether this is registered or not; System.IO takes the
/// same paths.
/// </summary>
public class CosmosVFS : VFSBase
{
    private const string NoLabel =
        "Drive 0 has no label that could be changed: it is the machine's tree of files.";

    /// <summary>The one disk: the tree.</summary>
    public List<Disk> Disks { get; } = [new Disk()];

    /// <inheritdoc/>
    public override void Initialize(bool aShowInfo)
    {
        Drive.Prepare();
        if (aShowInfo)
        {
            DriveInfo drive = Volume(DrivePaths.Root);
            Console.WriteLine(
                $"{DrivePaths.Root} {drive.DriveFormat}, {drive.AvailableFreeSpace >> 20} of {drive.TotalSize >> 20} MB free"
            );
        }
    }

    /// <summary>Makes an empty file, and the directories that lead to it; one that is there stays as it is.</summary>
    public override DirectoryEntry CreateFile(string aPath)
    {
        string full = Drive.Resolve(aPath);
        Directory.CreateDirectory(Path.GetDirectoryName(full) ?? Drive.Root);
        File.Open(full, FileMode.OpenOrCreate).Dispose();
        return new DirectoryEntry(new FileInfo(full));
    }

    /// <summary>Makes a directory, and those that lead to it.</summary>
    public override DirectoryEntry CreateDirectory(string aPath) =>
        new(Directory.CreateDirectory(Drive.Resolve(aPath)));

    /// <inheritdoc/>
    public override bool DeleteFile(DirectoryEntry aPath) =>
        Try(static entry => File.Delete(entry.FullName), aPath);

    /// <inheritdoc/>
    public override bool DeleteDirectory(DirectoryEntry aPath) =>
        Try(static entry => Directory.Delete(entry.FullName), aPath);

    /// <inheritdoc/>
    public override DirectoryEntry? GetDirectory(string aPath)
    {
        DirectoryInfo directory = new(Drive.Resolve(aPath));
        return directory.Exists ? new DirectoryEntry(directory) : null;
    }

    /// <inheritdoc/>
    public override DirectoryEntry? GetFile(string aPath)
    {
        FileInfo file = new(Drive.Resolve(aPath));
        return file.Exists ? new DirectoryEntry(file) : null;
    }

    /// <summary>What is in a directory, by name.</summary>
    /// <exception cref="DirectoryNotFoundException">There is none.</exception>
    public override List<DirectoryEntry> GetDirectoryListing(string aPath) =>
        [
            .. new DirectoryInfo(Drive.Resolve(aPath))
                .EnumerateFileSystemInfos()
                .OrderBy(static info => info.Name, StringComparer.Ordinal)
                .Select(static info => new DirectoryEntry(info)),
        ];

    /// <inheritdoc/>
    public override List<DirectoryEntry> GetDirectoryListing(DirectoryEntry aEntry)
    {
        ArgumentNullException.ThrowIfNull(aEntry);
        return GetDirectoryListing(aEntry.mFullPath);
    }

    /// <inheritdoc/>
    public override DirectoryEntry? GetVolume(string aVolume) =>
        IsValidDriveId(aVolume) ? new DirectoryEntry(new DirectoryInfo(Drive.Root)) : null;

    /// <inheritdoc/>
    public override List<DirectoryEntry> GetVolumes() => [GetVolume(DrivePaths.Root)!];

    /// <inheritdoc/>
    public override List<Disk> GetDisks() => Disks;

    /// <inheritdoc/>
    public override FileAttributes GetFileAttributes(string aPath) =>
        File.GetAttributes(Drive.Resolve(aPath));

    /// <inheritdoc/>
    public override void SetFileAttributes(string aPath, FileAttributes fileAttributes) =>
        File.SetAttributes(Drive.Resolve(aPath), fileAttributes);

    /// <summary>Whether a text names the drive: <c>0</c>, <c>0:</c>, <c>0:\</c>.</summary>
    public override bool IsValidDriveId(string driveId) =>
        driveId is not null && driveId.TrimEnd('\\', '/').TrimEnd(':') == "0";

    /// <inheritdoc/>
    public override long GetTotalSize(string aDriveId) => Volume(aDriveId).TotalSize;

    /// <inheritdoc/>
    public override long GetAvailableFreeSpace(string aDriveId) =>
        Volume(aDriveId).AvailableFreeSpace;

    /// <inheritdoc/>
    public override long GetTotalFreeSpace(string aDriveId) => Volume(aDriveId).TotalFreeSpace;

    /// <inheritdoc/>
    public override string GetFileSystemType(string aDriveId) => Volume(aDriveId).DriveFormat;

    /// <summary>A label: the drive's own name, for the tree has none.</summary>
    public override string GetFileSystemLabel(string aDriveId)
    {
        _ = Volume(aDriveId);
        return DrivePaths.Root;
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override void SetFileSystemLabel(string aDriveId, string aLabel) =>
        throw new NotSupportedException(NoLabel);

    /// <summary>Refused: drive 0 is the machine's tree, which others use.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public void Format(string aDriveId, string aDriveFormat, bool aQuick) =>
        throw new NotSupportedException(Disk.NoChange);

    private static bool Try(Action<DirectoryEntry> act, DirectoryEntry entry)
    {
        try
        {
            act(entry);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private DriveInfo Volume(string id)
    {
        string path = IsValidDriveId(id) ? Drive.Root : Drive.Resolve(id);
        return new DriveInfo(path);
    }
}
