// A console driver: the screen and the keyboard of the machine, in an instance of their own.
//
// Principles
// - The text comes from the CPU drivers as one stream, in order: the console instance's bytes, the other instances' and the CPU
//   drivers' lines whole and tagged. What of it is visible is this instance's alone to know: a terminal in memory.
// - Nobody waits for it. It takes text as fast as it can and draws what is left of it then, some ten times a second at most.
// - What is typed goes into the console instance's terminal, beside what comes over the serial line. So do the screen's
//   answers to questions (where is the cursor?).
// - Whoever wants to may choose the keyboard's layout and sound the speaker, by message.
// - It keeps nothing that would be missed: its next life gets the last of the text again and draws it anew. A keyboard layout that
//   somebody chose is forgotten: the next life begins with its arguments'.

using System.Diagnostics;
using System.Text;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Drivers.Console.Fonts;
using Cosmos.Multikernel.Drivers.Console.Keyboards;
using Cosmos.Multikernel.Drivers.Console.Screens;
using Cosmos.Multikernel.Drivers.Console.Terminals;
using Cosmos.Multikernel.Drivers.Devices;
using Cosmos.Multikernel.Drivers.Registers;
using Cosmos.Multikernel.Naming;

namespace Cosmos.Multikernel.Drivers.Console.Driver;

/// <summary>Shows the console's text on the screen, and types what the keyboard says. On the event loop.</summary>
public sealed class ConsoleDriver : IDisposable
{
    /// <summary>The name under which everybody finds <see cref="IKeyboardDesk"/>.</summary>
    public const string KeyboardName = "keyboard";

    /// <summary>The name under which everybody finds <see cref="ISpeaker"/>.</summary>
    public const string SpeakerName = "speaker";

    // While text comes without a pause it is drawn so often.
    private static readonly TimeSpan DrawEvery = TimeSpan.FromMilliseconds(50);
    private const int ReadBytes = 4096;

    private readonly ConsoleStream stream;
    private readonly Terminal terminal;
    private readonly Keyboard keyboard;
    private readonly TypedKeys typed;
    private readonly Speaker speaker;
    private bool showsOldText;

    private ConsoleDriver(
        ConsoleStream stream,
        ITextSurface surface,
        Speaker speaker,
        ConsoleArguments arguments
    )
    {
        this.stream = stream;
        Columns = surface.Columns;
        Rows = surface.Rows;
        terminal = new Terminal(new TextScreen(surface));
        keyboard = new Keyboard(arguments.Layout);
        typed = new TypedKeys(stream);
        terminal.Answered += Answer;
        terminal.Rang += Ring;
        this.speaker = speaker;
        keyboard.RestartAsked += Machine.Reboot;
    }

    /// <summary>The screen's cells in a row.</summary>
    public int Columns { get; }

    /// <summary>The screen's rows.</summary>
    public int Rows { get; }

    /// <summary>Takes the console over.</summary>
    /// <returns>Null when the machine has no screen to show anything on.</returns>
    public static async Task<ConsoleDriver?> StartAsync(
        IConsoleDesk desk,
        ConsoleArguments arguments
    )
    {
        ScreenDescription screen = await desk.DescribeScreenAsync();
        ITextSurface? surface = screen.Kind switch
        {
            ScreenKind.Text => new VgaTextSurface(
                new VgaTextMemory(await desk.TakeScreenAsync(), await desk.TakeCrtControllerAsync())
            ),
            ScreenKind.Framebuffer => SurfaceOf(screen, await desk.TakeScreenAsync()),
            _ => null,
        };
        if (surface is null)
        {
            return null;
        }
        ConsoleStream stream = await desk.TakeStreamAsync();
        Speaker speaker = new(
            new PortWindow(await desk.TakeToneTimerAsync()),
            new PortWindow(await desk.TakeSpeakerAsync()),
            DelayAsync
        );
        stream.Bind(surface.Columns, surface.Rows);
        return new ConsoleDriver(stream, surface, speaker, arguments);
    }

