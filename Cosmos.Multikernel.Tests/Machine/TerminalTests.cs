using System.Diagnostics;
using System.Text.RegularExpressions;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Sdk.Images;
using Cosmos.Multikernel.Tests.Machines.Screens;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>.NET's own Console on the metal: keys from the keyboard, a BIOS's text screen, and the serial line beside it.</summary>
[TestFixture]
[Category("Machine")]
[Parallelizable(ParallelScope.Self)]
public sealed partial class TerminalTests
{
    private const int Columns = 80;
    private const int Rows = 25;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    // ConsoleColor has blue as 1 and red as 4, ECMA-48 the other way round; dark grey and grey are 8 and 7 for both.
    private static readonly int[] Colours = [0, 4, 2, 6, 1, 5, 3, 7, 8, 12, 10, 14, 9, 13, 11, 15];

    private static readonly string Sound = Path.Combine(Repository.Logs, "test-terminal.wav");

    private VirtualMachine _machine = null!;
    private InstanceWatch _watch = null!;
    private MachineScreen _screen = null!;

    [OneTimeSetUp]
    public async Task BootAsync()
    {
        var image = TestMachine.WriteImage(
            "terminal",
            new ImageModule(
                "terminal",
                TestMachine.Terminal,
                "0",
                IsConsole: true,
                Arguments: $"{Columns} {Rows}"
            ),
            Repository.ConsoleModule("0", layout: "de"),
            Repository.DeviceManagerModule("console=console"),
            Repository.MonitorModule
        );
        _machine = await TestMachine.BootAsync(
            "terminal",
            image,
            options =>
                options with
                {
                    Cores = 1,
                    ExtraArguments =
                    [
                        "-audiodev",
                        $"wav,id=speaker,path={Sound}",
                        "-machine",
                        "pcspk-audiodev=speaker",
                    ],
                }
        );
        _watch = new InstanceWatch(_machine, Limit);
        _screen = new MachineScreen(_machine, "terminal");
        await WaitForDriverAsync();
        await PressAsync("press: a B ü", "a shift+b bracket_left f5 up ctrl+right ret");
        await PressAsync("press: h ä", "h apostrophe backspace e z ret");
        await PressAsync("press: Ctrl.C", "ctrl+c");
        await PressAsync("press: Ctrl.C again", "ctrl+c");
    }

    [OneTimeTearDown]
    public async Task EndAsync() => await _machine.DisposeAsync();

    [Test, Order(1)]
    public Task Calls(
        [Values("size", "keys", "line", "interrupt", "picture", "driver")] string name
    ) => _watch.AssertRecordAsync($"terminal.{name}", core: 0);

    /// <summary>The screen shows characters and colours where the program put them, drawn anew after its driver's death.</summary>
    [Test, Order(1)]
    public async Task ThePictureIsOnTheScreen()
    {
        var screen = await _screen.ExpectAsync(Done(), Limit);
        Assert.That(screen.Rows[0], Is.EqualTo("yellow on blue"));
        Assert.That(screen.Cells[0][0], Is.EqualTo(new ScreenCell('y', 11, 4)));
        Assert.That(screen.Rows[3], Is.EqualTo(new string(' ', 20) + "here"));
        Assert.That(
            screen.Cells[5].Take(Colours.Length).Select(cell => cell.Foreground),
            Is.EqualTo(Colours)
        );
    }

    /// <summary>A terminal on the serial line gets the same, but no questions: the screen's terminal has answered them.</summary>
    [Test, Order(1)]
    public async Task TheSerialLineHasItToo()
    {
        await _machine.ExpectAsync(Done(), Limit, CancellationToken.None);
        var said = _machine.Serial.From(0).Split("[0 console]: ended")[0];
        Assert.That(said, Does.Contain("\e[4;21Hhere").And.Contain("\e[93m"));
        Assert.That(said, Does.Contain("\e[?25l").And.Contain("\a"));
        Assert.That(said, Does.Not.Contain("\e[6n"));
    }

    /// <summary>What the machine's speaker says, recorded: 16-bit samples, of which silence is 0.</summary>
    [Test, Order(1)]
    public async Task TheBellSounds()
    {
        const int Header = 44;
        await _machine.ExpectAsync(Done(), Limit, CancellationToken.None);
        Assert.That(
            async () =>
            {
                await using var file = new FileStream(
                    Sound,
                    FileMode.Open,
                    FileAccess.Read,
                    FileShare.ReadWrite
                );
                var bytes = new byte[file.Length];
                await file.ReadExactlyAsync(bytes);
                return bytes.Skip(Header).Any(sample => sample != 0);
            },
            Is.True.After(10).Seconds.PollEvery(200).MilliSeconds
        );
    }

    [Test, Order(1)]
    public void NoCpuDriverPanics() => Assert.That(_watch.Panics, Is.Empty);

    /// <summary>The core of the console driver and of the console itself: it draws its last words over the screen.</summary>
    [Test, Order(2)]
    public async Task APanicIsOnTheScreen()
    {
        await _machine.InterruptAsync(CancellationToken.None);
        var screen = await _screen.ExpectAsync(Panic(), Limit);
        Assert.That(screen.ToString(), Does.Contain("this core stops"));
    }

    private async Task WaitForDriverAsync()
    {
        const string German = "the keyboard is German";
        await _machine.ExpectAsync(new Regex("press: y"), Limit, CancellationToken.None);
        var begin = Stopwatch.GetTimestamp();
        while (!_machine.Serial.From(0).Contains(German) && Stopwatch.GetElapsedTime(begin) < Limit)
        {
            await _machine.PressAsync("y", CancellationToken.None);
            await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }

    private async Task PressAsync(string wish, string keys)
    {
        await _machine.ExpectAsync(new Regex(wish), Limit, CancellationToken.None);
        await _machine.PressAsync(keys, CancellationToken.None);
    }

    [GeneratedRegex(@"^\[0\] PANIC: ", RegexOptions.Multiline)]
    private static partial Regex Panic();

    [GeneratedRegex("@done")]
    private static partial Regex Done();
}
