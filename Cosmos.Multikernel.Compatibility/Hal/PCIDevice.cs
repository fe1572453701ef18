using Cosmos.Multikernel.Drivers.Devices;
using Cosmos.Multikernel.Drivers.Pci;

namespace Cosmos.HAL;

/// <summary>A device of the machine: what it is, and where. Its registers are its driver's alone.</summary>
public sealed class PCIDevice
{
    internal PCIDevice(DeviceRecord record)
    {
        Record = record;
        BaseAddressBar = new PCIBaseAddressBar[PciBars.Count];
        for (int i = 0; i < PciBars.Count; i++)
        {
            BaseAddressBar[i] = new PCIBaseAddressBar(record.Bars[i]);
        }
    }

    /// <summary>A function's interrupt pin.</summary>
    public enum PCIInterruptPIN : byte
    {
        None = 0,
        INTA = 1,
        INTB = 2,
        INTC = 3,
        INTD = 4,
    }

    /// <summary>All that the device manager knows of it.</summary>
    public DeviceRecord Record { get; }

    public uint bus => Record.Address.Bus;

    public uint slot => Record.Address.Device;

    public uint function => Record.Address.Function;

    public ushort VendorID => Record.Identity.Vendor;

    public ushort DeviceID => Record.Identity.Device;

    public byte RevisionID => Record.Identity.Revision;

    public byte ClassCode => Record.Identity.BaseClass;

    public byte Subclass => (byte)Record.Identity.SubClass;

    /// <summary>The programming interface.</summary>
    public byte ProgIF => (byte)Record.Identity.Class;

    /// <summary>The interrupt line as a global system interrupt; 255 when it has none.</summary>
    public byte InterruptLine =>
        Record.Line is >= 0 and < byte.MaxValue ? (byte)Record.Line : byte.MaxValue;

    public PCIInterruptPIN InterruptPIN => (PCIInterruptPIN)Record.InterruptPin;

    public bool DeviceExists => Record.Exists;

    /// <summary>Whether an instance drives it now.</summary>
    public bool Claimed => Record.State == DeviceState.Driven;

    /// <summary>Its base address registers.</summary>
    public PCIBaseAddressBar[] BaseAddressBar { get; }

    /// <inheritdoc/>
    public override string ToString() => Record.ToString();

    /// <summary>Words for devices.</summary>
    public static class DeviceClass
    {
        /// <summary>What kind of device it is.</summary>
        public static string GetTypeString(PCIDevice device) =>
            PciClassNames.Of(device.Record.Identity);

        /// <summary>Which device it is: vendor and number, for no list of products is kept.</summary>
        public static string GetDeviceString(PCIDevice device) => device.Record.Identity.ToString();
    }
}

/// <summary>Where a device's registers are.</summary>
public sealed class PCIBaseAddressBar
{
    private readonly PciBar bar;

    internal PCIBaseAddressBar(PciBar bar) => this.bar = bar;

    /// <summary>Physical address or first port; 0 when it has none.</summary>
    public uint BaseAddress => (uint)bar.Address;

    /// <summary>Whether they are ports.</summary>
    public bool IsIO => bar.Kind == PciBarKind.Ports;
}
