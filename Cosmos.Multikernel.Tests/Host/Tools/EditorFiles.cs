using System.Text.Json;
using Cosmos.Multikernel.Cli.Building;

namespace Cosmos.Multikernel.Tests.Host.Tools;

/// <summary>What Visual Studio Code and Visual Studio read in a folder: <c>.vscode/</c>, <c>.vs/</c>, <c>Properties/</c>.</summary>
public sealed class EditorFiles(string folder)
{
    /// <summary>The configuration that F5 starts.</summary>
    public const string Debugging = "Boot and debug (all cores)";

    private const string Launch = ".vscode/launch.json";
    private const string StudioLaunch = ".vs/launch.vs.json";

    /// <summary>The checkout's, and those of the templates.</summary>
    public static IReadOnlyList<EditorFiles> All { get; } =
    [new(Repository.Root), new(Path.Combine(Repository.Root, "templates/shared"))];

    /// <summary>The commands that F5 gives gdb before it connects, with the folder put in.</summary>
    public IReadOnlyList<string> SetupCommands =>
        [
            .. CommandsOf(Configuration(Debugging))
                .Select(command =>
                    command.Replace("${workspaceFolder}", folder, StringComparison.Ordinal)
                ),
        ];

    /// <summary>A task of Visual Studio Code's.</summary>
    public JsonElement Task(string label) =>
        Read(".vscode/tasks.json")
            .GetProperty("tasks")
            .EnumerateArray()
            .Single(task => task.GetProperty("label").GetString() == label);

    /// <summary>Visual Studio Code's configuration of a name.</summary>
    public JsonElement Configuration(string name) => ConfigurationIn(Launch, name);

    /// <summary>Visual Studio's of the same name.</summary>
    public JsonElement StudioConfiguration(string name) => ConfigurationIn(StudioLaunch, name);

    /// <summary>One of the files, which must be JSON.</summary>
    public JsonElement Read(string file) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, file))).RootElement;

    /// <summary>What a configuration gives gdb before it connects.</summary>
    public static IEnumerable<string> CommandsOf(JsonElement configuration) =>
        configuration
            .GetProperty("setupCommands")
            .EnumerateArray()
            .Select(command => command.GetProperty("text").GetString()!);

    public override string ToString() => Path.GetRelativePath(Repository.Root, folder);

    private JsonElement ConfigurationIn(string file, string name) =>
        Read(file)
            .GetProperty("configurations")
            .EnumerateArray()
            .Single(one => one.GetProperty("name").GetString() == name);
}
