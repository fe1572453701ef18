using Cosmos.Multikernel.Abi;

namespace Cosmos.Multikernel.Capabilities;

/// <summary>
/// Where an instance's capabilities are kept: by the CPU driver on the metal, in shared files when hosted, in the simulator's
/// own memory. Devices there are on the metal only. Every result is 0 or more, or a negative error number, as of the system calls (<see cref="MultikernelCall"/>).
/// </summary>
internal abstract unsafe class CapabilityStore
{
    public abstract long AllocateFrame(long bytes, long alignment);

    public abstract long Identify(long handle, out CapabilityDescription description);

    /// <summary>The capability after this one; 0 for the first.</summary>
    public abstract long Next(long handle);

    public abstract long Mint(long handle, in MintRequest request);

    public abstract long Copy(long handle);

    public abstract long Delete(long handle);

    /// <summary>Returns the address.</summary>
    public abstract long Map(long handle, CapabilityRights rights);

    public abstract long Unmap(long handle);

    /// <summary>Sends through a channel; returns the number to claim it by.</summary>
    public abstract long Send(int channel, long handle);

    public abstract long Claim(int channel, long number);

    /// <summary>Gives up what was sent through a channel, without claiming it.</summary>
    public abstract long Discard(int channel, long number);

    /// <summary>Nanoseconds that an interrupt to another core and one back take.</summary>
    public virtual long ProbeInterrupt(long handle, int core) => -CapabilityErrors.NotImplemented;

    public virtual long Bind(long handle, ref InterruptBinding binding) =>
        -CapabilityErrors.NotImplemented;

    public virtual long Acknowledge(long handle) => -CapabilityErrors.NotImplemented;

    public virtual long ReadPort(long handle, int offset, int size) =>
        -CapabilityErrors.NotImplemented;

    public virtual long WritePort(long handle, int offset, int size, uint value) =>
        -CapabilityErrors.NotImplemented;

    public virtual long ReadPortBlock(long handle, int offset, int size, byte* bytes, int count) =>
        -CapabilityErrors.NotImplemented;

    public virtual long WritePortBlock(long handle, int offset, int size, byte* bytes, int count) =>
        -CapabilityErrors.NotImplemented;

    public virtual long DescribeScreen(long handle, out ScreenDescription screen)
    {
        screen = default;
        return -CapabilityErrors.NotImplemented;
    }

    public virtual long BindConsole(long handle, ref ConsoleBinding binding) =>
        -CapabilityErrors.NotImplemented;

    public virtual long ReadConsole(long handle, byte* bytes, int length) =>
        -CapabilityErrors.NotImplemented;

    public virtual long TypeConsole(long handle, byte* bytes, int length) =>
        -CapabilityErrors.NotImplemented;

    public virtual long ReadTable(
        long handle,
        uint signature,
        int index,
        byte* bytes,
        int length
    ) => -CapabilityErrors.NotImplemented;
}
