namespace Cosmos.Multikernel.Channels;

/// <summary>Something about a channel prevented an operation on it.</summary>
public class ChannelException : IOException
{
    /// <summary>An exception that says what happened.</summary>
    public ChannelException(string message)
        : base(message) { }
}

/// <summary>The instance to connect to does not exist, or there was no room for the channel.</summary>
public sealed class ChannelRefusedException(string message, bool isAbsent = true)
    : ChannelException(message)
{
    /// <summary>Whether its CPU driver says that no such instance runs. Else something was lacking, or the caller may not connect to it.</summary>
    public bool IsAbsent { get; } = isAbsent;
}

/// <summary>The peer closed the channel; its instance lives on.</summary>
public sealed class PeerClosedException(string message) : ChannelException(message);

/// <summary>The peer's instance ended: it stopped, failed or was killed.</summary>
public sealed class PeerEndedException(string message, int waitStatus) : ChannelException(message)
{
    /// <summary>How it ended, as Linux's wait status: the signal's number, or the exit code times 256.</summary>
    public int WaitStatus { get; } = waitStatus;

    /// <summary>What it returned, or null when a signal ended it.</summary>
    public int? ExitCode => (WaitStatus & 0x7F) == 0 ? (WaitStatus >> 8) & 0xFF : null;

    /// <summary>The signal that ended it (11 = a fault in memory access, 6 = an unhandled exception), or null.</summary>
    public int? Signal => (WaitStatus & 0x7F) == 0 ? null : WaitStatus & 0x7F;
}

/// <summary>The peer sent something that means nothing. It has been dropped and counted; the channel goes on.</summary>
public sealed class MalformedMessageException(string message) : ChannelException(message);
