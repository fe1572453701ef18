using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Drivers.Pci;

namespace Cosmos.Multikernel.Drivers.Devices;

/// <summary>A device's interrupts, bound to its driver; or those that a test pretends.</summary>
public abstract class PciInterrupts : IDisposable
{
    /// <summary>How they come.</summary>
    public abstract PciInterruptKind Kind { get; }

    /// <summary>How many can be told apart: 1 for a line.</summary>
    public abstract int Count { get; }

    /// <summary>Waits until one comes; at once when it came since the last wait. A line may have been another device's.</summary>
    public abstract ValueTask WaitAsync(int message = 0, CancellationToken cancellation = default);

    /// <summary>The device does not ask any more: a line is heard again. Messages need no answer.</summary>
    public abstract void Acknowledge();

    /// <summary>They arrive no more.</summary>
    public void Dispose()
    {
        Stop();
        GC.SuppressFinalize(this);
    }

    /// <summary>They arrive no more.</summary>
    protected abstract void Stop();
}

/// <summary>Interrupts by a capability for them.</summary>
internal sealed class BoundInterrupts(PciInterruptKind kind, Interrupt interrupt) : PciInterrupts
{
    /// <inheritdoc/>
    public override PciInterruptKind Kind => kind;

    /// <inheritdoc/>
    public override int Count => interrupt.Count;

    /// <inheritdoc/>
    public override ValueTask WaitAsync(
        int message = 0,
        CancellationToken cancellation = default
    ) => interrupt.WaitAsync(message, cancellation);

    /// <inheritdoc/>
    public override void Acknowledge()
    {
        if (Kind == PciInterruptKind.Line)
        {
            interrupt.Acknowledge();
        }
    }

    /// <inheritdoc/>
    protected override void Stop() => interrupt.Dispose();
}
