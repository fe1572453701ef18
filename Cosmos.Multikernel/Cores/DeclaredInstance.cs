using System.Globalization;

namespace Cosmos.Multikernel;

/// <summary>An instance that the boot medium declares. It may run, have ended or never have started.</summary>
/// <param name="Core">Its core.</param>
/// <param name="Name">Its name: unique on its core.</param>
/// <param name="IsConsole">Whether the console's input is its own.</param>
/// <param name="IsMonitor">Whether it binds channels for the others of its core.</param>
public sealed record DeclaredInstance(
    int Core,
    string Name,
    bool IsConsole = false,
    bool IsMonitor = false
)
{
    /// <summary>From <c>CORE NAME</c> and, in any order, <c>console</c> and <c>monitor</c>.</summary>
    /// <param name="entry">The words.</param>
    /// <param name="source">Where they are from, for the error.</param>
    /// <exception cref="InvalidDataException">They are something else.</exception>
    internal static DeclaredInstance Parse(string entry, string source)
    {
        var words = entry.Split(' ');
        var roles = words.Skip(2).ToArray();
        return
            words.Length >= 2
            && words[1].Length != 0
            && int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var core)
            && Array.TrueForAll(roles, role => role is "console" or "monitor")
            ? new(core, words[1], roles.Contains("console"), roles.Contains("monitor"))
            : throw new InvalidDataException(
                $"{source}: '{entry}' is not CORE NAME with perhaps 'console' or 'monitor' after it."
            );
    }
}
