using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Drivers.Console.Driver;

/// <summary>What a console driver does for everybody, under the name <see cref="ConsoleDriver.SpeakerName"/>: the PC's speaker.</summary>
[MessageInterface(Service = "speaker")]
public interface ISpeaker
{
    /// <summary>Sounds a tone, in the place of one that sounds; answers when its time is over.</summary>
    /// <exception cref="ArgumentException">It is none: 37 to 32767 Hz, a millisecond at least.</exception>
    ValueTask BeepAsync(int hertz, int milliseconds);
}
