using Cosmos.Multikernel;
using Cosmos.Multikernel.Files;

namespace Cosmos.System.FileSystem;

/// <summary>
/// Drive 0 as a folder for System.IO: the whole tree on the metal; hosted, where the tree is Linux's and not the kernel's to play with,
/// the folder that <c>COSMOS_DRIVE</c> names, or else <c>drive0</c> in the current directory.
/// </summary>
internal static class Drive
{
    private const string HostedVariable = "COSMOS_DRIVE";
    private const string HostedFolder = "drive0";

    /// <summary>Where it is; without a slash at its end, so that the tree's root is nothing.</summary>
    public static string Folder { get; set; } = Instance.IsHosted ? HostedPlace() : "";

    /// <summary>The folder itself as System.IO wants it.</summary>
    public static string Root => Folder.Length == 0 ? "/" : Folder;

    /// <summary>A path as kernels write it, as System.IO wants it.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    /// <exception cref="DriveNotFoundException">It is on another drive.</exception>
    public static string Resolve(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!DrivePaths.TryGetTreePath(path, out string inTree))
        {
            throw new DriveNotFoundException($"'{path}': there is no drive but 0.");
        }
        // ".." is followed first: hosted it must not lead out of the folder. A directory is the same with a slash at its end.
        string full = Path.GetFullPath(inTree);
        return Path.TrimEndingDirectorySeparator(inTree[0] == '/' ? Folder + full : full);
    }

    /// <summary>The path of drive 0 that System.IO's path is.</summary>
    public static string NameOf(string full) => DrivePaths.FromTreePath(full[Folder.Length..]);

    /// <summary>Makes sure that there are files at all.</summary>
    /// <exception cref="IOException">There are none.</exception>
    public static void Prepare()
    {
        if (Instance.IsHosted)
        {
            Directory.CreateDirectory(Root);
        }
        else if (!Directory.Exists(Root))
        {
            throw new IOException(
                "No instance of this image serves files: the kernel project needs "
                    + "<KernelInstance Include=\"files\" Part=\"DiskCore\" Cores=\"0\" Memory=\"64M\" />."
            );
        }
    }

    private static string HostedPlace() =>
        Path.GetFullPath(
                Environment.GetEnvironmentVariable(HostedVariable) is { Length: > 0 } given
                    ? given
                    : HostedFolder
            )
            .TrimEnd('/');
}
