using Cosmos.Multikernel.Cli.Building;

namespace Cosmos.Multikernel.Tests.Host.Tools;

/// <summary>The command behind build.sh, as a script calls it.</summary>
internal static class CommandLineProgram
{
    /// <summary>Runs a verb to its end, without input.</summary>
    public static Task<(int Status, string Output, string Errors)> RunAsync(
        params IEnumerable<string> arguments
    )
    {
        var program = Path.Combine(
            Repository.Artifacts,
            "bin/Cosmos.Multikernel.Cli/release/Cosmos.Multikernel.Cli.dll"
        );
        return HostProgram.RunAsync("dotnet", [program, .. arguments]);
    }
}
