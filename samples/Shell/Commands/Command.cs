namespace Shell.Commands;

/// <summary>A command of the shell.</summary>
/// <param name="Name">The word that calls it.</param>
/// <param name="Usage">Its arguments, as <c>help</c> shows them.</param>
/// <param name="Summary">What it does, in a line.</param>
/// <param name="RunAsync">Does it; throws <see cref="CommandException"/> when it cannot.</param>
internal sealed record Command(
    string Name,
    string Usage,
    string Summary,
    Func<CommandContext, CancellationToken, Task> RunAsync
);

/// <summary>What a command is given.</summary>
/// <param name="Arguments">The words after its name.</param>
/// <param name="Directory">The machine's instances.</param>
/// <param name="Commands">All commands.</param>
internal sealed record CommandContext(
    IReadOnlyList<string> Arguments,
    InstanceDirectory Directory,
    IReadOnlyList<Command> Commands
);
