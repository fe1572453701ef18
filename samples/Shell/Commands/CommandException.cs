namespace Shell.Commands;

/// <summary>Why a command cannot do what it was asked.</summary>
/// <param name="message">Names what is wrong.</param>
/// <param name="status">1 when it failed, 2 when it was called wrongly.</param>
internal class CommandException(string message, int status = CommandException.Failed)
    : Exception(message)
{
    /// <summary>It could not be done.</summary>
    public const int Failed = 1;

    /// <summary>It was called wrongly.</summary>
    public const int Usage = 2;

    /// <summary>Its status: 0 is success.</summary>
    public int Status { get; } = status;
}
