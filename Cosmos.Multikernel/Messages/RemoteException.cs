using Cosmos.Multikernel.Channels;

namespace Cosmos.Multikernel.Messages;

/// <summary>The server's method threw. Its exception came as type and message; the stack trace stayed there.</summary>
public sealed class RemoteException(string remoteType, string message) : Exception(message)
{
    /// <summary>Full name of the type that was thrown.</summary>
    public string RemoteType { get; } = remoteType;

    /// <summary>
    /// What the caller sees: the same type for a few that callers commonly handle, else a <see cref="RemoteException"/>. A
    /// closed list: a peer must not be able to have any type made that it names.
    /// </summary>
    internal static Exception Create(string type, string message) =>
        type switch
        {
            "System.ArgumentException" => new ArgumentException(message),
            "System.ArgumentNullException" => new ArgumentNullException(null, message),
            "System.ArgumentOutOfRangeException" => new ArgumentOutOfRangeException(null, message),
            "System.InvalidOperationException" => new InvalidOperationException(message),
            "System.NotSupportedException" => new NotSupportedException(message),
            "System.UnauthorizedAccessException" => new UnauthorizedAccessException(message),
            "System.TimeoutException" => new TimeoutException(message),
            "System.IO.IOException" => new IOException(message),
            "System.IO.FileNotFoundException" => new FileNotFoundException(message),
            "System.IO.EndOfStreamException" => new EndOfStreamException(message),
            "System.Collections.Generic.KeyNotFoundException" => new KeyNotFoundException(message),
            "System.OperationCanceledException" or "System.Threading.Tasks.TaskCanceledException" =>
                new OperationCanceledException(message),
            "Cosmos.Multikernel.Channels.MalformedMessageException" =>
                new MalformedMessageException(message),
            _ => new RemoteException(type, message),
        };
}

/// <summary>Client and server were built from different versions of the interface.</summary>
public sealed class InterfaceMismatchException(string message) : ChannelException(message);