    /// <summary>Shows and types until cancelled.</summary>
    public async Task RunAsync(IConsoleDesk desk, CancellationToken cancellation)
    {
        Task typing = TypeAsync(desk, cancellation);
        Task showing = ShowAsync(cancellation);
        Task choosing = Names.ServeAsync(
            KeyboardName,
            new KeyboardDeskDispatcher(new KeyboardDesk(keyboard)),
            cancellation: cancellation
        );
        Task beeping = Names.ServeAsync(
            SpeakerName,
            new SpeakerDispatcher(speaker),
            cancellation: cancellation
        );
        await await EventLoop.WhenAny(typing, showing, choosing, beeping);
    }

    /// <summary>Gives the console back to the CPU driver.</summary>
    public void Dispose() => stream.Dispose();

    private static Task DelayAsync(TimeSpan time) => EventLoop.Current.Delay(time).AsTask();

    private static FramebufferSurface SurfaceOf(ScreenDescription screen, DeviceMemory memory) =>
        new(
            new FramebufferMemory(memory),
            (int)screen.Width,
            (int)screen.Height,
            screen.Pitch,
            new PixelFormat(
                screen.BitsPerPixel,
                screen.RedPosition,
                screen.RedSize,
                screen.GreenPosition,
                screen.GreenSize,
                screen.BluePosition,
                screen.BlueSize
            ),
            ConsoleFont.Load(),
            FramebufferSurface.ScaleFor((int)screen.Width)
        );

    private async Task ShowAsync(CancellationToken cancellation)
    {
        byte[] text = new byte[ReadBytes];
        long drawn = 0;
        while (true)
        {
            int count = stream.Read(text, out showsOldText);
            terminal.Write(text.AsSpan(0, count));
            keyboard.CursorKeysAreApplications = terminal.CursorKeysAreApplications;
            bool isDue = Stopwatch.GetElapsedTime(drawn) >= DrawEvery;
            if (count == 0 || isDue)
            {
                terminal.Show();
                drawn = Stopwatch.GetTimestamp();
            }
            if (count == 0)
            {
                await stream.WaitAsync(cancellation);
            }
            else
            {
                // The keyboard's turn.
                await Task.Yield();
            }
        }
    }

    // Old text is only drawn: what it asked was answered in its time.
    private void Answer(string answer)
    {
        if (!showsOldText)
        {
            typed.Add(answer);
        }
    }

    private void Ring()
    {
        if (!showsOldText)
        {
            _ = speaker.RingAsync();
        }
    }

    private async Task TypeAsync(IConsoleDesk desk, CancellationToken cancellation)
    {
        KeyboardController controller = new(
            new PortWindow(await desk.TakeKeyboardDataAsync()),
            new PortWindow(await desk.TakeKeyboardControlAsync()),
            DelayAsync
        );
        using Interrupt interrupt = await desk.TakeKeyboardLineAsync();
        interrupt.Bind();
        KeyboardLights lights = keyboard.Lights;
        if (!await controller.StartAsync(lights))
        {
            global::System.Console.WriteLine("the keyboard controller does not answer");
        }
        while (true)
        {
            foreach (KeyChange change in controller.Take())
            {
                typed.Add(keyboard.Take(change));
            }
            if (keyboard.Lights != lights)
            {
                lights = keyboard.Lights;
                controller.Show(lights);
            }
            interrupt.Acknowledge();
            await interrupt.WaitAsync(cancellation: cancellation);
        }
    }

    /// <summary>What was typed, on its way: in the order in which it came, whoever typed it.</summary>
    private sealed class TypedKeys(ConsoleStream stream)
    {
        private readonly List<byte> waiting = [];
        private bool isSending;

        public void Add(string text)
        {
            waiting.AddRange(Encoding.UTF8.GetBytes(text));
            if (!isSending && waiting.Count > 0)
            {
                _ = SendAsync();
            }
        }

        private async Task SendAsync()
        {
            isSending = true;
            while (waiting.Count > 0)
            {
                byte[] keys = [.. waiting];
                waiting.Clear();
                await stream.TypeAsync(keys);
            }
            isSending = false;
        }
    }
}
