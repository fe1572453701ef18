using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Drivers.Devices;

/// <summary>
/// What the device manager gives a console driver, under the name <see cref="DeviceManager.ConsoleName"/>: the instance that the
/// kernel project declares with <c>Driver="console"</c>, and no other.
/// </summary>
[MessageInterface(Service = "console-devices")]
public interface IConsoleDesk
{
    /// <summary>The screen that the boot loader left.</summary>
    ValueTask<ScreenDescription> DescribeScreenAsync();

    /// <summary>The screen's memory.</summary>
    ValueTask<DeviceMemory> TakeScreenAsync();

    /// <summary>Index and data of VGA's CRT controller: ports 0x3D4 and 0x3D5.</summary>
    ValueTask<PortRange> TakeCrtControllerAsync();

    /// <summary>The keyboard controller's data port, 0x60.</summary>
    ValueTask<PortRange> TakeKeyboardDataAsync();

    /// <summary>The keyboard controller's command and status port, 0x64.</summary>
    ValueTask<PortRange> TakeKeyboardControlAsync();

    /// <summary>The keyboard's interrupt line. Once it is bound, the CPU driver leaves the keyboard alone.</summary>
    ValueTask<Interrupt> TakeKeyboardLineAsync();

    /// <summary>The interval timer's channel 2 and its control word, ports 0x42 and 0x43: the speaker's tone.</summary>
    ValueTask<PortRange> TakeToneTimerAsync();

    /// <summary>System control port B, 0x61: what switches the speaker.</summary>
    ValueTask<PortRange> TakeSpeakerAsync();

    /// <summary>The console's text and keys.</summary>
    ValueTask<ConsoleStream> TakeStreamAsync();
}
