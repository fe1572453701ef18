using Cosmos.Multikernel.Files;
using IL2CPU.API.Attribs;

namespace Cosmos.Multikernel.Compatibility.Plugs;

/// <summary>What all of System.IO asks of paths: backslashes part names too, and a drive is a root.</summary>
[Plug(TargetName = "System.IO.PathInternal, System.Private.CoreLib")]
internal static class PathInternalPlug
{
    public static bool IsDirectorySeparator(char c) => DrivePaths.IsSeparator(c);

    public static int GetRootLength(ReadOnlySpan<char> path)
    {
        int drive = DrivePaths.DriveLength(path);
        bool hasSeparator = drive < path.Length && DrivePaths.IsSeparator(path[drive]);
        return hasSeparator ? drive + 1 : drive;
    }
}
