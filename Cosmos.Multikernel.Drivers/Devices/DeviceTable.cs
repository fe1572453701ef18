using Cosmos.Multikernel.Drivers.Pci;
using Cosmos.Multikernel.Monitors;

namespace Cosmos.Multikernel.Drivers.Devices;

/// <summary>
/// All devices, and which driver each belongs to. Devices are dealt out once, by what the kernel project declares: where several
/// instances are declared for the same devices, or one on several cores, they get them in turn.
/// </summary>
public sealed class DeviceTable
{
    private const byte BridgeClass = 0x06;

    private readonly List<Entry> entries = [];
    private readonly InterruptRouting routing;

    /// <summary>Deals the devices out.</summary>
    /// <param name="functions">What the scan found.</param>
    /// <param name="drivers">What is declared.</param>
    /// <param name="coresOf">The cores that an instance is declared on.</param>
    /// <param name="routing">Which lines they interrupt by.</param>
    public DeviceTable(
        IEnumerable<PciFunction> functions,
        IReadOnlyList<DriverDeclaration> drivers,
        Func<string, IReadOnlyList<int>> coresOf,
        InterruptRouting routing
    )
    {
        this.routing = routing;
        Dictionary<(string Instance, int Core), int> dealt = [];
        foreach (PciFunction function in functions)
        {
            Entry entry = new(entries.Count, function);
            // The one that has the fewest so far; of several such the first.
            var candidates =
                from driver in drivers
                where driver.Devices.Any(match => match.Matches(function))
                from core in coresOf(driver.Instance)
                select (driver.Instance, Core: core);
            if (candidates.Any())
            {
                entry.Driver = candidates.MinBy(one => dealt.GetValueOrDefault(one));
                dealt[entry.Driver] = dealt.GetValueOrDefault(entry.Driver) + 1;
            }
            entries.Add(entry);
        }
    }

    /// <summary>How many devices there are.</summary>
    public int Count => entries.Count;

    /// <summary>All devices.</summary>
    public IEnumerable<DeviceRecord> Records => entries.Select(RecordOf);

    /// <summary>A device.</summary>
    public DeviceRecord this[int number] => RecordOf(entries[number]);

    /// <summary>A device's function.</summary>
    public PciFunction FunctionOf(int number) => entries[number].Function;

    /// <summary>The global system interrupt of a device's line; -1 when it has none, or none that can be known.</summary>
    /// <param name="number">The device.</param>
    /// <param name="index">0; 1 for the second channel of an IDE controller, which has a line of its own.</param>
    public int LineOf(int number, int index = 0)
    {
        PciFunction function = entries[number].Function;
        return IdeCompatibility.LineOf(function.Identity, index) is { } isa ? routing.LineOf(isa)
            : index != 0 || function.InterruptPin == 0 ? -1
            : routing.LineOf(function.InterruptLine);
    }

    /// <summary>How many devices an instance is the driver of.</summary>
    public int CountOf(string instance, int core) =>
        entries.Count(entry => entry.Driver == (instance, core));

    /// <summary>The next device for a driver, which has it from now on; null when there is none left.</summary>
    public int? Claim(string instance, int core)
    {
        Entry? entry = entries.Find(entry => entry.Driver == (instance, core) && !entry.IsClaimed);
        if (entry is null)
        {
            return null;
        }
        entry.IsClaimed = true;
        return entry.Number;
    }

    /// <summary>By what a device interrupts its driver: what the driver was given for it last.</summary>
    public void SetInterrupts(int number, PciInterruptKind kind) =>
        entries[number].Interrupts = kind;

    /// <summary>The driver has ended: its next life may have the device.</summary>
    public void Release(int number)
    {
        entries[number].IsClaimed = false;
        entries[number].Interrupts = PciInterruptKind.None;
    }

    private DeviceRecord RecordOf(Entry entry)
    {
        PciFunction function = entry.Function;
        bool isBridge = function.IsBridge || function.Identity.BaseClass == BridgeClass;
        (string? instance, int core) = entry.Driver;
        DeviceState state =
            instance is null ? (isBridge ? DeviceState.Bridge : DeviceState.NoDriver)
            : entry.IsClaimed ? DeviceState.Driven
            : DeviceState.Waiting;
        return new DeviceRecord(
            entry.Number,
            function.Address,
            function.Identity,
            function.Bars,
            function.InterruptPin,
            LineOf(entry.Number),
            state,
            entry.Interrupts,
            core,
            new ShortText(instance ?? "")
        );
    }

    private sealed class Entry(int number, PciFunction function)
    {
        public int Number => number;

        public PciFunction Function => function;

        public (string Instance, int Core) Driver { get; set; }

        public bool IsClaimed { get; set; }

        public PciInterruptKind Interrupts { get; set; }
    }
}
