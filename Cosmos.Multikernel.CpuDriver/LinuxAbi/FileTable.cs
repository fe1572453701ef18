using Cosmos.Multikernel.CpuDriver.Boot;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Threads;

namespace Cosmos.Multikernel.CpuDriver.LinuxAbi;

public enum FileKind : ushort
{
    Closed = 0,

    /// <summary>The console's input, and the instance's output.</summary>
    Input,
    Output,

    /// <summary>A text that is made when it is read: <see cref="BuiltInFiles"/>.</summary>
    Text,

    /// <summary>Random bytes without end.</summary>
    Random,

    /// <summary>Swallows what is written, ends at once when read.</summary>
    Null,

    PipeReader,
    PipeWriter,

    /// <summary>A file from the boot medium: <see cref="DataModules"/>.</summary>
    Module,
}

/// <summary>One open file.</summary>
public unsafe struct OpenFile
{
    public FileKind Kind;

    /// <summary>For texts: which one.</summary>
    public BuiltInFile Text;

    /// <summary>O_NONBLOCK among Linux's file status flags; the others mean nothing here.</summary>
    public const uint NonBlocking = 0x800;

    /// <summary>File status flags: <see cref="NonBlocking"/> or 0.</summary>
    public uint Flags;

    /// <summary>For texts and boot modules: where the next read begins.</summary>
    public ulong Position;

    private void* _object;

    /// <summary>For pipes.</summary>
    public Pipe* Pipe
    {
        readonly get => (Pipe*)_object;
        set => _object = value;
    }

    /// <summary>For boot modules.</summary>
    public Module* Module
    {
        readonly get => (Module*)_object;
        set => _object = value;
    }
}

/// <summary>The open files of a domain. Descriptors are the lowest free numbers, as POSIX demands.</summary>
public unsafe struct FileTable
{
    public const int Capacity = 32;
    private const int WordsPerFile = 3;

    private fixed ulong _words[Capacity * WordsPerFile];
    private WaitQueue _pollers;

    /// <summary>Threads that wait in poll for any of these files.</summary>
    public static WaitQueue* PollersOf(FileTable* table) => &table->_pollers;

    /// <summary>Opens the three standard files.</summary>
    public void OpenStandard()
    {
        At(0)->Kind = FileKind.Input;
        At(1)->Kind = FileKind.Output;
        At(2)->Kind = FileKind.Output;
    }

    /// <summary>The open file of a descriptor, or null.</summary>
    public OpenFile* Find(ulong descriptor)
    {
        OpenFile* file = (uint)descriptor < Capacity ? At((int)(uint)descriptor) : null;
        return file != null && file->Kind != FileKind.Closed ? file : null;
    }

    /// <summary>The lowest free descriptor from a number on, or -EMFILE.</summary>
    public long FindFree(ulong from)
    {
        for (ulong descriptor = from; descriptor < Capacity; descriptor++)
        {
            if (At((int)descriptor)->Kind == FileKind.Closed)
            {
                return (long)descriptor;
            }
        }
        return -Errno.EMFILE;
    }

    public OpenFile* At(int descriptor)
    {
        fixed (ulong* words = _words)
        {
            return (OpenFile*)words + descriptor;
        }
    }

    public void CloseAll(AddressSpace* space)
    {
        for (int descriptor = 0; descriptor < Capacity; descriptor++)
        {
            Close(At(descriptor), space);
        }
    }

    public static void Close(OpenFile* file, AddressSpace* space)
    {
        if (file->Kind is FileKind.PipeReader or FileKind.PipeWriter)
        {
            Pipe.Leave(file->Pipe, file->Kind == FileKind.PipeReader, space);
        }
        *file = default;
    }
}
