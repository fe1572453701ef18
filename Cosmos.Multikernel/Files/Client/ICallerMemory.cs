namespace Cosmos.Multikernel.Files.Client;

/// <summary>
/// The memory of whoever made a system call. Addresses are numbers that may be wrong: nothing here faults, and each call says
/// how far it came.
/// </summary>
internal interface ICallerMemory
{
    /// <summary>Copies from the caller.</summary>
    /// <returns>Bytes copied: fewer than asked for where its memory ends.</returns>
    int Read(ulong address, Span<byte> into);

    /// <summary>Copies to the caller.</summary>
    /// <returns>Bytes copied: fewer than given where its memory ends.</returns>
    int Write(ulong address, ReadOnlySpan<byte> from);
}
