namespace Cosmos.Multikernel.Abi;

/// <summary>Names of instances: at most 31 bytes of UTF-8 and a closing 0.</summary>
public static class InstanceName
{
    /// <summary>Bytes of a name field, the closing 0 included.</summary>
    public const int Size = 32;
}

/// <summary>Who and where an instance is.</summary>
public unsafe struct Identity
{
    /// <summary>The core's number, and how many cores there are.</summary>
    public uint Core;
    public uint CoreCount;

    /// <summary>Number of the domain on its core, never used twice.</summary>
    public uint Domain;
    public uint ApicId;

    /// <summary>Which life of its instance this is, from 0: grows each time it is started anew.</summary>
    public uint Life;
    public uint Reserved;

    /// <summary>Rate of the timestamp counter, and its reading when the CPU driver began.</summary>
    public ulong TimestampHertz;
    public ulong EntryTimestamp;

    /// <summary>Timestamp at which this instance was created.</summary>
    public ulong StartTimestamp;

    /// <summary>Address of the instance's first <see cref="DomainPage"/>; the second is <see cref="DomainPage.Stride"/> behind it.</summary>
    public ulong DomainPage;

    public fixed byte Name[InstanceName.Size];
}

/// <summary>A core, and the caller's share of it, in numbers. Counts since boot unless said otherwise.</summary>
public struct CoreStatistics
{
    /// <summary>Memory of the core's partition and what is free of it, bytes.</summary>
    public ulong PartitionBytes;
    public ulong FreeBytes;

    /// <summary>Private memory of the caller (its frames, without shared image pages), bytes.</summary>
    public ulong PrivateBytes;

    public ulong SystemCalls;
    public ulong UnknownSystemCalls;
    public ulong PageFaults;
    public ulong ContextSwitches;
    public ulong Interrupts;
    public ulong DoorbellsReceived;

    /// <summary>Frames of the core's memory that are held as capabilities, on this core or elsewhere, or on their way: now.</summary>
    public ulong Frames;
    public ulong FrameBytes;

    /// <summary>Nanoseconds the core has halted for want of work.</summary>
    public ulong IdleNanoseconds;
}

/// <summary>One instance that the boot media declare, on one core.</summary>
public unsafe struct InstanceDeclaration
{
    public uint Core;

    /// <summary>0, or 1 for the instance that owns the console.</summary>
    public uint IsConsole;

    /// <summary>0, or 1 for the instance that binds channels for the others of its core.</summary>
    public uint IsMonitor;

    public fixed byte Name[InstanceName.Size];
}

/// <summary>
/// The page through which the CPU driver tells an instance that something happened. Waiting is: read
/// <see cref="EventCount"/>, arm, look again, then FUTEX_WAIT on it with the value read. There are two in a frame, for two
/// threads that wait: the first hears of offers, interrupts and channels, the second of reflected calls and of the channels
/// that were connected for it.
/// </summary>
public struct DomainPage
{
    /// <summary>How many there are, and bytes from one to the next: a cache line.</summary>
    public const uint Count = 2;
    public const uint Stride = 64;

    /// <summary>Which of them the instance's event loop uses, and which the thread that answers reflected calls.</summary>
    public const uint Main = 0;
    public const uint Reflection = 1;

    /// <summary>Goes up by one with each notification; the CPU driver then wakes its futex.</summary>
    public uint EventCount;

    public uint Reserved;

    /// <summary>Bit (handle mod 64) is set when that channel was rung or changed its state; exchange with 0 to take them.</summary>
    public ulong RungChannels;

    /// <summary>How many offered channels wait for <see cref="MultikernelCall.Accept"/>.</summary>
    public uint PendingOffers;

    /// <summary>How many reflected calls wait for <see cref="MultikernelCall.TakeCall"/>.</summary>
    public uint WaitingCalls;

    /// <summary>Bit n is set when the interrupt bound to it came; exchange with 0 to take them.</summary>
    public ulong RungInterrupts;
}
