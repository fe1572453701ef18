using Cosmos.System;
using IL2CPU.API.Attribs;

namespace Cosmos.Multikernel.Compatibility.Plugs;

/// <summary>What .NET's console can do on Windows only.</summary>
[Plug(Target = typeof(Console))]
public static class ConsolePlug
{
    // DECTCEM: show and hide the cursor (ECMA-48 private mode 25).
    private const string ShowCursor = "\e[?25h";
    private const string HideCursor = "\e[?25l";

    private static bool isCursorVisible = true;

    public static void Beep(int frequency, int duration) =>
        PCSpeaker.Beep(checked((uint)frequency), checked((uint)duration));

    public static bool get_CursorVisible() => isCursorVisible;

    public static void set_CursorVisible(bool value)
    {
        isCursorVisible = value;
        Console.Out.Write(value ? ShowCursor : HideCursor);
    }

    // A terminal's cursor has one size.
    public static void set_CursorSize(int value) { }

    public static bool get_CapsLock() => KeyboardManager.CapsLock;

    public static bool get_NumberLock() => KeyboardManager.NumLock;
}
