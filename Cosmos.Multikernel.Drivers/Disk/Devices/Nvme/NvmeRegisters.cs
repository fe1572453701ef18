using Cosmos.Multikernel.Drivers.Registers;

namespace Cosmos.Multikernel.Drivers.Disk.Devices.Nvme;

/// <summary>A controller's registers.</summary>
[DeviceRegisters("NVM Express Base Specification 2.0, section 3.1.3")]
internal sealed partial class NvmeRegisters
{
    [Register(0x00)]
    public partial NvmeCapabilities Capabilities { get; }

    /// <summary>Major version in the upper 16 bits, minor in the next 8.</summary>
    [Register(0x08)]
    public partial uint Version { get; }

    [Register(0x14)]
    public partial NvmeConfiguration Configuration { get; set; }

    [Register(0x1C)]
    public partial NvmeState State { get; }

    /// <summary>Entries less one: of the completion queue in the upper half, of the submission queue in the lower.</summary>
    [Register(0x24)]
    public partial uint AdminSizes { set; }

    [Register(0x28)]
    public partial ulong AdminSubmission { set; }

    [Register(0x30)]
    public partial ulong AdminCompletion { set; }
}

/// <summary>A doorbell: the driver tells the controller how far a queue has gone.</summary>
[DeviceRegisters("NVM Express PCIe Transport Specification 1.0, section 3.1.2")]
internal sealed partial class NvmeDoorbell
{
    /// <summary>Where the first one is; each pair has one for submissions and then one for completions.</summary>
    public const int First = 0x1000;

    /// <summary>The tail of a submission queue, the head of a completion queue.</summary>
    [Register(0)]
    public partial uint Index { set; }
}

/// <summary>What a controller can do (section 3.1.3.1).</summary>
internal enum NvmeCapabilities : ulong
{
    /// <summary>Bits of the most entries of a queue, less one.</summary>
    MostEntries = 0xFFFF,
}

/// <summary>Fields of the capabilities.</summary>
internal static class NvmeCapabilityFields
{
    /// <summary>Most entries of a queue.</summary>
    public static int MostEntries(this NvmeCapabilities value) =>
        (int)(value & NvmeCapabilities.MostEntries) + 1;

    /// <summary>How long it may take to become ready, or not to be.</summary>
    public static TimeSpan ReadyLimit(this NvmeCapabilities value) =>
        TimeSpan.FromMilliseconds(500 * Math.Max(1, Field(value, 24, 8)));

    /// <summary>Bytes from one doorbell to the next.</summary>
    public static int DoorbellStride(this NvmeCapabilities value) => 4 << Field(value, 32, 4);

    /// <summary>Whether it has the NVM command set.</summary>
    public static bool HasNvmCommands(this NvmeCapabilities value) =>
        (Field(value, 37, 8) & 1) != 0;

    /// <summary>Bytes of the smallest page that it can be told.</summary>
    public static int SmallestPage(this NvmeCapabilities value) => 4096 << Field(value, 48, 4);

    private static int Field(NvmeCapabilities value, int shift, int bits) =>
        (int)((ulong)value >> shift) & ((1 << bits) - 1);
}

/// <summary>What a controller is told (section 3.1.3.5).</summary>
[Flags]
internal enum NvmeConfiguration : uint
{
    None = 0,
    Enabled = 1 << 0,

    /// <summary>A normal shutdown: it brings to the medium what it holds in memory (section 3.6.1).</summary>
    ShutDown = 1 << 14,

    /// <summary>Entries of 64 and 16 bytes, as powers of two.</summary>
    EntrySizes = (6 << 16) | (4 << 20),
}

/// <summary>How a controller is (section 3.1.3.6).</summary>
[Flags]
internal enum NvmeState : uint
{
    None = 0,
    Ready = 1 << 0,

    /// <summary>It has met something that only a reset mends.</summary>
    Fatal = 1 << 1,

    /// <summary>It has shut down.</summary>
    ShutDown = 2 << 2,

    /// <summary>What is read where there is no device.</summary>
    Absent = uint.MaxValue,
}
