namespace Cosmos.Multikernel.Drivers.FileSystems;

/// <summary>An operation on files failed; the message names the thing.</summary>
public sealed class FileSystemException : IOException
{
    /// <summary>A failure and what it was.</summary>
    public FileSystemException(FileError error, string message, Exception? inner = null)
        : base(message, inner) => Error = error;

    /// <summary>Why.</summary>
    public FileError Error { get; }
}
