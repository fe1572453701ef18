using Cosmos.Multikernel.Drivers.Pci;
using Cosmos.Multikernel.Monitors;

namespace Cosmos.Multikernel.Drivers.Devices;

/// <summary>Whose a device is.</summary>
public enum DeviceState : byte
{
    /// <summary>No driver is declared for it.</summary>
    NoDriver = 0,

    /// <summary>It needs none: a bridge.</summary>
    Bridge = 1,

    /// <summary>Its driver has not asked for it yet, or has ended.</summary>
    Waiting = 2,

    /// <summary>Its driver has it.</summary>
    Driven = 3,
}

/// <summary>A device as the device manager knows it. Travels in messages as it lies in memory.</summary>
/// <param name="Number">Names it in calls; -1 for none.</param>
/// <param name="Address">Where it is.</param>
/// <param name="Identity">What it is.</param>
/// <param name="Bars">Its base address registers.</param>
/// <param name="InterruptPin">1 to 4 for INTA to INTD; 0 when it has no line.</param>
/// <param name="Line">The interrupt line as a global system interrupt; -1 when it has none, or none that can be known.</param>
/// <param name="State">Whose it is.</param>
/// <param name="Interrupts">By what it interrupts its driver now.</param>
/// <param name="DriverCore">The core of its driver, where one is declared.</param>
/// <param name="Driver">The instance that is its driver, where one is declared.</param>
public readonly record struct DeviceRecord(
    int Number,
    PciAddress Address,
    PciIdentity Identity,
    PciBars Bars,
    byte InterruptPin,
    int Line,
    DeviceState State,
    PciInterruptKind Interrupts,
    int DriverCore,
    ShortText Driver
)
{
    /// <summary>Whether it is one at all.</summary>
    public bool Exists => Number >= 0;

    /// <inheritdoc/>
    public override string ToString() => $"{Address} {Identity} {PciClassNames.Of(Identity)}";
}
