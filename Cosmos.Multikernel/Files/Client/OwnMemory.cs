using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Native;

namespace Cosmos.Multikernel.Files.Client;

/// <summary>
/// The instance's own memory, through the CPU driver: it walks the page tables as for any system call, so an address that
/// another thread unmaps at this moment is an error of that thread's call and no fault of ours.
/// </summary>
internal sealed unsafe class OwnMemory : ICallerMemory
{
    /// <inheritdoc/>
    public int Read(ulong address, Span<byte> into)
    {
        fixed (byte* to = into)
        {
            return Copy((nint)to, (nint)address, into.Length);
        }
    }

    /// <inheritdoc/>
    public int Write(ulong address, ReadOnlySpan<byte> from)
    {
        fixed (byte* bytes = from)
        {
            return Copy((nint)address, (nint)bytes, from.Length);
        }
    }

    private static int Copy(nint to, nint from, int length)
    {
        int done = 0;
        while (done < length)
        {
            long copied = SystemCalls.Invoke(
                MultikernelCall.CopyMemory,
                to + done,
                from + done,
                length - done
            );
            if (copied <= 0)
            {
                break;
            }
            done += (int)copied;
        }
        return done;
    }
}
