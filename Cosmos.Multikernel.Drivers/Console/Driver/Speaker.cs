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

/// <summary>The PC's speaker. One tone at a time: bells that ring while it sounds are the same one.</summary>
/// <param name="timer">Ports 0x42 and 0x43.</param>
/// <param name="port">Port 0x61.</param>
/// <param name="delay">Lets time pass.</param>
internal sealed class Speaker(RegisterWindow timer, RegisterWindow port, Func<TimeSpan, Task> delay)
{
    // Channel 2, low then high byte, square wave.
    private const byte SquareWave = 0xb6;
    private const int TimerHertz = 1_193_182;
    private const int ToneHertz = 750;
    private static readonly TimeSpan Length = TimeSpan.FromMilliseconds(125);

    private readonly ToneTimer timer = new(timer);
    private readonly SpeakerPort port = new(port);
    private bool sounds;

    /// <summary>Sounds for an eighth of a second.</summary>
    public async Task BeepAsync()
    {
        if (sounds)
        {
            return;
        }
        sounds = true;
        int count = TimerHertz / ToneHertz;
        timer.Mode = SquareWave;
        timer.Count = (byte)count;
        timer.Count = (byte)(count >> 8);
        port.Bits = (port.Bits & SpeakerBits.Writable) | SpeakerBits.Gate | SpeakerBits.Sounds;
        await delay(Length);
        port.Bits = port.Bits & SpeakerBits.Writable & ~SpeakerBits.Sounds;
        sounds = false;
    }
}
