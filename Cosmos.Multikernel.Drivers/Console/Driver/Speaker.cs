using Cosmos.Multikernel.Drivers.Registers;

namespace Cosmos.Multikernel.Drivers.Console.Driver;

/// <summary>Channel 2 of the interval timer, and the word that says how it counts.</summary>
[DeviceRegisters("Intel 8254 data sheet, programming (port 0x42 and on)")]
internal sealed partial class ToneTimer
{
    [Register(0)]
    public partial byte Count { set; }

    [Register(1)]
    public partial byte Mode { set; }
}

/// <summary>System control port B.</summary>
[Flags]
internal enum SpeakerBits : byte
{
    /// <summary>The timer's channel counts.</summary>
    Gate = 1,

    /// <summary>Its output drives the speaker.</summary>
    Sounds = 2,

    /// <summary>What else may be written: the others are read-only.</summary>
    Writable = 0x0f,
}

/// <summary>The port that connects timer and speaker.</summary>
[DeviceRegisters("IBM PS/2 technical reference, system control port B (0x61)")]
internal sealed partial class SpeakerPort
{
    [Register(0)]
    public partial SpeakerBits Bits { get; set; }
}

/// <summary>The PC's speaker. It has one tone at a time: another takes the place of the one that sounds.</summary>
/// <param name="timer">Ports 0x42 and 0x43.</param>
/// <param name="port">Port 0x61.</param>
/// <param name="delay">Lets time pass.</param>
internal sealed class Speaker(RegisterWindow timer, RegisterWindow port, Func<TimeSpan, Task> delay)
    : ISpeaker
{
    // What the timer's 16 bits can divide its rate to, and what anybody can hear; as in Console.Beep.
    private const int LowestHertz = 37;
    private const int HighestHertz = 32767;

    // Channel 2, low then high byte, square wave.
    private const byte SquareWave = 0xb6;
    private const int TimerHertz = 1_193_182;
    private const int BellHertz = 750;
    private static readonly TimeSpan BellLength = TimeSpan.FromMilliseconds(125);

    private readonly ToneTimer timer = new(timer);
    private readonly SpeakerPort port = new(port);
    private int tones;
    private bool sounds;

    /// <summary>The terminal's bell: an eighth of a second. Bells that ring while the speaker sounds are not heard.</summary>
    public Task RingAsync() => sounds ? Task.CompletedTask : SoundAsync(BellHertz, BellLength);

    /// <inheritdoc/>
    public ValueTask BeepAsync(int hertz, int milliseconds)
    {
        if (hertz is < LowestHertz or > HighestHertz || milliseconds < 1)
        {
            throw new ArgumentException(
                $"A beep of {hertz} Hz for {milliseconds} ms: it has {LowestHertz} to {HighestHertz} Hz and lasts at least a millisecond."
            );
        }
        return new(SoundAsync(hertz, TimeSpan.FromMilliseconds(milliseconds)));
    }

    private async Task SoundAsync(int hertz, TimeSpan length)
    {
        int tone = ++tones;
        sounds = true;
        int count = TimerHertz / hertz;
        timer.Mode = SquareWave;
        timer.Count = (byte)count;
        timer.Count = (byte)(count >> 8);
        port.Bits = (port.Bits & SpeakerBits.Writable) | SpeakerBits.Gate | SpeakerBits.Sounds;
        await delay(length);
        if (tone == tones)
        {
            port.Bits = port.Bits & SpeakerBits.Writable & ~SpeakerBits.Sounds;
            sounds = false;
        }
    }
}
