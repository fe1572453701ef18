using System.Text.RegularExpressions;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Commands;
using Cosmos.Multikernel.Tests.Host.Tools;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Docs;

/// <summary>
/// What the documentation tells its reader to type works: each command has a line in <see cref="CommandCoverage"/>; those of our
/// own program are read as it reads them, and those marked <see cref="Coverage.Typed"/> are typed.
/// </summary>
[TestFixture]
[Parallelizable(ParallelScope.Self)]
public sealed class CommandTests
{
    private static IEnumerable<DocumentedCommand> All => Page.All.SelectMany(DocumentedCommand.Of);

    public static IEnumerable<string> Typed =>
        CommandCoverage.Table.Where(line => line.Value is Coverage.Typed).Select(line => line.Key);

    [Test]
    public void EachHasItsCoverage()
    {
        var unknown = All.Where(command => !CommandCoverage.Table.ContainsKey(command.Text))
            .Select(command => $"{command.Place}: {command}");
        Assert.That(unknown, Is.Empty, "commands without a line in CommandCoverage");
        var gone = CommandCoverage.Table.Keys.Except(All.Select(command => command.Text));
        Assert.That(gone, Is.Empty, "lines of CommandCoverage that no page has any more");
    }

    /// <summary>Verbs, options and values are those that there are, also in sentences.</summary>
    [Test]
    public void OurOwnAreReadWithoutAnError()
    {
        var wrong = new List<string>();
        foreach (var command in All.Concat(Page.All.SelectMany(DocumentedCommand.InSentencesOf)))
        {
            if (command.Words is { } words && !IsPattern(command))
            {
                Verbs.Parse(words, out var error);
                if (error is not null)
                {
                    wrong.Add($"{command.Place}: {command}: {error}");
                }
            }
        }

        Assert.That(wrong, Is.Empty, string.Join('\n', wrong));
    }

    [Test]
    public void TheShellHasItsCommands()
    {
        var table =
            File.ReadAllText(
                Path.Combine(Repository.Root, "samples/Shell/Commands/CommandTable.cs")
            )
            + File.ReadAllText(
                Path.Combine(Repository.Root, "samples/Shell/Commands/FileCommands.cs")
            );
        var missing = All.Where(command => command.IsForShell)
            .Where(command => !Regex.IsMatch(table, $"new\\(\\s*\"{command.ShellCommand}\""));
        Assert.That(missing, Is.Empty);
    }

    /// <summary>Only what is marked as commands is read by the other tests.</summary>
    [Test]
    public void CommandsAreMarked()
    {
        var unmarked = Page.All.SelectMany(page =>
            page.Code.Where(block =>
                    block.Language.Length == 0 && block.Lines.Any(DocumentedCommand.LooksLikeOne)
                )
                .Select(block => $"{page}:{block.Line}")
        );
        Assert.That(unmarked, Is.Empty, "write ```sh");
    }

    /// <summary>What no test runs is told to the reader.</summary>
    [Test]
    public void CaveatsNameWhatNobodyRuns()
    {
        var caveats = Page.Get(Path.Combine(Repository.Root, "docs/caveats.md"));
        var named = caveats.InlineCode.Select(code => code.Text).ToHashSet();
        var untold = CommandCoverage
            .Table.Where(line => line.Value is Coverage.ByNobody && !named.Contains(line.Key))
            .Select(line => $"`{line.Key}`: {((Coverage.ByNobody)line.Value).Why}");
        Assert.That(untold, Is.Empty, string.Join('\n', untold));
    }

    [TestCaseSource(nameof(Typed))]
    [Category("Machine")]
    public async Task ItWorks(string command)
    {
        var (status, output, errors) = await HostProgram.RunAsync(
            "env",
            "-C",
            Repository.Root,
            "sh",
            "-c",
            command
        );
        Assert.That(status, Is.Zero, output + errors);
    }

    // `./build.sh bench SUITE`: capitals stand for something.
    private static bool IsPattern(DocumentedCommand command) =>
        command.Words!.Any(word => word.Length > 1 && word.All(char.IsAsciiLetterUpper));
}
