namespace Cosmos.Multikernel.Drivers.Disk;

/// <summary>Why a request to a block device failed. The numbers travel in messages.</summary>
public enum BlockError
{
    /// <summary>It did not fail.</summary>
    None = 0,

    /// <summary>The request names blocks that are not there, or no whole blocks.</summary>
    OutOfRange = 1,

    /// <summary>The medium is damaged there.</summary>
    MediaError = 2,

    /// <summary>The device did not answer in time. It has been reset; a write may or may not have been done.</summary>
    TimedOut = 3,

    /// <summary>The device or its medium was taken away, or its driver ended.</summary>
    DeviceGone = 4,

    /// <summary>The device cannot be written.</summary>
    WriteProtected = 5,

    /// <summary>The request is longer than the service takes in one message.</summary>
    TooLong = 6,
}

/// <summary>A request to a block device failed.</summary>
public sealed class BlockDeviceException(BlockError error, string message) : IOException(message)
{
    /// <summary>Why.</summary>
    public BlockError Error { get; } = error;
}
