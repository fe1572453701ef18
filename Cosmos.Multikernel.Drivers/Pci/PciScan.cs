namespace Cosmos.Multikernel.Drivers.Pci;

/// <summary>
/// Finds all functions: the root buses, and the buses that the firmware has put behind bridges.
/// </summary>
/// <remarks>
/// Nothing that a function says is believed: lists that lead back to themselves, bridges that lead up, registers that cannot be
/// are left out, each with a problem that names the function. Numbers of buses and addresses are the firmware's; none are given
/// anew.
/// </remarks>
public sealed class PciScan
{
    private const int DisplayClass = 0x03;
    private const int HostBridgeClass = 0x0600;

    private readonly IPciConfiguration space;
    private readonly List<PciFunction> functions = [];
    private readonly List<string> problems = [];
    private readonly HashSet<(ushort Segment, byte Bus)> seen = [];

    private PciScan(IPciConfiguration space) => this.space = space;

    /// <summary>The functions, in the order of their addresses on each bus.</summary>
    public IReadOnlyList<PciFunction> Functions => functions;

    /// <summary>What could not be right.</summary>
    public IReadOnlyList<string> Problems => problems;

    /// <summary>Looks at all buses.</summary>
    public static PciScan Run(IPciConfiguration space)
    {
        PciScan scan = new(space);
        foreach (PciBusRange range in space.Buses)
        {
            Queue<byte> buses = new([range.First]);
            while (buses.TryDequeue(out byte bus))
            {
                if (scan.seen.Add((range.Segment, bus)))
                {
                    scan.ScanBus(range, bus, buses);
                }
            }
        }
        return scan;
    }

    /// <summary>
    /// Asks a function for the lengths of its base address registers. It decodes nothing meanwhile, so that the scan leaves
    /// displays out: what is written to a screen at that moment would be lost.
    /// </summary>
    public static PciBars ReadBars(
        IPciConfiguration space,
        PciFunction function,
        bool withLengths,
        List<string> problems
    )
    {
        PciAddress address = function.Address;
        PciCommand command = (PciCommand)space.Read16(address, PciRegister.Command);
        PciCommand decoding = command & (PciCommand.Ports | PciCommand.Memory);
        bool silences = withLengths && decoding != 0;
        if (silences)
        {
            space.Write16(address, PciRegister.Command, (ushort)(command & ~decoding));
        }
        PciBars bars = new PciBarReader(space, function, problems).Read(withLengths);
        IdeCompatibility.Complete(function.Identity, ref bars);
        if (silences)
        {
            space.Write16(address, PciRegister.Command, (ushort)command);
        }
        return bars;
    }

    private void ScanBus(PciBusRange range, byte bus, Queue<byte> buses)
    {
        for (byte device = 0; device < PciAddress.Devices; device++)
        {
            PciAddress first = new(range.Segment, bus, device, 0);
            if (!IsThere(first))
            {
                continue;
            }
            bool hasMore =
                (space.Read8(first, PciRegister.HeaderType) & PciRegister.SeveralFunctions) != 0;
            int count = hasMore ? PciAddress.Functions : 1;
            for (byte number = 0; number < count; number++)
            {
                PciAddress address = first with { Function = number };
                if (IsThere(address))
                {
                    Add(range, address, buses);
                }
            }
        }
    }

    private bool IsThere(PciAddress address) =>
        space.Read16(address, PciRegister.Vendor) is not (PciRegister.NoVendor or 0);

    private void Add(PciBusRange range, PciAddress address, Queue<byte> buses)
    {
        int form = space.Read8(address, PciRegister.HeaderType) & PciRegister.HeaderForm;
        bool isBridge = form == PciRegister.BridgeHeader;
        uint classAndRevision = space.Read32(address, PciRegister.Revision);
        PciIdentity identity = new(
            space.Read16(address, PciRegister.Vendor),
            space.Read16(address, PciRegister.Device),
            isBridge ? (ushort)0 : space.Read16(address, PciRegister.SubsystemVendor),
            isBridge ? (ushort)0 : space.Read16(address, PciRegister.Subsystem),
            classAndRevision >> 8,
            (byte)classAndRevision
        );
        if (form > PciRegister.BridgeHeader)
        {
            // CardBus bridges (2) have their capabilities and registers elsewhere.
            problems.Add($"{address} ({identity}): header of form {form}, which is left alone");
            return;
        }
        IReadOnlyList<PciCapability> capabilities = PciCapabilities.Read(
            offset => space.Read8(address, offset),
            out string? problem
        );
        if (problem is not null)
        {
            problems.Add($"{address} ({identity}): {problem}");
        }
        PciFunction function = new()
        {
            Address = address,
            Identity = identity,
            IsBridge = isBridge,
            Capabilities = capabilities,
            InterruptPin = space.Read8(address, PciRegister.InterruptPin),
            InterruptLine = space.Read8(address, PciRegister.InterruptLine),
        };
        // A host bridge stands between processor and memory: it is never told to decode nothing.
        bool withLengths =
            identity.BaseClass != DisplayClass && identity.SubClass != HostBridgeClass;
        function.Bars = ReadBars(space, function, withLengths, problems);
        functions.Add(function);
        if (isBridge)
        {
            Follow(range, function, buses);
        }
    }

    private void Follow(PciBusRange range, PciFunction bridge, Queue<byte> buses)
    {
        byte bus = space.Read8(bridge.Address, PciRegister.SecondaryBus);
        if (bus == 0)
        {
            // The firmware has put nothing behind it.
            return;
        }
        bool isTaken = buses.Contains(bus) || seen.Contains((range.Segment, bus));
        if (bus <= bridge.Address.Bus || !range.Contains(bus) || isTaken)
        {
            problems.Add(
                $"{bridge.Address} ({bridge.Identity}): a bridge to bus {bus:x2}, which cannot be behind it"
            );
            return;
        }
        buses.Enqueue(bus);
    }
}
