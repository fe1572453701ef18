using System.Runtime.InteropServices;

namespace Cosmos.Multikernel.Drivers.Disk.Devices.Nvme;

/// <summary>Commands for the admin queue (NVM Express Base Specification 2.0, section 5).</summary>
internal enum NvmeAdminOpcode : byte
{
    CreateSubmissionQueue = 0x01,
    CreateCompletionQueue = 0x05,
    Identify = 0x06,
    Abort = 0x08,
    SetFeatures = 0x09,
}

/// <summary>Commands for namespaces (NVM Command Set Specification 1.0, section 3).</summary>
internal enum NvmeOpcode : byte
{
    Flush = 0x00,
    Write = 0x01,
    Read = 0x02,
}

/// <summary>A submission queue's entry (NVM Express Base Specification 2.0, section 3.3.3.1).</summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct NvmeCommand
{
    /// <summary>Bytes.</summary>
    public const int Size = 64;

    [FieldOffset(0)]
    public byte Opcode;

    /// <summary>Comes back with the completion.</summary>
    [FieldOffset(2)]
    public ushort Identifier;

    [FieldOffset(4)]
    public uint Namespace;

    /// <summary>Where the data begin.</summary>
    [FieldOffset(24)]
    public ulong Data;

    /// <summary>Where they go on: the second page, or the list of all others.</summary>
    [FieldOffset(32)]
    public ulong MoreData;

    /// <summary>Dwords 10 to 15 mean something else to each command.</summary>
    [FieldOffset(40)]
    public uint Dword10;

    [FieldOffset(44)]
    public uint Dword11;

    [FieldOffset(48)]
    public uint Dword12;

    /// <summary>Dwords 10 and 11 together.</summary>
    [FieldOffset(40)]
    public ulong FirstBlock;
}

/// <summary>A completion queue's entry (section 3.3.3.2).</summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct NvmeCompletion
{
    /// <summary>Bytes.</summary>
    public const int Size = 16;

    [FieldOffset(0)]
    public uint Result;

    [FieldOffset(12)]
    public ushort Identifier;

    /// <summary>Bit 0 changes each time around the queue: so an entry is known to be new.</summary>
    [FieldOffset(14)]
    public ushort PhaseAndStatus;

    /// <summary>Code and code type.</summary>
    public readonly NvmeStatus Status => (NvmeStatus)((PhaseAndStatus >> 1) & 0x7FF);
}

/// <summary>What became of a command: the status code, and its type in bits 8 to 10 (section 3.3.3.2.1).</summary>
internal enum NvmeStatus
{
    Success = 0x000,
    AbortRequested = 0x007,
    WriteProtected = 0x020,
    OutOfRange = 0x080,

    // Media and data integrity errors.
    WriteFault = 0x280,
    UnrecoveredReadError = 0x281,
    GuardCheckError = 0x282,
    ApplicationTagError = 0x283,
    ReferenceTagError = 0x284,
    CompareFailure = 0x285,
    DeallocatedBlock = 0x287,
}

/// <summary>An NVMe controller is not as it should be.</summary>
public sealed class NvmeException(string message) : IOException(message);
