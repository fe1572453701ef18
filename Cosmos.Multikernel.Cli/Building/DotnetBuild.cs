namespace Cosmos.Multikernel.Cli.Building;

/// <summary>Calls <c>dotnet build</c>.</summary>
public static class DotnetBuild
{
    /// <summary>Builds for use: optimised.</summary>
    public static Task RunAsync(
        string project,
        string logName,
        CancellationToken cancellation,
        params IEnumerable<string> furtherArguments
    ) => RunAsync(project, "Release", logName, cancellation, furtherArguments);

    /// <summary>Builds a configuration.</summary>
    public static async Task RunAsync(
        string project,
        string configuration,
        string logName,
        CancellationToken cancellation,
        params IEnumerable<string> furtherArguments
    )
    {
        await using var turn = await BuildTurn.TakeAsync(cancellation).ConfigureAwait(false);
        await LoggedProcess
            .RunAsync(
                $"building {Repository.Relative(project)}",
                logName,
                "dotnet",
                // No build node stays behind to hold memory: the virtual machines need it.
                [
                    "build",
                    project,
                    "--configuration",
                    configuration,
                    "--nologo",
                    "--verbosity",
                    "minimal",
                    "-nodeReuse:false",
                    .. furtherArguments,
                ],
                cancellation
            )
            .ConfigureAwait(false);
    }
}
