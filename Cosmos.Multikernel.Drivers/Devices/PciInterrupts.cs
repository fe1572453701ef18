using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Drivers.Pci;

namespace Cosmos.Multikernel.Drivers.Devices;

/// <summary>A device's interrupts, bound to its driver.</summary>
public sealed class PciInterrupts(PciInterruptKind kind, Interrupt interrupt) : IDisposable
{
    /// <summary>How they come.</summary>
    public PciInterruptKind Kind { get; } = kind;

    /// <summary>How many can be told apart: 1 for a line.</summary>
    public int Count => interrupt.Count;

    /// <summary>Waits until one comes; at once when it came since the last wait. A line may have been another device's.</summary>
    public ValueTask WaitAsync(int message = 0, CancellationToken cancellation = default) =>
        interrupt.WaitAsync(message, cancellation);

    /// <summary>The device does not ask any more: a line is heard again. Messages need no answer.</summary>
    public void Acknowledge()
    {
        if (Kind == PciInterruptKind.Line)
        {
            interrupt.Acknowledge();
        }
    }

    /// <summary>They arrive no more.</summary>
    public void Dispose() => interrupt.Dispose();
}
