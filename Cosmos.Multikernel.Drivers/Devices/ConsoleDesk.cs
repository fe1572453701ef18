using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Capabilities;

namespace Cosmos.Multikernel.Drivers.Devices;

/// <summary>The device manager's side: what a console is made of on every PC.</summary>
internal sealed class ConsoleDesk(Capabilities.Devices devices, InterruptRouting routing)
    : IConsoleDesk
{
    // IBM PC AT technical reference: keyboard controller (8042), CRT controller in colour modes, timer and speaker, interrupt 1.
    private const ushort KeyboardData = 0x60;
    private const ushort KeyboardControl = 0x64;
    private const ushort CrtController = 0x3d4;
    private const ushort ToneTimer = 0x42;
    private const ushort Speaker = 0x61;
    private const byte KeyboardInterrupt = 1;

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
