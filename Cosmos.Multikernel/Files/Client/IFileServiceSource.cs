namespace Cosmos.Multikernel.Files.Client;

/// <summary>Where a file client finds its service.</summary>
internal interface IFileServiceSource
{
    /// <summary>The service, connected to when it is not yet; null when there is none within the time that may be waited.</summary>
    ValueTask<IFileService?> GetAsync();

    /// <summary>Whether there has ever been one: then that there is none now is a failure (EIO), else there are just no files.</summary>
    bool WasThere { get; }
}
