using Cosmos.Multikernel.CpuDriver.Console;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Threads;

namespace Cosmos.Multikernel.CpuDriver.LinuxAbi;

public static unsafe class PollCalls
{
    private const ulong EntryBytes = 8;
    private const ushort Input = 1;
    private const ushort Output = 4;
    private const ushort Error = 8;
    private const ushort HungUp = 0x10;
    private const ushort Invalid = 0x20;

    private struct Entry
    {
        public int Descriptor;
        public ushort Wanted;
        public ushort Found;
    }

    /// <summary>
    /// poll. At most as many entries as there can be files. Who polls waits in one queue of the domain's, which every change of
    /// a file wakes, and looks again: no queue here has room for one thread twice.
    /// </summary>
    public static long Poll(Thread* thread, ulong entries, ulong count, ulong timeout)
    {
        if (count > FileTable.Capacity)
        {
            return -Errno.EINVAL;
        }
        long ready = 0;
        for (ulong i = 0; i < count; i++)
        {
            Entry entry;
            ulong place = entries + i * EntryBytes;
            if (!UserMemory.TryRead(thread->Domain, &entry, place, EntryBytes))
            {
                return -Errno.EFAULT;
            }
            entry.Found = Look(thread, in entry);
            ready += entry.Found != 0 ? 1 : 0;
            if (!UserMemory.TryWrite(thread->Domain, place, &entry, EntryBytes))
            {
                return -Errno.EFAULT;
            }
        }
        int milliseconds = (int)timeout;
        ulong now = Clock.Monotonic;
        if (ready != 0 || milliseconds == 0)
        {
            thread->WaitUntil = 0;
            return ready;
        }
        if (thread->WaitUntil == 0)
        {
            thread->WaitUntil =
                milliseconds < 0 ? Scheduler.Never : now + (ulong)milliseconds * 1_000_000;
        }
        if (now >= thread->WaitUntil)
        {
            thread->WaitUntil = 0;
            return 0;
        }
        Scheduler.Block(
            thread,
            BlockKind.Poll,
            FileTable.PollersOf(&thread->Domain->Files),
            thread->WaitUntil
        );
        return SystemCalls.NoResult;
    }

    private static ushort Look(Thread* thread, in Entry entry)
    {
        if (entry.Descriptor < 0)
        {
            return 0;
        }
        if (entry.Descriptor >= FileTable.Capacity && thread->Domain->Reflection.IsOn)
        {
            // The file client's: a file can always be read and written (Linux man-pages, poll(2)).
            return (ushort)(entry.Wanted & (Input | Output));
        }
        OpenFile* file = thread->Domain->Files.Find((ulong)entry.Descriptor);
        if (file == null)
        {
            return Invalid;
        }
        return file->Kind switch
        {
            FileKind.Input => InstanceInput.IsReady(thread->Domain)
                ? (ushort)(entry.Wanted & Input)
                : (ushort)0,
            FileKind.PipeReader => file->Pipe->Count != 0 ? (ushort)(entry.Wanted & Input)
            : file->Pipe->HasWriters ? (ushort)0
            : HungUp,
            FileKind.PipeWriter => !file->Pipe->HasReaders ? Error
            : file->Pipe->Room != 0 ? (ushort)(entry.Wanted & Output)
            : (ushort)0,
            FileKind.Output => (ushort)(entry.Wanted & Output),
            _ => (ushort)(entry.Wanted & (Input | Output)),
        };
    }
}
