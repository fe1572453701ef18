using System.Globalization;

namespace Cosmos.Multikernel.Sdk.Images;

/// <summary>One kernel instance as the boot medium carries it: a file, and what the CPU driver does with it.</summary>
/// <param name="Name">The instance's name; argv[0] and the tag of its output lines.</param>
/// <param name="File">The program on this machine: a NativeAOT static-pie executable.</param>
/// <param name="Cores">A core list, see <see cref="CoreList"/>.</param>
/// <param name="IsConsole">It receives the console's input, and its output is not tagged.</param>
/// <param name="Memory">Limit of its private memory, such as <c>64M</c>; empty for the CPU driver's choice.</param>
/// <param name="Priority">Scheduling priority; empty for the CPU driver's choice.</param>
/// <param name="Arguments">What follows argv[0], see <see cref="ArgumentSplitter"/>.</param>
/// <param name="IsMonitor">It is trusted to bind channels for the others of its core.</param>
/// <param name="Devices">
/// The devices it may use: <c>all</c> (or <c>true</c>), or a list such as <c>port:0x70-0x71,irq:8</c>; empty (or <c>false</c>) for none.
/// </param>
/// <param name="Restart">Whether it is started again after its end; empty: a monitor always, others never.</param>
public sealed record ImageModule(
    string Name,
    string File,
    string Cores,
    bool IsConsole = false,
    string Memory = "",
    string Priority = "",
    string Arguments = "",
    bool IsMonitor = false,
    string Devices = "",
    string Restart = ""
)
{
    /// <summary>The longest name that the CPU driver takes.</summary>
    public const int LongestName = 31;

    /// <summary>What a name may be, in words.</summary>
    public static readonly string NameRule =
        $"use 1 to {LongestName} letters, digits, '-', '_' or, inside, '.'";

    private const string Always = "always";
    private const string OnFailure = "on-failure";
    private const string Never = "never";

    // The CPU driver's scheduler has as many levels.
    private const int HighestPriority = 15;

    /// <summary>Returns this module with its core list in the CPU driver's form.</summary>
    /// <exception cref="ImageException">A part of it is wrong; the message names the instance and the part.</exception>
    public ImageModule Validated()
    {
        if (!IsName(Name))
        {
            throw new ImageException($"instance name '{Name}': {NameRule}");
        }

        if (!System.IO.File.Exists(File))
        {
            throw new ImageException($"instance '{Name}': there is no file {File}");
        }

        if (Memory.Length > 0 && !IsSize(Memory))
        {
            throw new ImageException(
                $"instance '{Name}': memory '{Memory}' is no size (write 65536, 64K, 64M or 1G)"
            );
        }

        if (Priority.Length > 0 && !IsPriority(Priority))
        {
            throw new ImageException(
                $"instance '{Name}': priority '{Priority}' is not 0 to {HighestPriority}"
            );
        }

        if (Restart is not ("" or Always or OnFailure or Never))
        {
            throw new ImageException(
                $"instance '{Name}': restart '{Restart}' is not always, on-failure or never"
            );
        }

        return this with
        {
            Cores = CoreList.Validate(Cores, Name),
        };
    }

    /// <summary>Whether it is started again after an end with this wait status (exit code times 256, or the signal).</summary>
    public bool RestartsAfter(int waitStatus) =>
        Restart switch
        {
            Always => true,
            OnFailure => waitStatus != 0,
            Never => false,
            _ => IsMonitor,
        };

    /// <summary>
    /// Whether this is a name for what is on an image. It is a file's there too, where FAT knows no dot at the end and '..' has a meaning.
    /// </summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= LongestName
        && name.All(IsNameCharacter)
        && name[0] != '.'
        && name[^1] != '.';

    /// <summary>Whether an instance's name may hold this character.</summary>
    public static bool IsNameCharacter(char c) =>
        char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_';

    private static bool IsSize(string text)
    {
        var shift = text[^1] switch
        {
            'K' => 10,
            'M' => 20,
            'G' => 30,
            _ => 0,
        };
        var digits = shift == 0 ? text : text[..^1];
        return ulong.TryParse(
                digits,
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var number
            )
            && number <= ulong.MaxValue >> shift;
    }

    private static bool IsPriority(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var priority)
        && priority <= HighestPriority;
}
