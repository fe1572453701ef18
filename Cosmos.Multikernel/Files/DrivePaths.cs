namespace Cosmos.Multikernel.Files;

/// <summary>
/// Paths as Cosmos's authors write them, <c>0:\folder\file</c>, in a machine that has one tree of files: drive 0 is that tree.
/// </summary>
/// <remarks>
/// <list type="number">
/// <item>A backslash is a slash.</item>
/// <item>A name that begins with a number and a colon is a drive: what stands before it does not count. So <c>0:\a</c> means the same
/// wherever the current directory is, and after <c>@"0:\" + file</c>, whatever the second part was.</item>
/// <item>There is no drive but 0.</item>
/// </list>
/// </remarks>
public static class DrivePaths
{
    /// <summary>The runtime option that makes this instance's system calls understand such paths (CosmosCompatibility sets it).</summary>
    public const string Option = "Cosmos.Multikernel.DrivePaths";

    /// <summary>The tree's root as a drive.</summary>
    public const string Root = @"0:\";

    private const string TreeDrive = "0";

    /// <summary>Whether this instance's system calls understand such paths.</summary>
    public static bool AreUnderstood { get; } =
        AppContext.TryGetSwitch(Option, out bool isOn) && isOn;

    /// <summary>Whether a character parts names.</summary>
    public static bool IsSeparator(char character) => character is '/' or '\\';

    /// <summary>How many characters a drive takes at the start of a text, its colon included; 0 when there is none.</summary>
    public static int DriveLength(ReadOnlySpan<char> text)
    {
        int digits = 0;
        while (digits < text.Length && char.IsAsciiDigit(text[digits]))
        {
            digits++;
        }
        return digits > 0 && digits < text.Length && text[digits] == ':' ? digits + 1 : 0;
    }

    /// <summary>The same path in the tree. One without a drive stays as absolute or relative as it was.</summary>
    /// <param name="path">With or without a drive.</param>
    /// <param name="inTree">Parted by slashes.</param>
    /// <returns>False when the path is on a drive that does not exist.</returns>
    public static bool TryGetTreePath(string path, out string inTree)
    {
        inTree = path.Replace('\\', '/');
        for (int end = inTree.Length; end >= 0; )
        {
            int start = end == 0 ? 0 : inTree.LastIndexOf('/', end - 1) + 1;
            int drive = DriveLength(inTree.AsSpan(start));
            if (drive > 0)
            {
                bool exists = inTree.AsSpan(start, drive - 1) is TreeDrive;
                string rest = inTree[(start + drive)..];
                inTree = rest.StartsWith('/') ? rest : "/" + rest;
                return exists;
            }
            end = start - 1;
        }
        return true;
    }

    /// <summary>A path of the tree as one of drive 0.</summary>
    /// <param name="inTree">Absolute.</param>
    public static string FromTreePath(string inTree) =>
        Root + inTree.TrimStart('/').Replace('/', '\\');
}
