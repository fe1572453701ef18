using System.Text.RegularExpressions;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Tools;

/// <summary>
/// What the verbs show on a terminal, which script(1) is for them here: something that moves while a step takes its time, and
/// what it took. Without a terminal the same are plain lines.
/// </summary>
[TestFixture]
[Parallelizable(ParallelScope.Self)]
public sealed partial class TerminalOutputTests
{
    // A project that cannot be built: a step that fails, with a log.
    private string _project = null!;

    [SetUp]
    public void MakeProject()
    {
        _project = Path.Combine(
            Directory.CreateTempSubdirectory("cosmos-terminal-").FullName,
            "Broken.csproj"
        );
        File.WriteAllText(
            _project,
            """
            <Project DefaultTargets="Build">
              <Target Name="Restore" />
              <Target Name="Build">
                <Error Code="T0001" Text="the first" ContinueOnError="ErrorAndContinue" />
                <Error Code="T0002" Text="the second" ContinueOnError="ErrorAndContinue" />
                <Error Code="T0003" Text="the third" ContinueOnError="ErrorAndContinue" />
                <Error Code="T0004" Text="the fourth" />
              </Target>
            </Project>
            """
        );
    }

    [TearDown]
    public void RemoveProject() => Directory.Delete(Path.GetDirectoryName(_project)!, true);

    [Test]
    public async Task OnATerminalAStepMovesAndAFailureIsMarked()
    {
        var (status, output, _) = await HostProgram.RunAsync(
            "env",
            // A runner's CI variable says that nobody looks.
            "-u",
            "CI",
            "TERM=xterm-256color",
            "script",
            "--quiet",
            "--return",
            "--command",
            $"dotnet '{CommandLineProgram.File}' iso '{_project}'",
            "/dev/null"
        );
        Assert.That(status, Is.EqualTo(1), output);
        var text = ControlPattern().Replace(output, "");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(output, Does.Match("[⣷⣯⣟⡿⢿⣻⣽⣾⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]"), "a spinner");
            Assert.That(text, Does.Match("✗ building .*Broken.csproj failed"));
            Assert.That(text, Does.Not.Contain(" ..."));
        }
    }

    [Test]
    public async Task WithoutATerminalThereArePlainLines()
    {
        var (status, output, errors) = await CommandLineProgram.RunAsync("iso", _project);
        Assert.That(status, Is.EqualTo(1));
        // Other tests build meanwhile.
        var lines = errors
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith("another build", StringComparison.Ordinal))
            .ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(output, Is.Empty);
            Assert.That(errors, Does.Not.Contain("\u001b"));
            Assert.That(lines[0], Does.StartWith("Building ").And.EndsWith(" ..."));
            Assert.That(lines[1], Does.Match(@"^failed: building .*Broken\.csproj failed$"));
            // The three lines that matter, and the log's path.
            Assert.That(lines[2], Does.EndWith("error T0001: the first"));
            Assert.That(lines[3], Does.EndWith("error T0002: the second"));
            Assert.That(lines[4], Does.EndWith("error T0003: the third"));
            Assert.That(lines[5], Does.StartWith("  log: "));
            Assert.That(lines, Has.Count.EqualTo(6));
            Assert.That(File.Exists(lines[5]["  log: ".Length..]));
        }
    }

    [GeneratedRegex(@"\x1b\[[0-9;?]*[A-Za-z]")]
    private static partial Regex ControlPattern();
}
