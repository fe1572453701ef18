using Cosmos.Multikernel.Drivers.Registers;

namespace Cosmos.Multikernel.Tests.Instances.Devices;

/// <summary>The registers of QEMU's device for teaching.</summary>
[DeviceRegisters("QEMU 7.2, docs/specs/edu.txt")]
internal sealed partial class TeachingRegisters
{
    /// <summary>0x010000ed.</summary>
    [Register(0x00)]
    public partial uint Identity { get; }

    /// <summary>Reads as the complement of what was written.</summary>
    [Register(0x04)]
    public partial uint Complement { get; set; }

    /// <summary>Why it interrupts.</summary>
    [Register(0x24)]
    public partial uint Causes { get; }

    /// <summary>Makes it interrupt for these causes.</summary>
    [Register(0x60)]
    public partial uint Raise { set; }

    /// <summary>Ends these causes.</summary>
    [Register(0x64)]
    public partial uint End { set; }

    [Register(0x80)]
    public partial ulong Source { set; }

    [Register(0x88)]
    public partial ulong Destination { set; }

    [Register(0x90)]
    public partial ulong Count { set; }

    [Register(0x98)]
    public partial TeachingTransfer Transfer { get; set; }
}

[Flags]
internal enum TeachingTransfer : ulong
{
    None = 0,

    /// <summary>Begins; reads as 0 when it is done.</summary>
    Begin = 1,

    /// <summary>To memory, else from it.</summary>
    ToMemory = 2,

    /// <summary>Interrupts when it is done.</summary>
    Interrupts = 4,
}
