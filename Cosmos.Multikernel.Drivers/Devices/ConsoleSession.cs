using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Capabilities;

namespace Cosmos.Multikernel.Drivers.Devices;

/// <summary>
/// A console driver as the device manager sees it: what a console is made of on every PC, and the display functions, which are the
/// driver's for as long as its channel lives. Nothing of them is changed: the screen is used as the firmware set it up.
/// </summary>
internal sealed class ConsoleSession : IConsoleDesk, IDisposable
{
    // IBM PC AT technical reference: keyboard controller (8042), CRT controller in colour modes, timer and speaker, interrupt 1.
    private const ushort KeyboardData = 0x60;
    private const ushort KeyboardControl = 0x64;
    private const ushort CrtController = 0x3d4;
    private const ushort ToneTimer = 0x42;
    private const ushort Speaker = 0x61;
    private const byte KeyboardInterrupt = 1;

    private readonly Capabilities.Devices devices;
    private readonly InterruptRouting routing;
    private readonly DeviceTable table;
    private readonly List<int> displays = [];

    /// <summary>Begins one.</summary>
    /// <param name="devices">All devices.</param>
    /// <param name="routing">Which line the keyboard's interrupt is.</param>
    /// <param name="table">Where the displays are.</param>
    /// <param name="instance">The driver.</param>
    /// <param name="core">Its core.</param>
    public ConsoleSession(
        Capabilities.Devices devices,
        InterruptRouting routing,
        DeviceTable table,
        string instance,
        int core
    )
    {
        this.devices = devices;
        this.routing = routing;
        this.table = table;
        while (table.Claim(instance, core) is { } number)
        {
            displays.Add(number);
        }
    }

    /// <summary>The driver has ended.</summary>
    public void Dispose() => displays.ForEach(table.Release);

    /// <inheritdoc/>
    public ValueTask<ScreenDescription> DescribeScreenAsync() => new(devices.DescribeScreen());

    /// <inheritdoc/>
    public ValueTask<DeviceMemory> TakeScreenAsync()
    {
        ScreenDescription screen = devices.DescribeScreen();
        return screen.Kind == ScreenKind.None
            ? throw new InvalidOperationException("There is no screen.")
            : new(
                devices.MintMemory(
                    screen.Address,
                    (long)screen.Length,
                    screen.Kind == ScreenKind.Framebuffer
                        ? DeviceCaching.WriteCombining
                        : DeviceCaching.Uncached
                )
            );
    }

    /// <inheritdoc/>
    public ValueTask<PortRange> TakeCrtControllerAsync() =>
        new(devices.MintPorts(CrtController, 2));

    /// <inheritdoc/>
    public ValueTask<PortRange> TakeKeyboardDataAsync() => new(devices.MintPorts(KeyboardData, 1));

    /// <inheritdoc/>
    public ValueTask<PortRange> TakeKeyboardControlAsync() =>
        new(devices.MintPorts(KeyboardControl, 1));

    /// <inheritdoc/>
    public ValueTask<Interrupt> TakeKeyboardLineAsync() =>
        new(devices.MintLine(routing.LineOf(KeyboardInterrupt)));

    /// <inheritdoc/>
    public ValueTask<PortRange> TakeToneTimerAsync() => new(devices.MintPorts(ToneTimer, 2));

    /// <inheritdoc/>
    public ValueTask<PortRange> TakeSpeakerAsync() => new(devices.MintPorts(Speaker, 1));

    /// <inheritdoc/>
    public ValueTask<ConsoleStream> TakeStreamAsync() => new(devices.MintConsole());
}
