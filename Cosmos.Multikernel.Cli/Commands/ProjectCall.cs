using System.CommandLine;

namespace Cosmos.Multikernel.Cli.Commands;

/// <summary>
/// What <c>dotnet run</c> in a kernel project's folder calls: <c>project FILE image|hosted WORDS...</c>, where the second says
/// what was just built. It means the run verb, with the words as its options; or, when the first word is a verb, that verb.
/// </summary>
public static class ProjectCall
{
    private const string Word = "project";
    private const int OwnWords = 3;

    /// <summary>The command line that is meant.</summary>
    public static string[] Expand(string[] words, Command root)
    {
        if (words is not [Word, var project, var built, ..])
        {
            return words;
        }

        var rest = words[OwnWords..];
        if (rest is not [var first, ..] || FindVerb(root, first) is not { } verb)
        {
            string[] hosted = built == "hosted" ? ["--hosted"] : [];
            return ["run", project, "--built", built, .. hosted, .. rest];
        }

        // Before the words, for an option without its value would take it; but behind another argument that comes first.
        return verb.Arguments.Select(argument => argument.Name).ToList() switch
        {
            [ProjectArgument.Name] => [first, project, .. rest[1..]],
            [.., ProjectArgument.Name] => [.. rest, project],
            _ => rest,
        };
    }

    private static Command? FindVerb(Command root, string name) =>
        root.Subcommands.FirstOrDefault(command => command.Name == name);
}
