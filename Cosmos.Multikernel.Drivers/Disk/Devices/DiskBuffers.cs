using System.Diagnostics.CodeAnalysis;
using Cosmos.Multikernel.Capabilities;

namespace Cosmos.Multikernel.Drivers.Disk.Devices;

/// <summary>
/// Memory between a device, which needs frames, and users whose data lie in the collector's memory. Frames are allocated as they
/// are needed, up to a limit, and kept; who comes when all are lent waits in line.
/// </summary>
internal sealed class DiskBuffers(int size, int most) : IDisposable
{
    private readonly Stack<Frame> free = new();
    private readonly Queue<TaskCompletionSource<Frame>> line = new();
    private int allocated;

    /// <summary>Bytes of a buffer.</summary>
    public int Size => size;

    /// <summary>Lends a buffer; what is in it is undefined.</summary>
    /// <exception cref="NoMemoryForCapabilityException">There is no memory for the first one.</exception>
    public async ValueTask<Frame> TakeAsync()
    {
        if (free.TryPop(out Frame? frame) || TryAllocate(out frame))
        {
            return frame;
        }
        TaskCompletionSource<Frame> turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        line.Enqueue(turn);
        return await turn.Task;
    }

    /// <summary>Gives a buffer back.</summary>
    public void Return(Frame frame)
    {
        if (line.TryDequeue(out TaskCompletionSource<Frame>? turn))
        {
            turn.SetResult(frame);
        }
        else
        {
            free.Push(frame);
        }
    }

    /// <summary>A buffer that was lent is lost: it went with an instance that has ended.</summary>
    public void Forget()
    {
        allocated--;
        if (line.Count > 0 && TryAllocate(out Frame? frame))
        {
            Return(frame);
        }
    }

    /// <summary>Gives the memory back; none may be lent.</summary>
    public void Dispose()
    {
        foreach (Frame frame in free)
        {
            frame.Dispose();
        }
        free.Clear();
    }

    private bool TryAllocate([NotNullWhen(true)] out Frame? frame)
    {
        frame = null;
        if (allocated == most)
        {
            return false;
        }
        try
        {
            frame = Frame.Allocate(size);
        }
        catch (NoMemoryForCapabilityException) when (allocated > 0)
        {
            // One of those that are lent will do.
            return false;
        }
        allocated++;
        return true;
    }
}
