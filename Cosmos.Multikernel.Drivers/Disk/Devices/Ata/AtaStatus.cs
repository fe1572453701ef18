namespace Cosmos.Multikernel.Drivers.Disk.Devices.Ata;

/// <summary>The status register (ATA/ATAPI Command Set 3, section 6.1).</summary>
[Flags]
internal enum AtaStatus : byte
{
    None = 0,

    /// <summary>Why is in the error register.</summary>
    Error = 1 << 0,

    /// <summary>Data, or a packet, are to be moved by the processor.</summary>
    DataRequest = 1 << 3,

    DeviceFault = 1 << 5,

    Ready = 1 << 6,

    /// <summary>The other bits mean nothing.</summary>
    Busy = 1 << 7,
}

/// <summary>The error register (section 6.2); of packet devices its upper half is the sense key.</summary>
[Flags]
internal enum AtaError : byte
{
    None = 0,
    Aborted = 1 << 2,
    NoSuchBlock = 1 << 4,
    Uncorrectable = 1 << 6,
}

/// <summary>How a command ended.</summary>
/// <param name="Status">The status register.</param>
/// <param name="Error">The error register, where the status says that there is an error.</param>
/// <param name="IsWhole">All the data were moved.</param>
internal readonly record struct AtaOutcome(AtaStatus Status, AtaError Error, bool IsWhole = true)
{
    private const int SenseShift = 4;
    private const int NotReady = 2;
    private const int MediumError = 3;
    private const int UnitAttention = 6;

    /// <summary>Whether it was done.</summary>
    public bool IsGood => (Status & (AtaStatus.Error | AtaStatus.DeviceFault)) == 0 && IsWhole;

    /// <summary>A packet device has something to say before it does more: it was reset, or has another medium.</summary>
    public bool WantsAttention => !IsGood && SenseKey == UnitAttention;

    private int SenseKey => (byte)Error >> SenseShift;

    /// <summary>What is told to who asked for it.</summary>
    public BlockError ToBlockError(DiskOperation operation, bool isPacketDevice)
    {
        if (IsGood)
        {
            return BlockError.None;
        }
        bool isError = Status.HasFlag(AtaStatus.Error);
        if (isPacketDevice)
        {
            return !isError ? BlockError.DeviceError
                : SenseKey == MediumError ? BlockError.MediaError
                : SenseKey == NotReady ? BlockError.DeviceGone
                : BlockError.DeviceError;
        }
        return !isError || operation is DiskOperation.Flush or DiskOperation.Park
                ? BlockError.DeviceError
            : Error.HasFlag(AtaError.Uncorrectable) ? BlockError.MediaError
            : Error.HasFlag(AtaError.NoSuchBlock) ? BlockError.OutOfRange
            : BlockError.DeviceError;
    }
}

/// <summary>A drive, or what it is connected to, is not as it should be.</summary>
public sealed class AtaException(string message) : IOException(message);
