using Cosmos.Multikernel.Channels;

namespace Cosmos.Multikernel.Monitors;

/// <summary>A core's monitor has ended, or is not in reach: nothing new can be bound through it.</summary>
public sealed class MonitorUnavailableException(int core, string message)
    : ChannelException(message)
{
    /// <summary>The core without its monitor.</summary>
    public int Core { get; } = core;
}

/// <summary>An instance that has ended could not be started.</summary>
public sealed class StartFailedException(string message) : ChannelException(message);

/// <summary>The server was asked and does not want this client.</summary>
public sealed class BindingRefusedException(string message) : ChannelException(message);
