using Cosmos.Multikernel;
using Cosmos.Multikernel.Drivers.Console.Driver;
using Cosmos.Multikernel.Drivers.Console.Keyboards;
using Cosmos.System.ScanMaps;

namespace Cosmos.System;

/// <summary>
/// The keyboard: key by key, past the console's line editing. Keys come from the console, wherever its keyboard is (the machine's, or a
/// serial terminal's), so what a modifier's key does alone is not seen: modifiers are those of the last key that was read.
/// </summary>
public static class KeyboardManager
{
    private static readonly ScanMapBase American = new US_Standard();

    /// <summary>Remembered, no more: the console does not tell.</summary>
    public static bool NumLock { get; set; }

    /// <summary>Remembered, no more: the console does not tell.</summary>
    public static bool CapsLock { get; set; }

    /// <summary>Remembered, no more: the console does not tell.</summary>
    public static bool ScrollLock { get; set; }

    public static bool ControlPressed { get; set; }

    public static bool ShiftPressed { get; set; }

    public static bool AltPressed { get; set; }

    /// <summary>Whether a key waits to be read.</summary>
    public static bool KeyAvailable => Console.KeyAvailable;

    /// <summary>Waits for a key. It is not shown.</summary>
    public static KeyEvent ReadKey()
    {
        KeyEvent key = KeyTable.EventOf(Console.ReadKey(intercept: true));
        ControlPressed = key.Modifiers.HasFlag(ConsoleModifiers.Control);
        ShiftPressed = key.Modifiers.HasFlag(ConsoleModifiers.Shift);
        AltPressed = key.Modifiers.HasFlag(ConsoleModifiers.Alt);
        return key;
    }

    /// <summary>Reads a key if one waits.</summary>
    public static bool TryReadKey(out KeyEvent oKey)
    {
        bool isThere = KeyAvailable;
        oKey = isThere ? ReadKey() : null!;
        return isThere;
    }

    /// <summary>The layout that was chosen last; the American one when none was.</summary>
    public static ScanMapBase GetKeyLayout() => ScanMapBase.Chosen ?? American;

    /// <summary>Chooses the layout of the machine's keyboard, from the next key on; nothing for null.</summary>
    /// <remarks>A terminal on the serial line has a layout of its own.</remarks>
    /// <exception cref="NotSupportedException">There is no console driver, and the CPU driver's layout is another.</exception>
    public static void SetKeyLayout(ScanMapBase scanMap)
    {
        if (scanMap is null)
        {
            return;
        }
        // Hosted, the terminal has a keyboard and a layout of its own.
        if (scanMap is StandardLayout standard && !Instance.IsHosted)
        {
            Choose(standard.Name);
        }
        ScanMapBase.Chosen = scanMap;
    }

    private static void Choose(string name)
    {
        bool isChosen = ConsoleCall.TryRun<KeyboardDeskProxy>(
            nameof(KeyboardManager),
            ConsoleDriver.KeyboardName,
            desk => desk.SetLayoutAsync(name)
        );
        if (!isChosen && name != KeyboardLayout.Us.Name)
        {
            throw new NotSupportedException(
                $"Keyboard layout '{name}': no console driver answers, and without one the keyboard is American. "
                    + "<CosmosConsoleDriver>true</CosmosConsoleDriver> in the kernel project puts one on the image."
            );
        }
    }
}
