using Cosmos.Multikernel.Drivers.Registers;

namespace Cosmos.Multikernel.Drivers.Virtio;

/// <summary>The structure that every virtio device has.</summary>
[DeviceRegisters("Virtio 1.2, section 4.1.4.3")]
internal sealed partial class VirtioCommonRegisters
{
    [Register(0)]
    public partial uint DeviceFeatureSelect { set; }

    [Register(4)]
    public partial uint DeviceFeature { get; }

    [Register(8)]
    public partial uint DriverFeatureSelect { set; }

    [Register(12)]
    public partial uint DriverFeature { set; }

    [Register(16)]
    public partial ushort ConfigurationVector { get; set; }

    [Register(18)]
    public partial ushort QueueCount { get; }

    [Register(20)]
    public partial VirtioStatus Status { get; set; }

    [Register(21)]
    public partial byte ConfigurationGeneration { get; }

    [Register(22)]
    public partial ushort QueueSelect { set; }

    [Register(24)]
    public partial ushort QueueSize { get; set; }

    [Register(26)]
    public partial ushort QueueVector { get; set; }

    [Register(28)]
    public partial ushort QueueEnable { set; }

    [Register(30)]
    public partial ushort QueueNotifyOffset { get; }

    // Fields of 64 bits are written as two of 32 (section 4.1.3.1).
    [Register(32)]
    public partial uint QueueDescriptorsLow { set; }

    [Register(36)]
    public partial uint QueueDescriptorsHigh { set; }

    [Register(40)]
    public partial uint QueueDriverLow { set; }

    [Register(44)]
    public partial uint QueueDriverHigh { set; }

    [Register(48)]
    public partial uint QueueDeviceLow { set; }

    [Register(52)]
    public partial uint QueueDeviceHigh { set; }
}

/// <summary>How far driver and device have come (section 2.1).</summary>
[Flags]
internal enum VirtioStatus : byte
{
    None = 0,
    Acknowledged = 1,
    Driver = 2,
    DriverReady = 4,
    FeaturesAgreed = 8,
    NeedsReset = 64,
    Failed = 128,
}
