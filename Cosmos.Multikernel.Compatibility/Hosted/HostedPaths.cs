using Cosmos.Multikernel.Files;
using Cosmos.System.FileSystem;

namespace Cosmos.Multikernel.Compatibility.Hosted;

/// <summary>
/// Drive 0 in paths of Linux and back. The build puts the calls around those of System.IO in a hosted kernel's own code
/// (docs/cosmos-compatibility.md).
/// </summary>
public static class HostedPaths
{
    private static bool isPrepared;

    /// <summary>A path for Linux's System.IO. One without a drive stays where it was; a backslash is a slash.</summary>
    public static string? ToLinux(string? path)
    {
        if (string.IsNullOrEmpty(path) || !DrivePaths.TryGetTreePath(path, out string inTree))
        {
            // A drive that does not exist: Linux finds nothing under such a name either.
            return path;
        }
        if (!HasDrive(path))
        {
            return inTree;
        }
        if (!isPrepared)
        {
            Drive.Prepare();
            isPrepared = true;
        }
        return Drive.Resolve(path);
    }

    /// <summary>The same for a drive's name: <c>0</c> and <c>0:</c> will do.</summary>
    public static string? DriveToLinux(string? name) =>
        name is "0" ? ToLinux(DrivePaths.Root) : ToLinux(name);

    /// <summary>A path of Linux as one of drive 0, if it is on it.</summary>
    public static string? FromLinux(string? path) =>
        path is not null
        && (path == Drive.Folder || path.StartsWith(Drive.Folder + "/", StringComparison.Ordinal))
            ? Drive.NameOf(path)
            : path;

    /// <summary>The same for several.</summary>
    public static string[] FromLinux(string[] paths) =>
        [.. paths.Select(static path => FromLinux(path)!)];

    /// <summary>The same for several.</summary>
    public static IEnumerable<string> FromLinux(IEnumerable<string> paths) =>
        paths.Select(static path => FromLinux(path)!);

    /// <summary>Whether a path says on which drive it is.</summary>
    internal static bool HasDrive(string path) =>
        !DrivePaths.TryGetTreePath(path, out string inTree) || inTree != path.Replace('\\', '/');
}
