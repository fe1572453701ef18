namespace Cosmos.Multikernel.Compatibility.NotThere;

/// <summary>
/// What is known to be missing: names that kernels use and that have nothing behind them here. Using one is a build error that says what
/// there is instead, rather than an unknown name.
/// </summary>
internal static class Missing
{
    public const string Id = "CMK0401";
    public const string Url = "docs/cosmos-compatibility.md";

    public const string Graphics =
        "There are no graphics yet: the screen shows text, through System.Console";
    public const string Mouse = "There is no mouse yet";
    public const string Network =
        "Cosmos's network classes are not there: networks are used by message (docs/network.md)";
    public const string Audio = "There is no sound yet but Console.Beep";
    public const string Interrupts =
        "Interrupts reach a driver as messages, not as handlers (docs/devices.md)";
    public const string PhysicalMemory =
        "Physical memory is reached through capabilities: DeviceMemory and Frame (docs/capabilities.md)";
    public const string Devices =
        "Drivers are instances of their own: claim the device instead (docs/devices.md)";
    public const string Disks =
        "Disks are their driver cores' alone: use System.IO and VFSManager (docs/file-systems.md)";
    public const string Assembler =
        "Assembler plugs are not there: write X# in a .xs file of the project and call it by DllImport (docs/xsharp-reference.md)";
    public const string Heap = "The collector is .NET's own: it has no such table";
    public const string PlugField =
        "A plug cannot add fields to its target: keep them in the plug's class";
    public const string ObjectPointer = "Objects move: take the object itself";
    public const string Timer =
        "The interval timer is the CPU driver's: register a PITTimer, or wait";
}
