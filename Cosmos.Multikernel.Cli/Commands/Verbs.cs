using System.CommandLine;
using Cosmos.Multikernel.Cli.Building;

namespace Cosmos.Multikernel.Cli.Commands;

/// <summary>All verbs, and how a command line is read.</summary>
public static class Verbs
{
    // An argument that starts with '@' is one like any other, not the name of a file with more of them.
    private static readonly ParserConfiguration Parsing = new()
    {
        ResponseFileTokenReplacer = null,
    };

    /// <summary>The verbs that there are here: those that make packages and run our own tests only in a checkout.</summary>
    public static RootCommand Create()
    {
        var root = new RootCommand("Cosmos.Multikernel: an independent .NET kernel on every core.")
        {
            RunCommand.Create(),
            DebugCommand.Create(),
            IsoCommand.Create(),
            ReleaseCommand.Create(),
            WriteUsbCommand.Create(),
            DoctorCommand.Create(),
            SetupCommand.Create(),
        };
        if (Repository.IsCheckout)
        {
            root.Add(BuildCommand.Create());
            root.Add(TestCommand.Create());
            root.Add(BenchCommand.Create());
            root.Add(PackCommand.Create());
        }

        return root;
    }

    /// <summary>Reads a command line; nothing is run.</summary>
    /// <param name="words">The line.</param>
    /// <param name="error">What is wrong with it, in one line; null when it can be run.</param>
    public static ParseResult Parse(IReadOnlyList<string> words, out string? error)
    {
        var root = Create();
        var parsed = root.Parse(
            words is [] ? ["--help"] : ProjectCall.Expand([.. words], root),
            Parsing
        );
        error = parsed.Errors is [var first, ..] ? Explain(parsed, root, first.Message) : null;
        return parsed;
    }

    // One line, where the library would print the whole help.
    private static string Explain(ParseResult parsed, RootCommand root, string message)
    {
        var command = parsed.CommandResult.Command;
        var verb = command == root ? "" : $" {command.Name}";
        var what = parsed.UnmatchedTokens is [var unknown, ..]
            ? $"'{unknown}' is {(command == root ? "no verb" : $"nothing that {command.Name} takes")}"
            : message.TrimEnd('.');
        return $"{what}; see {Repository.Caller}{verb} --help";
    }
}
