using System.Runtime.Intrinsics.X86;
using Cosmos.Multikernel.CpuDriver.Capabilities;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Endpoints;

namespace Cosmos.Multikernel.CpuDriver.Console;

/// <summary>
/// A core's report of its own end, on the screen; the serial line has it already. The console core shows it like any text, if it can
/// be told: then a console driver has it among what it shows. A core that cannot tell it, or on which the screen is served, draws it
/// itself, over whatever is there.
/// </summary>
public static unsafe class LastWords
{
    // The console core may be busy, but not for long.
    private const ulong Patience = 200_000_000;

    public static void Show(byte* text, uint length)
    {
        if (ThisCore.Boot == null || TextScreen.IsRunning)
        {
            // Shown as it was written.
            return;
        }
        bool isServedHere = ThisCore.Index == ThisCore.Boot->ConsoleCore || HeldConsole.IsAttached;
        if (isServedHere || !TryTell(text, length))
        {
            Draw(text, length);
        }
    }

    /// <summary>Draws it, past everybody else.</summary>
    public static void Draw(byte* text, uint length)
    {
        if (ThisCore.Boot == null || TextScreen.IsRunning)
        {
            return;
        }
        TextScreen.Start(in ThisCore.Boot->Screen);
        for (uint i = 0; i < length; i++)
        {
            TextScreen.Write(text[i]);
        }
    }

    private static bool TryTell(byte* text, uint length)
    {
        ulong deadline = Clock.Monotonic + Patience;
        ScreenText message = default;
        message.Kind = LinkMessageKind.LastWords;
        for (uint at = 0; at < length; )
        {
            uint piece = System.Math.Min(length - at, ScreenText.MostBytes);
            for (uint i = 0; i < piece; i++)
            {
                message.Text[i] = text[at + i];
            }
            while (
                !Links.TrySendShort(
                    ThisCore.Boot->ConsoleCore,
                    (byte*)&message,
                    ScreenText.HeaderBytes + piece
                )
            )
            {
                if (Clock.Monotonic > deadline)
                {
                    return false;
                }
                X86Base.Pause();
            }
            at += piece;
        }
        return true;
    }
}
