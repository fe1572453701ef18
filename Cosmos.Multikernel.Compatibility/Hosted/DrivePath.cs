using Cosmos.Multikernel.Compatibility.Plugs;

namespace Cosmos.Multikernel.Compatibility.Hosted;

/// <summary>
/// <see cref="Path"/> for paths with drives and backslashes, in the place of .NET's in a hosted kernel's own code. On an image .NET's own
/// does the same, by <see cref="PathPlug"/> and <see cref="PathInternalPlug"/>.
/// </summary>
public static class DrivePath
{
    public static string Combine(string path1, string path2)
    {
        ArgumentNullException.ThrowIfNull(path1);
        ArgumentNullException.ThrowIfNull(path2);
        return path2.Length == 0 ? path1
            : path1.Length == 0 || IsPathRooted(path2) ? path2
            : PathPlug.JoinInternal(path1, path2);
    }

    public static string Combine(string path1, string path2, string path3) =>
        Combine(Combine(path1, path2), path3);

    public static string Combine(string path1, string path2, string path3, string path4) =>
        Combine(Combine(path1, path2, path3), path4);

    public static string Combine(params string[] paths) => paths.Aggregate("", Combine);

    public static string? GetFileName(string? path) =>
        path is null ? null : PathPlug.GetFileName(path).ToString();

    public static string? GetFileNameWithoutExtension(string? path) =>
        Path.GetFileNameWithoutExtension(GetFileName(path));

    public static string? GetExtension(string? path) => Path.GetExtension(GetFileName(path));

    public static bool HasExtension(string? path) => Path.HasExtension(GetFileName(path));

    public static string? ChangeExtension(string? path, string? extension)
    {
        if (path is null)
        {
            return null;
        }
        string name = GetFileName(path)!;
        return path[..^name.Length] + Path.ChangeExtension(name, extension);
    }

    /// <summary>What leads to the last name; null for a root.</summary>
    public static string? GetDirectoryName(string? path)
    {
        int root = path is null ? 0 : PathInternalPlug.GetRootLength(path);
        if (path is null || path.Length <= root)
        {
            return null;
        }
        int end = path.Length - PathPlug.GetFileName(path).Length;
        while (end > root && PathInternalPlug.IsDirectorySeparator(path[end - 1]))
        {
            end--;
        }
        return path[..end];
    }

    public static string? GetPathRoot(string? path) => PathPlug.GetPathRoot(path);

    public static bool IsPathRooted(string? path) => PathPlug.IsPathRooted(path);

    public static string GetFullPath(string path) =>
        HostedPaths.FromLinux(Path.GetFullPath(HostedPaths.ToLinux(path)!))!;
}
