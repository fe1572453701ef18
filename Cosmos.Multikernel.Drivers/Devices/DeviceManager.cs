using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Drivers.Pci;
using Cosmos.Multikernel.Drivers.Registers;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Naming;

namespace Cosmos.Multikernel.Drivers.Devices;

/// <summary>
/// The instance that holds all devices: it finds them, and hands each driver exactly what its devices are made of.
/// </summary>
/// <remarks>
/// Principles.
/// <list type="number">
/// <item>Who may drive what is decided by the boot medium alone: its arguments are the kernel project's declarations. A client's name and
/// core come from its CPU driver.</item>
/// <item>Only the manager touches configuration spaces, so a driver cannot turn its device into another, move it over
/// somebody's registers, or find the others.</item>
/// <item>A device acts only while its driver lives: bus mastering and interrupts are off before the driver asks for them, and again
/// when its channel has ended. The memory that it had is nobody else's before that.</item>
/// </list>
/// </remarks>
public sealed class DeviceManager : IDeviceList
{
    /// <summary>The name under which everybody finds <see cref="IDeviceList"/>.</summary>
    public const string Name = "devices";

    /// <summary>The name under which drivers find <see cref="IDriverDesk"/>.</summary>
    public const string DriversName = "drivers";

    /// <summary>The name under which the console driver finds <see cref="IConsoleDesk"/>.</summary>
    public const string ConsoleName = "console-devices";

    private readonly List<string> problems;
    private readonly InterruptRouting routing;
    private readonly IReadOnlyList<DriverDeclaration> drivers;

    private DeviceManager(
        Capabilities.Devices devices,
        IPciConfiguration space,
        PciScan scan,
        IReadOnlyList<DriverDeclaration> drivers
    )
    {
        Devices = devices;
        Space = space;
        problems = [.. scan.Problems];
        this.drivers = drivers;
        routing = new InterruptRouting(devices.ReadTable("APIC"));
        Table = new DeviceTable(scan.Functions, drivers, Machine.CoresOf, routing);
    }

    /// <summary>All devices.</summary>
    public DeviceTable Table { get; }

    /// <summary>What could not be right about any of them.</summary>
    public IReadOnlyList<string> Problems => problems;

    internal Capabilities.Devices Devices { get; }

    internal IPciConfiguration Space { get; }

    /// <summary>Finds all devices.</summary>
    /// <param name="devices">The capability for them.</param>
    /// <param name="drivers">Who drives what.</param>
    public static DeviceManager Start(
        Capabilities.Devices devices,
        IReadOnlyList<DriverDeclaration> drivers
    )
    {
        IPciConfiguration space = OpenConfiguration(devices);
        return new DeviceManager(devices, space, PciScan.Run(space), drivers);
    }

    /// <summary>Serves drivers, and those who want to know, until cancelled. On the event loop.</summary>
    public async Task ServeAsync(CancellationToken cancellation = default)
    {
        Task listing = Names.ServeAsync(
            Name,
            new DeviceListDispatcher(this),
            cancellation: cancellation
        );
        Task driving = Names.ServeEachAsync(
            DriversName,
            DriverDeskProxy.InterfaceHash,
            channel => ServeDriverAsync(channel, cancellation),
            request => Table.CountOf(request.Instance, request.Core) > 0,
            cancellation
        );
        Task showing = Names.ServeEachAsync(
            ConsoleName,
            ConsoleDeskProxy.InterfaceHash,
            channel => ServeConsoleAsync(channel, cancellation),
            request => IsConsoleDriver(request.Instance, request.Core),
            cancellation
        );
        // None ends but by failing, or by being cancelled.
        await await EventLoop.WhenAny(listing, driving, showing);
    }

    /// <inheritdoc/>
    public ValueTask<DeviceRecord[]> ListAsync() => new([.. Table.Records]);

    /// <inheritdoc/>
    public ValueTask<string[]> GetProblemsAsync() => new([.. problems]);

    internal PciControl ControlOf(int device) => new(Space, Table.FunctionOf(device));

    /// <summary>Asks a device for the lengths of its registers that the scan did not ask for.</summary>
    internal void ReadLengths(int device)
    {
        PciFunction function = Table.FunctionOf(device);
        function.Bars = PciScan.ReadBars(Space, function, withLengths: true, problems);
    }

    private bool IsConsoleDriver(string instance, int core) =>
        drivers.Any(driver =>
            driver.Instance == instance
            && driver.Devices.Any(match => match.IsConsole)
            && Machine.CoresOf(instance).Contains(core)
        );

    // The channel is closed last: until then the CPU driver keeps the memory that the driver's devices may write to.
    private Task ServeDriverAsync(Channel channel, CancellationToken cancellation)
    {
        DriverSession session = new(this, channel.PeerName, channel.PeerCore);
        return MessageServer.ServeAsync(
            channel,
            new DriverDeskDispatcher(session),
            session.TakeBackAsync,
            cancellation
        );
    }

    private async Task ServeConsoleAsync(Channel channel, CancellationToken cancellation)
    {
        using ConsoleSession session = new(
            Devices,
            routing,
            Table,
            channel.PeerName,
            channel.PeerCore
        );
        await MessageServer.ServeAsync(channel, new ConsoleDeskDispatcher(session), cancellation);
    }

    private static IPciConfiguration OpenConfiguration(Capabilities.Devices devices)
    {
        IReadOnlyList<EcamRegion> regions = McfgTable.Read(devices.ReadTable("MCFG"));
        return regions.Count > 0
            ? new EcamConfiguration(
                regions,
                (start, length) => new MemoryWindow(devices.MintMemory(start, length))
            )
            : new PortConfiguration(
                new PortWindow(
                    devices.MintPorts(PortConfiguration.FirstPort, PortConfiguration.PortCount)
                )
            );
    }
}
