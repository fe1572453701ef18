using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Threads;

namespace Cosmos.Multikernel.CpuDriver.LinuxAbi;

/// <summary>A pipe within one domain. One frame: this structure, then the bytes on their way.</summary>
public unsafe struct Pipe
{
    private const uint HeaderBytes = 64;
    public const uint Capacity = 4096 - HeaderBytes;

    public WaitQueue Waiting;
    private WaitQueue* _pollers;
    private uint _readers;
    private uint _writers;

    // Running counts; 64 bits wide, for they must not wrap: the capacity does not divide a power of two.
    private ulong _added;
    private ulong _taken;

    public readonly uint Count => (uint)(_added - _taken);

    public readonly uint Room => Capacity - Count;

    public readonly bool HasReaders => _readers != 0;

    public readonly bool HasWriters => _writers != 0;

    /// <summary>A pipe with one end of each kind, or null when there is no memory.</summary>
    public static Pipe* Create(Domain* domain)
    {
        ulong frame = domain->Space.AllocateObjectFrame();
        if (frame == 0)
        {
            return null;
        }
        Pipe* pipe = (Pipe*)DirectMap.At(frame);
        Bytes.Clear(pipe, AddressSpace.PageSize);
        pipe->_pollers = FileTable.PollersOf(&domain->Files);
        pipe->_readers = 1;
        pipe->_writers = 1;
        return pipe;
    }

    /// <summary>One more descriptor for an end.</summary>
    public void Join(bool reader)
    {
        _readers += reader ? 1u : 0;
        _writers += reader ? 0 : 1u;
    }

    /// <summary>One descriptor less; who waits looks again. The last one frees the pipe.</summary>
    public static void Leave(Pipe* pipe, bool reader, AddressSpace* space)
    {
        pipe->_readers -= reader ? 1u : 0;
        pipe->_writers -= reader ? 0 : 1u;
        OnChange(pipe);
        if (pipe->_readers + pipe->_writers == 0)
        {
            space->FreeObjectFrame(DirectMap.PhysicalOf(pipe));
        }
    }

    /// <summary>Adds bytes; the caller has looked at <see cref="Room"/>.</summary>
    public static void Add(Pipe* pipe, byte* bytes, ulong count)
    {
        for (ulong i = 0; i < count; i++)
        {
            Store(pipe)[pipe->_added++ % Capacity] = bytes[i];
        }
        OnChange(pipe);
    }

    /// <summary>Takes bytes; the caller has looked at <see cref="Count"/>.</summary>
    public static void Take(Pipe* pipe, byte* bytes, ulong count)
    {
        for (ulong i = 0; i < count; i++)
        {
            bytes[i] = Store(pipe)[pipe->_taken++ % Capacity];
        }
        OnChange(pipe);
    }

    private static void OnChange(Pipe* pipe)
    {
        Scheduler.Wake(&pipe->Waiting);
        Scheduler.Wake(pipe->_pollers);
    }

    private static byte* Store(Pipe* pipe) => (byte*)pipe + HeaderBytes;
}
