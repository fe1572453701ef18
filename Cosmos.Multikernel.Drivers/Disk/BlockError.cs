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

    /// <summary>
    /// Somebody has reset the device, by surprise: the request may or may not have been done, and of a flush, what was written
    /// since the last one may be lost.
    /// </summary>
    Reset = 7,

    /// <summary>The device refused the request or failed, and does not say that its medium is at fault.</summary>
    DeviceError = 8,
}

/// <summary>Words for people.</summary>
public static class BlockErrors
{
    /// <summary>An error as the end of a sentence about a request.</summary>
    public static string InWords(this BlockError error) =>
        error switch
        {
            BlockError.None => "it did not fail",
            BlockError.OutOfRange => "the device has no such blocks",
            BlockError.MediaError => "the medium is damaged there",
            BlockError.TimedOut => "the device did not answer in time",
            BlockError.DeviceGone => "the device is gone",
            BlockError.WriteProtected => "the device is write protected",
            BlockError.TooLong => "too much for one message",
            BlockError.Reset => "the device was reset meanwhile",
            BlockError.DeviceError => "the device failed",
            _ => $"error {(int)error}",
        };
}

/// <summary>A request to a block device failed.</summary>
public sealed class BlockDeviceException(BlockError error, string message) : IOException(message)
{
    /// <summary>Why.</summary>
    public BlockError Error { get; } = error;
}
