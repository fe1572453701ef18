namespace Cosmos.Multikernel;

/// <summary>An instance that the boot medium declares. It may run, have ended or never have started.</summary>
/// <param name="Core">Its core.</param>
/// <param name="Name">Its name: unique on its core.</param>
/// <param name="IsConsole">Whether the console's input is its own.</param>
/// <param name="IsMonitor">Whether it binds channels for the others of its core.</param>
public sealed record DeclaredInstance(
    int Core,
    string Name,
    bool IsConsole = false,
    bool IsMonitor = false
);
