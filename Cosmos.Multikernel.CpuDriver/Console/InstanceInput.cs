using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.LinuxAbi;
using Cosmos.Multikernel.CpuDriver.Threads;

namespace Cosmos.Multikernel.CpuDriver.Console;

/// <summary>
/// What was typed, on its way to the console instance (which runs on the console core: that is what makes it the console
/// core). Bytes that nobody reads are kept up to the queue's capacity, then new ones are dropped, as a terminal does.
/// </summary>
public static unsafe class InstanceInput
{
    private static ByteQueue s_typed;
    private static WaitQueue s_waiting;

    /// <summary>Threads that wait for input.</summary>
    public static WaitQueue* Waiting
    {
        get
        {
            fixed (WaitQueue* queue = &s_waiting)
            {
                return queue;
            }
        }
    }

    /// <summary>Whether a read would not wait.</summary>
    public static bool IsReady(Domain* domain) => !domain->IsConsole || !s_typed.IsEmpty;

    public static void Add(byte value)
    {
        if (s_typed.Room == 0)
        {
            return;
        }
        s_typed.Add(value);
        Scheduler.Wake(Waiting);
        for (Domain* domain = DomainList.First; domain != null; domain = domain->Next)
        {
            if (domain->IsConsole)
            {
                Scheduler.Wake(FileTable.PollersOf(&domain->Files));
            }
        }
    }

    /// <summary>
    /// Reads what is there: a count of bytes, 0 (end of file) for an instance without the console, or -EAGAIN when the caller
    /// must wait on <see cref="Waiting"/>.
    /// </summary>
    public static long Read(Domain* domain, byte* data, ulong length)
    {
        if (!domain->IsConsole)
        {
            return 0;
        }
        if (length != 0 && s_typed.IsEmpty)
        {
            return -Errno.EAGAIN;
        }
        long count = 0;
        while ((ulong)count < length && !s_typed.IsEmpty)
        {
            data[count++] = s_typed.Take();
        }
        return count;
    }
}
