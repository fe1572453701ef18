using Cosmos.Multikernel.Files;
using IL2CPU.API.Attribs;

namespace Cosmos.Multikernel.Compatibility.Plugs;

/// <summary>
/// <see cref="Path"/> for paths with drives and backslashes, where .NET's own for Unix looks for slashes alone. Its other methods
/// stand on these and on <see cref="PathInternalPlug"/>.
/// </summary>
[Plug(Target = typeof(Path))]
internal static class PathPlug
{
    public static bool IsPathRooted(string? path) =>
        path is not null && IsPathRooted(path.AsSpan());

    public static bool IsPathRooted(ReadOnlySpan<char> path) =>
        PathInternalPlug.GetRootLength(path) > 0;

    public static string? GetPathRoot(string? path) =>
        string.IsNullOrEmpty(path) ? null : GetPathRoot(path.AsSpan()).ToString();

    public static ReadOnlySpan<char> GetPathRoot(ReadOnlySpan<char> path) =>
        path[..PathInternalPlug.GetRootLength(path)];

    public static ReadOnlySpan<char> GetFileName(ReadOnlySpan<char> path)
    {
        int start = Math.Max(
            PathInternalPlug.GetRootLength(path),
            path.LastIndexOfAny('/', '\\') + 1
        );
        return path[start..];
    }

    // Combine and Join come here, and so do the names of what a directory holds.
    public static string JoinInternal(ReadOnlySpan<char> first, ReadOnlySpan<char> second)
    {
        bool isParted = DrivePaths.IsSeparator(first[^1]) || DrivePaths.IsSeparator(second[0]);
        string separator =
            isParted ? ""
            : DrivePaths.DriveLength(first) > 0 ? @"\"
            : "/";
        return string.Concat(first, separator, second);
    }

    public static string JoinInternal(
        ReadOnlySpan<char> first,
        ReadOnlySpan<char> second,
        ReadOnlySpan<char> third
    ) => JoinInternal(JoinInternal(first, second), third);
}
