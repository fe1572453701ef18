using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Drivers.Console.Screens;

namespace Cosmos.Multikernel.Drivers.Console.Driver;

/// <summary>A framebuffer's pixels in device memory.</summary>
internal sealed unsafe class FramebufferMemory(DeviceMemory memory) : IPixels
{
    private readonly nint start = memory.Address;

    /// <inheritdoc/>
    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, memory.Length - bytes.Length);
        bytes.CopyTo(new Span<byte>((void*)(start + (nint)offset), bytes.Length));
    }
}
