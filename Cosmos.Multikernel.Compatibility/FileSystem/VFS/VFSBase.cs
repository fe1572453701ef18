using Cosmos.System.FileSystem.Listing;

namespace Cosmos.System.FileSystem.VFS;

/// <summary>What <see cref="VFSManager"/> asks. System.IO does not: it goes straight to the files.</summary>
public abstract class VFSBase
{
    public static char DirectorySeparatorChar => '\\';

    public static char AltDirectorySeparatorChar => '/';

    public static char VolumeSeparatorChar => ':';

    /// <summary>Begins, and says nothing: older kernels call it themselves.</summary>
    public void Initialize() => Initialize(aShowInfo: false);

    /// <summary>Begins: called when it is registered.</summary>
    public abstract void Initialize(bool aShowInfo);

    public abstract DirectoryEntry CreateFile(string aPath);

    public abstract DirectoryEntry CreateDirectory(string aPath);

    /// <summary>Removes a file; false when it cannot be.</summary>
    public abstract bool DeleteFile(DirectoryEntry aPath);

    /// <summary>Removes an empty directory; false when it cannot be.</summary>
    public abstract bool DeleteDirectory(DirectoryEntry aPath);

    /// <summary>Finds a directory; null when there is none.</summary>
    public abstract DirectoryEntry? GetDirectory(string aPath);

    /// <summary>Finds a file; null when there is none.</summary>
    public abstract DirectoryEntry? GetFile(string aPath);

    public abstract List<DirectoryEntry> GetDirectoryListing(string aPath);

    public abstract List<DirectoryEntry> GetDirectoryListing(DirectoryEntry aEntry);

    public abstract DirectoryEntry? GetVolume(string aVolume);

    public abstract List<DirectoryEntry> GetVolumes();

    public abstract List<Disk> GetDisks();

    public abstract FileAttributes GetFileAttributes(string aPath);

    public abstract void SetFileAttributes(string aPath, FileAttributes fileAttributes);

    public abstract bool IsValidDriveId(string driveId);

    public abstract long GetTotalSize(string aDriveId);

    public abstract long GetAvailableFreeSpace(string aDriveId);

    public abstract long GetTotalFreeSpace(string aDriveId);

    public abstract string GetFileSystemType(string aDriveId);

    public abstract string GetFileSystemLabel(string aDriveId);

    public abstract void SetFileSystemLabel(string aDriveId, string aLabel);
}
