namespace Cosmos.Multikernel.Drivers.Virtio;

/// <summary>Features of all kinds of device (Virtio 1.2, section 6); each kind has its own from bit 0 on.</summary>
[Flags]
public enum VirtioFeatures : ulong
{
    None = 0,

    /// <summary>Each side says from which entry on it wants to be told.</summary>
    EventIndex = 1UL << 29,

    /// <summary>The device keeps to version 1 of the specification, as everything here does.</summary>
    Version1 = 1UL << 32,
}
