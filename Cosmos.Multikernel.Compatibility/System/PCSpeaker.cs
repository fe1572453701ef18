using Cosmos.Multikernel.Drivers.Console.Driver;

namespace Cosmos.System;

/// <summary>The machine's beeper, in the hands of the console driver; where there is none, the terminal's bell, which has one tone.</summary>
public class PCSpeaker
{
    /// <summary>Beeps.</summary>
    public static void Beep() => Beep((uint)Notes.Default, (uint)Durations.Default);

    /// <summary>Beeps.</summary>
    public static void Beep(uint frequency) => Beep(frequency, (uint)Durations.Default);

    /// <summary>Beeps, and waits.</summary>
    /// <param name="frequency">37 to 32767 Hz.</param>
    /// <param name="duration">Milliseconds until this returns.</param>
    public static void Beep(uint frequency, uint duration)
    {
        if (frequency is < 37 or > 32767)
        {
            throw new ArgumentOutOfRangeException(
                nameof(frequency),
                frequency,
                "A beep has 37 to 32767 Hz."
            );
        }
        if (duration == 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(duration),
                duration,
                "A beep lasts at least a millisecond."
            );
        }
        TimeSpan length = TimeSpan.FromMilliseconds(duration);
        bool isHeard =
            ConsoleCall.IsPossible
            && ConsoleCall.TryRun<SpeakerProxy>(
                nameof(PCSpeaker),
                ConsoleDriver.SpeakerName,
                speaker => speaker.BeepAsync((int)frequency, checked((int)duration)),
                length
            );
        if (!isHeard)
        {
            Console.Beep();
            Thread.Sleep(length);
        }
    }

    /// <summary>Beeps, and waits.</summary>
    public static void Beep(Notes note, Durations duration) => Beep((uint)note, (uint)duration);
}

/// <summary>How long notes are, milliseconds.</summary>
public enum Durations
{
    Whole = 1600,
    Half = Whole / 2,
    Quarter = Half / 2,
    Eighth = Quarter / 2,
    Sixteenth = Eighth / 2,
    Default = 200,
}
