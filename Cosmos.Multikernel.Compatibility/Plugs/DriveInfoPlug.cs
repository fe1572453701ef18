using Cosmos.Multikernel.Files;
using Cosmos.System.FileSystem;
using IL2CPU.API.Attribs;

namespace Cosmos.Multikernel.Compatibility.Plugs;

/// <summary>There is one drive, and it is called <c>0:\</c>; <c>0</c> and <c>0:</c> will do.</summary>
[Plug(Target = typeof(DriveInfo))]
public static class DriveInfoPlug
{
    public static DriveInfo[] GetDrives() =>
        [new DriveInfo(Instance.IsHosted ? Drive.Root : DrivePaths.Root)];

    public static string NormalizeDriveName(string driveName)
    {
        ArgumentException.ThrowIfNullOrEmpty(driveName);
        return driveName is "0" or "0:" ? DrivePaths.Root : driveName;
    }
}
