using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Native;

namespace Cosmos.Multikernel.Capabilities;

/// <summary>Capabilities in the CPU driver's table.</summary>
internal sealed unsafe class MetalCapabilities : CapabilityStore
{
    /// <inheritdoc/>
    public override long AllocateFrame(long bytes, long alignment) =>
        SystemCalls.Invoke(MultikernelCall.AllocateFrame, (nint)bytes, (nint)alignment);

    /// <inheritdoc/>
    public override long Identify(long handle, out CapabilityDescription description)
    {
        fixed (CapabilityDescription* result = &description)
        {
            *result = default;
            return SystemCalls.Invoke(
                MultikernelCall.IdentifyCapability,
                (nint)handle,
                (nint)result,
                sizeof(CapabilityDescription)
            );
        }
    }

    /// <inheritdoc/>
    public override long Next(long handle) =>
        SystemCalls.Invoke(MultikernelCall.NextCapability, (nint)handle);

    /// <inheritdoc/>
    public override long Mint(long handle, in MintRequest request)
    {
        fixed (MintRequest* wish = &request)
        {
            return SystemCalls.Invoke(
                MultikernelCall.MintCapability,
                (nint)handle,
                (nint)wish,
                sizeof(MintRequest)
            );
        }
    }

    /// <inheritdoc/>
    public override long Copy(long handle) =>
        SystemCalls.Invoke(MultikernelCall.CopyCapability, (nint)handle);

    /// <inheritdoc/>
    public override long Delete(long handle) =>
        SystemCalls.Invoke(MultikernelCall.DeleteCapability, (nint)handle);

    /// <inheritdoc/>
    public override long Map(long handle, CapabilityRights rights) =>
        SystemCalls.Invoke(MultikernelCall.MapCapability, (nint)handle, (nint)rights);

    /// <inheritdoc/>
    public override long Unmap(long handle) =>
        SystemCalls.Invoke(MultikernelCall.UnmapCapability, (nint)handle);

    /// <inheritdoc/>
    public override long Send(int channel, long handle) =>
        SystemCalls.Invoke(MultikernelCall.SendCapability, channel, (nint)handle);

    /// <inheritdoc/>
    public override long Claim(int channel, long number) =>
        SystemCalls.Invoke(MultikernelCall.ClaimCapability, channel, (nint)number);

    /// <inheritdoc/>
    public override long Discard(int channel, long number) =>
        SystemCalls.Invoke(MultikernelCall.DiscardCapability, channel, (nint)number);

    /// <inheritdoc/>
    public override long ProbeInterrupt(long handle, int core) =>
        SystemCalls.Invoke(MultikernelCall.ProbeInterrupt, (nint)handle, core);

    /// <inheritdoc/>
    public override long Bind(long handle, ref InterruptBinding binding)
    {
        fixed (InterruptBinding* inout = &binding)
        {
            return SystemCalls.Invoke(
                MultikernelCall.BindInterrupt,
                (nint)handle,
                (nint)inout,
                sizeof(InterruptBinding)
            );
        }
    }

    /// <inheritdoc/>
    public override long Acknowledge(long handle) =>
        SystemCalls.Invoke(MultikernelCall.AcknowledgeInterrupt, (nint)handle);

    /// <inheritdoc/>
    public override long ReadPort(long handle, int offset, int size) =>
        SystemCalls.Invoke(MultikernelCall.ReadPort, (nint)handle, offset, size);

    /// <inheritdoc/>
    public override long WritePort(long handle, int offset, int size, uint value) =>
        SystemCalls.Invoke(MultikernelCall.WritePort, (nint)handle, offset, size, (nint)value);

    /// <inheritdoc/>
    public override long ReadPortBlock(long handle, int offset, int size, byte* bytes, int count) =>
        SystemCalls.Invoke(
            MultikernelCall.ReadPortBlock,
            (nint)handle,
            offset,
            size,
            (nint)bytes,
            count
        );

    /// <inheritdoc/>
    public override long WritePortBlock(
        long handle,
        int offset,
        int size,
        byte* bytes,
        int count
    ) =>
        SystemCalls.Invoke(
            MultikernelCall.WritePortBlock,
            (nint)handle,
            offset,
            size,
            (nint)bytes,
            count
        );

    /// <inheritdoc/>
    public override long DescribeScreen(long handle, out ScreenDescription screen)
    {
        fixed (ScreenDescription* result = &screen)
        {
            *result = default;
            return SystemCalls.Invoke(
                MultikernelCall.DescribeScreen,
                (nint)handle,
                (nint)result,
                sizeof(ScreenDescription)
            );
        }
    }

    /// <inheritdoc/>
    public override long BindConsole(long handle, ref ConsoleBinding binding)
    {
        fixed (ConsoleBinding* inout = &binding)
        {
            return SystemCalls.Invoke(
                MultikernelCall.BindConsole,
                (nint)handle,
                (nint)inout,
                sizeof(ConsoleBinding)
            );
        }
    }

    /// <inheritdoc/>
    public override long ReadConsole(long handle, byte* bytes, int length) =>
        SystemCalls.Invoke(MultikernelCall.ReadConsole, (nint)handle, (nint)bytes, length);

    /// <inheritdoc/>
    public override long TypeConsole(long handle, byte* bytes, int length) =>
        SystemCalls.Invoke(MultikernelCall.TypeConsole, (nint)handle, (nint)bytes, length);

    /// <inheritdoc/>
    public override long ReadTable(
        long handle,
        uint signature,
        int index,
        byte* bytes,
        int length
    ) =>
        SystemCalls.Invoke(
            MultikernelCall.AcpiTable,
            (nint)handle,
            (nint)signature,
            index,
            (nint)bytes,
            length
        );
}
