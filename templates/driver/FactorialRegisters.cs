using Cosmos.Multikernel.Drivers.Registers;

namespace MyDriver;

/// <summary>The device's registers, declared as its datasheet lists them: each property is one access of its width.</summary>
[DeviceRegisters("QEMU 7.2, docs/specs/edu.txt")]
internal sealed partial class FactorialRegisters
{
    /// <summary>Writing a number begins; when it is done, its factorial is here.</summary>
    [Register(0x08)]
    public partial uint Number { get; set; }

    [Register(0x20)]
    public partial FactorialStatus Status { get; set; }

    /// <summary>Why it interrupts.</summary>
    [Register(0x24)]
    public partial uint Causes { get; }

    /// <summary>Ends these causes.</summary>
    [Register(0x64)]
    public partial uint End { set; }
}

[Flags]
internal enum FactorialStatus : uint
{
    Computing = 0x01,
    InterruptsWhenDone = 0x80,
}
