using Cosmos.Multikernel.Cli.Building;

namespace Cosmos.Multikernel.Tests.Host.Tools;

/// <summary>The command behind build.sh, as a script calls it.</summary>
internal static class CommandLineProgram
{
    public static string File =>
        Path.Combine(
            Repository.Artifacts,
            "bin/Cosmos.Multikernel.Cli/release/Cosmos.Multikernel.Cli.dll"
        );

    /// <summary>Runs a verb to its end, without input.</summary>
    public static Task<(int Status, string Output, string Errors)> RunAsync(
        params IEnumerable<string> arguments
    ) => HostProgram.RunAsync("dotnet", [File, .. arguments]);
}
