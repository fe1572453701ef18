using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Threads;

namespace Cosmos.Multikernel.CpuDriver.LinuxAbi;

public static unsafe class PipeCalls
{
    private const ulong CloseOnExec = 0x80000;

    /// <summary>pipe and pipe2. O_DIRECT (packets) is refused.</summary>
    public static long Pipe(Thread* thread, ulong result, ulong flags)
    {
        if ((flags & ~(OpenFile.NonBlocking | CloseOnExec)) != 0)
        {
            return -Errno.EINVAL;
        }
        ref FileTable files = ref thread->Domain->Files;
        long reader = files.FindFree(0);
        long writer = reader < 0 ? reader : files.FindFree((ulong)reader + 1);
        if (writer < 0)
        {
            return writer;
        }
        ulong descriptors = (ulong)reader | ((ulong)writer << 32);
        if (!UserMemory.TryWrite(thread->Domain, result, &descriptors, sizeof(ulong)))
        {
            return -Errno.EFAULT;
        }
        Pipe* pipe = LinuxAbi.Pipe.Create(thread->Domain);
        if (pipe == null)
        {
            return -Errno.ENOMEM;
        }
        Open(files.At((int)reader), FileKind.PipeReader, flags, pipe);
        Open(files.At((int)writer), FileKind.PipeWriter, flags, pipe);
        return 0;
    }

    private static void Open(OpenFile* file, FileKind kind, ulong flags, Pipe* pipe)
    {
        file->Kind = kind;
        file->Flags = (uint)(flags & OpenFile.NonBlocking);
        file->Pipe = pipe;
    }
}
