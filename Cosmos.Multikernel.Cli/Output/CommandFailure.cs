namespace Cosmos.Multikernel.Cli.Output;

/// <summary>A verb cannot go on. Its lines are all the user needs to see; the log, if any, has the rest.</summary>
public sealed class CommandFailure(string what, IReadOnlyList<string> details, string? log = null)
    : Exception(what)
{
    public CommandFailure(string what)
        : this(what, []) { }

    /// <summary>At most three lines that say why.</summary>
    public IReadOnlyList<string> Details { get; } = details;

    /// <summary>The file with everything.</summary>
    public string? Log { get; } = log;
}
