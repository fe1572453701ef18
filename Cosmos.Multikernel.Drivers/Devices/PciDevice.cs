using System.Buffers.Binary;
using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Drivers.Pci;
using Cosmos.Multikernel.Drivers.Registers;

namespace Cosmos.Multikernel.Drivers.Devices;

/// <summary>A device in its driver's hands, or one that a test pretends. On the event loop.</summary>
public class PciDevice
{
    private readonly IDriverDesk desk;
    private readonly byte[] configuration;
    private readonly Dictionary<int, RegisterWindow> windows = [];

    internal PciDevice(IDriverDesk desk, DeviceRecord record, byte[] configuration)
    {
        this.desk = desk;
        this.configuration = configuration;
        Record = record;
        Capabilities = PciCapabilities.Read(offset => configuration[offset], out _);
    }

    /// <summary>What it is.</summary>
    public DeviceRecord Record { get; }

    /// <summary>Its configuration space as it was when it was claimed, little-endian.</summary>
    public ReadOnlySpan<byte> Configuration => configuration;

    /// <summary>Its capabilities.</summary>
    public IReadOnlyList<PciCapability> Capabilities { get; }

    /// <summary>The registers behind a base address register; the same window each time.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public virtual async ValueTask<RegisterWindow> OpenAsync(int bar)
    {
        if (!windows.TryGetValue(bar, out RegisterWindow? window))
        {
            PciBarKind kind = bar is >= 0 and < PciBars.Count
                ? Record.Bars[bar].Kind
                : PciBarKind.None;
            window =
                kind == PciBarKind.Ports
                    ? new PortWindow(await desk.TakePortsAsync(Record.Number, bar))
                    : new MemoryWindow(await desk.TakeMemoryAsync(Record.Number, bar));
            windows.Add(bar, window);
        }
        return window;
    }

    /// <summary>
    /// Binds its interrupts to this instance: MSI-X where it has that, else MSI, else its line. From then on they arrive.
    /// </summary>
    /// <param name="wanted">How many messages are of use; there may be fewer.</param>
    public virtual async ValueTask<PciInterrupts> BindInterruptsAsync(int wanted = 1)
    {
        PciMessages? messages = PciMessages.Find(
            Capabilities,
            Record.Bars,
            offset => BinaryPrimitives.ReadUInt32LittleEndian(configuration.AsSpan(offset))
        );
        if (messages is not { } found)
        {
            return await BindLineAsync();
        }
        int count = 1 << int.Log2(Math.Clamp(Math.Min(wanted, found.Count), 1, 64));
        Interrupt interrupt = await desk.TakeMessagesAsync(Record.Number, count);
        interrupt.Bind();
        if (found.Kind == PciInterruptKind.MsiX)
        {
            FillTable(await OpenAsync(found.TableBar), in found, interrupt);
        }
        await desk.EnableMessagesAsync(
            Record.Number,
            found.Kind,
            interrupt.MessageAddress,
            interrupt.MessageData,
            count
        );
        return new BoundInterrupts(found.Kind, interrupt);
    }

    /// <summary>Binds its interrupt line.</summary>
    /// <param name="index">0; 1 for the second channel of an IDE controller.</param>
    public virtual async ValueTask<PciInterrupts> BindLineAsync(int index = 0)
    {
        Interrupt interrupt = await desk.TakeLineAsync(Record.Number, index);
        interrupt.Bind();
        return new BoundInterrupts(PciInterruptKind.Line, interrupt);
    }

    /// <summary>Lets the device read and write memory by itself, or no more.</summary>
    public virtual ValueTask SetBusMasterAsync(bool on) =>
        desk.SetBusMasterAsync(Record.Number, on);

    /// <summary>Resets the device where it can be reset alone; false when its own registers have to.</summary>
    public virtual ValueTask<bool> ResetAsync() => desk.ResetAsync(Record.Number);

    /// <inheritdoc/>
    public override string ToString() => Record.ToString();

    // An entry has address, data and a mask (PCI 3.0, section 6.8.2.7 to 6.8.2.9).
    private static void FillTable(
        RegisterWindow window,
        in PciMessages messages,
        Interrupt interrupt
    )
    {
        for (int i = 0; i < messages.Count; i++)
        {
            long entry = messages.TableOffset + (long)i * PciMessages.EntryBytes;
            bool isUsed = i < interrupt.Count;
            window.Write32(entry, (uint)interrupt.MessageAddress);
            window.Write32(entry + 4, (uint)(interrupt.MessageAddress >> 32));
            window.Write32(entry + 8, isUsed ? interrupt.MessageData + (uint)i : 0);
            window.Write32(entry + 12, isUsed ? 0u : 1);
        }
    }
}
