namespace Cosmos.Multikernel.Cli.Building;

/// <summary>Calls <c>dotnet build</c>.</summary>
public static class DotnetBuild
{
    public static Task RunAsync(
        string project,
        string logName,
        CancellationToken cancellation,
        params IEnumerable<string> furtherArguments
    ) =>
        LoggedProcess.RunAsync(
            $"building {Repository.Relative(project)}",
            logName,
            "dotnet",
            // No build node stays behind to hold memory: the virtual machines need it.
            [
                "build",
                project,
                "--configuration",
                "Release",
                "--nologo",
                "--verbosity",
                "minimal",
                "-nodeReuse:false",
                .. furtherArguments,
            ],
            cancellation
        );
}
