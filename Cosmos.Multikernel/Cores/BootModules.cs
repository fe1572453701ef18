using Cosmos.Multikernel.Channels.Platforms;
using Cosmos.Multikernel.Channels.Platforms.Hosted;

namespace Cosmos.Multikernel;

/// <summary>
/// Files that the boot medium brings along (<c>KernelModule</c> in the kernel project): every instance may read them with System.IO, and
/// nobody can change them.
/// </summary>
public static class BootModules
{
    // The CPU driver's own (LinuxAbi/DataModules.cs): no instance has to serve files for these.
    private const string MetalFolder = "/dev/modules";

    /// <summary>Where a module is; there is no file when the boot medium has no such module.</summary>
    public static string PathOf(string name) =>
        Path.Combine(
            Instance.IsHosted ? ModuleFolder.Of(PlatformSelection.MachineFolder) : MetalFolder,
            name
        );
}
