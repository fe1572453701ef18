using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Terminal;

/// <summary>Keys, one at a time, as lines, and as a signal. Each line that begins with <c>press</c> asks the fixture for keys.</summary>
internal static class PressedKeys
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Until the console driver has it, the keyboard is the CPU driver's American one: the fixture presses Y until it is a Z.
    /// </summary>
    public static void WaitForDriver()
    {
        Console.WriteLine("press: y");
        while (Console.ReadKey(intercept: true).KeyChar != 'z') { }
        Console.WriteLine("the keyboard is German");
        // It may have been pressed once more before the fixture saw that.
        Thread.Sleep(TimeSpan.FromSeconds(1.5));
        while (Console.KeyAvailable)
        {
            Console.ReadKey(intercept: true);
        }
    }

    public static string Read()
    {
        Expect.That(!Console.KeyAvailable);
        Console.WriteLine("press: a B ü F5 Up Ctrl+Right Enter");
        Expect.That(SpinWait.SpinUntil(() => Console.KeyAvailable, Patience));
        Check(ConsoleKey.A, 'a', 0);
        Check(ConsoleKey.B, 'B', ConsoleModifiers.Shift);
        Check(0, 'ü', 0);
        Check(ConsoleKey.F5, '\0', 0);
        Check(ConsoleKey.UpArrow, '\0', 0);
        Check(ConsoleKey.RightArrow, '\0', ConsoleModifiers.Control);
        Check(ConsoleKey.Enter, '\r', 0);
        Expect.That(!Console.KeyAvailable);
        return "";
    }

    public static string ReadLine()
    {
        Console.WriteLine("press: h ä Backspace e y Enter");
        var line = Console.ReadLine();
        Expect.Equal("hey", line);
        return line!;
    }

    public static string Interrupt()
    {
        using ManualResetEventSlim interrupted = new();
        ConsoleCancelEventHandler handler = (_, arguments) =>
        {
            arguments.Cancel = true;
            interrupted.Set();
        };
        Console.CancelKeyPress += handler;
        Console.WriteLine("press: Ctrl+C");
        Expect.That(interrupted.Wait(Patience));
        Console.CancelKeyPress -= handler;

        Console.TreatControlCAsInput = true;
        Console.WriteLine("press: Ctrl+C again");
        Check(ConsoleKey.C, '\u0003', ConsoleModifiers.Control);
        Console.TreatControlCAsInput = false;
        return "";
    }

    /// <summary>The fixture looks at the screen meanwhile.</summary>
    public static void WaitForEver() => Thread.Sleep(Timeout.Infinite);

    private static void Check(ConsoleKey key, char character, ConsoleModifiers modifiers)
    {
        var pressed = Console.ReadKey(intercept: true);
        Expect.Equal(
            (key, character, modifiers),
            (pressed.Key, pressed.KeyChar, pressed.Modifiers)
        );
    }
}
