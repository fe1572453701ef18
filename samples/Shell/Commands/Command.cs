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

/// <summary>Why a command cannot do what it was asked.</summary>
/// <param name="message">Names what is wrong.</param>
/// <param name="status">1 when it failed, 2 when it was called wrongly.</param>
internal sealed class CommandException(string message, int status = CommandException.Failed)
    : Exception(message)
{
    /// <summary>It could not be done.</summary>
    public const int Failed = 1;

    /// <summary>It was called wrongly.</summary>
    public const int Usage = 2;

    /// <summary>Its status: 0 is success.</summary>
    public int Status { get; } = status;
}
