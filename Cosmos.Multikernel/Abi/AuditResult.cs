namespace Cosmos.Multikernel.Abi;

/// <summary>What is reachable from an instance's address space (its own half and its CPU driver's), in 4 KB pages.</summary>
public struct AuditResult
{
    public ulong Pages;
    public ulong WritablePages;

    /// <summary>Writable pages outside the core's partition that are meant to be: channels, mailboxes, device registers.</summary>
    public ulong SharedOnPurpose;

    /// <summary>Writable pages outside the core's partition that nothing explains. Must be 0.</summary>
    public ulong SharedByMistake;

    /// <summary>Writable pages of frames that the instance holds and has mapped, from whichever core's memory.</summary>
    public ulong FramePages;

    /// <summary>Pages of devices that the instance has mapped and touched.</summary>
    public ulong DevicePages;

    /// <summary>Pages that are writable and executable at once. Must be 0.</summary>
    public ulong WritableExecutable;

    /// <summary>Pages of the lower half without the user bit. Must be 0.</summary>
    public ulong KernelReachable;
}
