namespace Cosmos.Multikernel.Abi;

/// <summary>
/// Where the programs of boot modules lie in memory. Each module has addresses of its own, the same on every core that runs
/// it: a debugger, which sees all cores at once, can tell by an address which program it looks at.
/// </summary>
internal static class ImagePlace
{
    /// <summary>Where the first module's image is loaded.</summary>
    private const ulong First = 0x5555_5555_0000;

    /// <summary>Bytes from one module's place to the next one's: more than an image may span.</summary>
    private const ulong Stride = 0x1_0000_0000;

    /// <summary>Load address of the module with this number; they count from 0 in the boot medium's order.</summary>
    public static ulong Of(ulong module) => First + module * Stride;
}
