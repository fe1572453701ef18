using System.Text.Json;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Commands;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Tools;

/// <summary>What F5 does in an editor: the files that say so fit together, and to the command line that they call.</summary>
[TestFixture]
public sealed class EditorFilesTests
{
    private static IEnumerable<EditorFiles> All => EditorFiles.All;

    private static IEnumerable<string> JsonFiles =>
        new[] { ".vscode", ".vs", "editors", "templates" }
            .SelectMany(folder =>
                Directory.EnumerateFiles(
                    Path.Combine(Repository.Root, folder),
                    "*.json",
                    SearchOption.AllDirectories
                )
            )
            .Select(file => Path.GetRelativePath(Repository.Root, file));

    [TestCaseSource(nameof(JsonFiles))]
    public void ItIsJson(string file) =>
        Assert.That(
            () => JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, file))),
            Throws.Nothing
        );

    [TestCaseSource(nameof(All))]
    public void F5StartsAndEndsTasksThatThereAre(EditorFiles files)
    {
        var debugging = files.Configuration(EditorFiles.Debugging);
        var boot = files.Task(debugging.GetProperty("preLaunchTask").GetString()!);
        var words = boot.GetProperty("command").GetString()!.Split(' ');
        Verbs.Parse(VerbOf(words), out var error);
        Assert.That(error, Is.Null);

        var end = files.Task(debugging.GetProperty("postDebugTask").GetString()!);
        var input = files.Read(".vscode/tasks.json").GetProperty("inputs")[0];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                end.GetProperty("command").GetString(),
                Does.Contain($"${{input:{input.GetProperty("id").GetString()}}}")
            );
            Assert.That(
                input.GetProperty("args").GetString(),
                Is.EqualTo(boot.GetProperty("label").GetString())
            );
        }
    }

    /// <summary>The line that says that the machine waits is the one that the task waits for, and names the same port.</summary>
    [TestCaseSource(nameof(All))]
    public void TheEditorWaitsForTheLineThatIsPrinted(EditorFiles files)
    {
        var background = files
            .Task("boot for the debugger")
            .GetProperty("problemMatcher")
            .GetProperty("background");
        var printed = File.ReadAllText(
            Path.Combine(Repository.Root, "Cosmos.Multikernel.Cli/Debugging/DebuggerSession.cs")
        );
        Assert.That(printed, Does.Match(background.GetProperty("endsPattern").GetString()!));
        foreach (
            var configuration in new[]
            {
                files.Configuration(EditorFiles.Debugging),
                files.StudioConfiguration(EditorFiles.Debugging),
            }
        )
        {
            Assert.That(
                configuration.GetProperty("miDebuggerServerAddress").GetString(),
                Is.EqualTo($"127.0.0.1:{DebugCommand.DefaultPort}")
            );
        }
    }

    /// <summary>Both editors give gdb the same commands, but for the folder that one of them names.</summary>
    [TestCaseSource(nameof(All))]
    public void BothEditorsDoTheSame(EditorFiles files) =>
        Assert.That(
            EditorFiles.CommandsOf(files.StudioConfiguration(EditorFiles.Debugging)),
            Is.EqualTo(
                EditorFiles
                    .CommandsOf(files.Configuration(EditorFiles.Debugging))
                    .Select(command => command.Replace("${workspaceFolder}/", ""))
            )
        );

    [Test]
    public void VisualStudioStartsVerbsThatThereAre()
    {
        var profiles = EditorFiles
            .All[1]
            .Read("Properties/launchSettings.json")
            .GetProperty("profiles");
        foreach (var profile in profiles.EnumerateObject())
        {
            var words = profile.Value.TryGetProperty("commandLineArgs", out var line)
                ? line.GetString()!.Split(' ')
                : [];
            Verbs.Parse(["project", "MyOS.csproj", "image", .. words], out var error);
            Assert.That(error, Is.Null, profile.Name);
        }
    }

    private static string[] VerbOf(string[] words) =>
        words is ["dotnet", "run", "--", .. var own] ? ["project", "MyOS.csproj", "image", .. own]
        : words is ["./build.sh", .. var verb] ? verb
        : throw new AssertionException($"no command of ours: {string.Join(' ', words)}");
}
