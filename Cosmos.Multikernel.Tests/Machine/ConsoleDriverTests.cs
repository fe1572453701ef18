using System.Diagnostics;
using System.Text.RegularExpressions;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Sdk.Images;
using Cosmos.Multikernel.Tests.Machines.Screens;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>A PC as people have it: UEFI, no serial port, booted from a stick; a German keyboard, and nothing but the screen to see.</summary>
[TestFixture]
[Category("Machine")]
[Parallelizable(ParallelScope.Self)]
public sealed partial class ConsoleDriverTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan ShortLimit = TimeSpan.FromSeconds(40);

    /// <summary>Commands typed on the keyboard show their tables; a driver that dies comes back, and the screen is as it was.</summary>
    [Test]
    public async Task APcWithoutASerialPortIsUsable()
    {
        var image = TestMachine.WriteImage(
            "console",
            new ImageModule("shell", TestMachine.Shell, "0", IsConsole: true),
            Repository.ConsoleModule("1", layout: "de"),
            Repository.DeviceManagerModule("console=console"),
            Repository.MonitorModule
        );
        await using var machine = await TestMachine.BootAsync(
            "console",
            image,
            options => options with { Cores = 2, Uefi = true, Usb = true, HasSerialLine = false }
        );
        var screen = new MachineScreen(machine, "console");
        await screen.ExpectAsync(Prompt(), Limit);
        await WaitForKeyboardAsync(machine, screen);

        // A layout chosen by message holds from the next key on.
        await machine.PressAsync("k e z b o a r d spc u s ret", CancellationToken.None);
        await screen.ExpectAsync(American(), ShortLimit);
        await machine.PressAsync("e c h o spc y z slash ret", CancellationToken.None);
        await screen.ExpectAsync(AmericanEcho(), ShortLimit);
        await machine.PressAsync("k e y b o a r d spc d e ret", CancellationToken.None);
        await machine.PressAsync("c l e a r ret", CancellationToken.None);

        await machine.PressAsync("c o r e s ret", CancellationToken.None);
        await screen.ExpectAsync(Table(), ShortLimit);

        // A slash is Shift+7.
        await machine.PressAsync("e c h o spc y z shift+7 ret", CancellationToken.None);
        await screen.ExpectAsync(Echo(), ShortLimit);

        await machine.PressAsync(
            "c r a s h spc 1 shift+7 c o n s o l e ret",
            CancellationToken.None
        );
        var after = await screen.ExpectAsync(Restarted(), ShortLimit);
        Assert.That(after.ToString(), Does.Match(Table()).And.Match(Echo()), "drawn anew");
        await machine.PressAsync("e c h o spc a l i v e minus y ret", CancellationToken.None);
        await screen.ExpectAsync(Alive(), ShortLimit);

        // Cores without a driver to show it draw their last words themselves.
        await machine.InterruptAsync(CancellationToken.None);
        await screen.ExpectAsync(Panic(), ShortLimit);
    }

    // Until its driver has it, the keyboard is an American one. Y and Z change places.
    private static async Task WaitForKeyboardAsync(VirtualMachine machine, MachineScreen screen)
    {
        var begin = Stopwatch.GetTimestamp();
        do
        {
            await machine.PressAsync("y ret", CancellationToken.None);
            await Task.Delay(TimeSpan.FromSeconds(1));
        } while (
            Stopwatch.GetElapsedTime(begin) < ShortLimit
            && !German().IsMatch((await screen.ReadAsync()).ToString())
        );
        await screen.ExpectAsync(German(), ShortLimit);
    }

    [GeneratedRegex(@"^cosmos>", RegexOptions.Multiline)]
    private static partial Regex Prompt();

    [GeneratedRegex(@"^z: there is no such command", RegexOptions.Multiline)]
    private static partial Regex German();

    [GeneratedRegex(
        @"^CORE  INSTANCE[^\n]*\n(.*\n)*   1  console +running",
        RegexOptions.Multiline
    )]
    private static partial Regex Table();

    [GeneratedRegex(@"^zy/$", RegexOptions.Multiline)]
    private static partial Regex Echo();

    [GeneratedRegex(
        @"\[1 console\]: ended: .*; starts again$(.*\n)*.*cosmos>",
        RegexOptions.Multiline
    )]
    private static partial Regex Restarted();

    [GeneratedRegex(@"^\[\d\] PANIC: ", RegexOptions.Multiline)]
    private static partial Regex Panic();

    [GeneratedRegex(@"^us \(there are us, de, fr", RegexOptions.Multiline)]
    private static partial Regex American();

    [GeneratedRegex(@"^yz/$", RegexOptions.Multiline)]
    private static partial Regex AmericanEcho();

    // The key beside the zero writes ß, where the American one has a minus.
    [GeneratedRegex(@"^aliveßz$", RegexOptions.Multiline)]
    private static partial Regex Alive();
}
