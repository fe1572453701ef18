using Cosmos.System.FileSystem.Listing;

namespace Cosmos.System.FileSystem.VFS;

/// <summary>Files by the file system that was registered.</summary>
public static class VFSManager
{
    private const int LongestPath = 4095;

    private static VFSBase? registered;

    private static VFSBase Registered =>
        registered
        ?? throw new InvalidOperationException(
            "No file system is registered: call VFSManager.RegisterVFS first."
        );

    /// <summary>Registers a file system and lets it begin.</summary>
    /// <param name="aVFS">A <see cref="CosmosVFS"/>.</param>
    /// <param name="aShowInfo">Whether it tells the console what it found.</param>
    /// <param name="aAllowReinitialise">Whether another may take the place of the one that is registered.</param>
    /// <exception cref="InvalidOperationException">One is registered already.</exception>
    /// <exception cref="IOException">There are no files.</exception>
    public static void RegisterVFS(
        VFSBase aVFS,
        bool aShowInfo = true,
        bool aAllowReinitialise = false
    )
    {
        ArgumentNullException.ThrowIfNull(aVFS);
        if (registered is not null && !aAllowReinitialise)
        {
            throw new InvalidOperationException("A file system is registered already.");
        }
        aVFS.Initialize(aShowInfo);
        registered = aVFS;
    }

    public static DirectoryEntry CreateFile(string aPath) => Registered.CreateFile(aPath);

    public static DirectoryEntry CreateDirectory(string aPath) => Registered.CreateDirectory(aPath);

    /// <summary>Removes a file.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="IOException">It cannot be removed.</exception>
    public static void DeleteFile(string aPath)
    {
        DirectoryEntry file =
            Registered.GetFile(aPath)
            ?? throw new FileNotFoundException($"There is no file {aPath}.", aPath);
        if (!Registered.DeleteFile(file))
        {
            throw new IOException($"{aPath} cannot be removed.");
        }
    }

    /// <summary>Removes a directory.</summary>
    /// <exception cref="DirectoryNotFoundException">There is none.</exception>
    /// <exception cref="IOException">It is not empty, or cannot be removed.</exception>
    public static void DeleteDirectory(string aPath, bool recursive)
    {
        DirectoryEntry directory =
            Registered.GetDirectory(aPath)
            ?? throw new DirectoryNotFoundException($"There is no directory {aPath}.");
        List<DirectoryEntry> inside = Registered.GetDirectoryListing(directory);
        if (inside.Count > 0 && !recursive)
        {
            throw new IOException($"Directory {aPath} is not empty.");
        }
        foreach (DirectoryEntry entry in inside)
        {
            if (entry.mEntryType == DirectoryEntryTypeEnum.Directory)
            {
                DeleteDirectory(entry.mFullPath, recursive);
            }
            else
            {
                DeleteFile(entry.mFullPath);
            }
        }
        if (!Registered.DeleteDirectory(directory))
        {
            throw new IOException($"{aPath} cannot be removed.");
        }
    }

    public static DirectoryEntry? GetFile(string aPath) => Registered.GetFile(aPath);

    public static DirectoryEntry? GetDirectory(string aPath) => Registered.GetDirectory(aPath);

    public static List<DirectoryEntry> GetDirectoryListing(string aPath) =>
        Registered.GetDirectoryListing(aPath);

    public static DirectoryEntry? GetVolume(string aVolume) => Registered.GetVolume(aVolume);

    public static List<DirectoryEntry> GetVolumes() => Registered.GetVolumes();

    public static List<Disk> GetDisks() => Registered.GetDisks();

    public static List<string> GetLogicalDrives() =>
        [.. GetVolumes().Select(static volume => volume.mFullPath)];

    public static bool FileExists(string aPath) =>
        !string.IsNullOrEmpty(aPath) && Registered.GetFile(aPath) is not null;

    public static bool FileExists(DirectoryEntry aEntry) => FileExists(aEntry.mFullPath);

    public static bool DirectoryExists(string aPath) =>
        !string.IsNullOrEmpty(aPath) && Registered.GetDirectory(aPath) is not null;

    public static bool DirectoryExists(DirectoryEntry aEntry) => DirectoryExists(aEntry.mFullPath);

    public static string GetFullPath(DirectoryEntry aEntry) => aEntry.mFullPath;

    /// <summary>Opens a file to read and write.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public static Stream GetFileStream(string aPathname) =>
        (
            GetFile(aPathname)
            ?? throw new FileNotFoundException($"There is no file {aPathname}.", aPathname)
        ).GetFileStream();

    public static FileAttributes GetFileAttributes(string aPath) =>
        Registered.GetFileAttributes(aPath);

    public static void SetFileAttributes(string aPath, FileAttributes fileAttributes) =>
        Registered.SetFileAttributes(aPath, fileAttributes);

    public static bool IsValidDriveId(string aPath) => Registered.IsValidDriveId(aPath);

    public static long GetTotalSize(string aDriveId) => Registered.GetTotalSize(aDriveId);

    public static long GetAvailableFreeSpace(string aDriveId) =>
        Registered.GetAvailableFreeSpace(aDriveId);

    public static long GetTotalFreeSpace(string aDriveId) => Registered.GetTotalFreeSpace(aDriveId);

    public static string GetFileSystemType(string aDriveId) =>
        Registered.GetFileSystemType(aDriveId);

    public static string GetFileSystemLabel(string aDriveId) =>
        Registered.GetFileSystemLabel(aDriveId);

    public static void SetFileSystemLabel(string aDriveId, string aLabel) =>
        Registered.SetFileSystemLabel(aDriveId, aLabel);

    /// <summary>Refused.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public static void Format(string aDriveId, string aDriveFormat, bool aQuick) =>
        throw new NotSupportedException(Disk.NoChange);

    public static char GetDirectorySeparatorChar() => VFSBase.DirectorySeparatorChar;

    public static char GetAltDirectorySeparatorChar() => VFSBase.AltDirectorySeparatorChar;

    public static char GetVolumeSeparatorChar() => VFSBase.VolumeSeparatorChar;

    /// <summary>The longest path.</summary>
    public static int GetMaxPath() => LongestPath;

    /// <summary>A path's names, the drive first.</summary>
    public static string[] SplitPath(string aPath) =>
        aPath.Split(['\\', '/'], StringSplitOptions.RemoveEmptyEntries);
}
