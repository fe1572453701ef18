using System.Numerics;

namespace Cosmos.Multikernel.CpuDriver.Threads;

/// <summary>
/// The threads that can run, one queue for each priority. The running thread stays in it as the head of its level, so
/// "who runs" is always the head of the highest level that is not empty. All operations are O(1).
/// </summary>
public unsafe struct ReadyQueue
{
    public const int Levels = 16;

    private fixed ulong _queues[Levels * 2];
    private uint _occupied;

    /// <summary>The thread to run, or null.</summary>
    public Thread* Head => _occupied == 0 ? null : Level(BitOperations.Log2(_occupied))->First;

    /// <summary>Whether another thread of the head's priority is ready, so that they must share.</summary>
    public bool IsContended => _occupied != 0 && Head->Next != null;

    public void Append(Thread* thread)
    {
        Level(thread->Priority)->Append(thread);
        _occupied |= 1u << thread->Priority;
    }

    public void Remove(Thread* thread)
    {
        WaitQueue* level = Level(thread->Priority);
        level->Remove(thread);
        if (level->First == null)
        {
            _occupied &= ~(1u << thread->Priority);
        }
    }

    /// <summary>Puts a thread behind its equals.</summary>
    public void Rotate(Thread* thread)
    {
        if (thread->Next != null)
        {
            WaitQueue* level = Level(thread->Priority);
            level->Remove(thread);
            level->Append(thread);
        }
    }

    private WaitQueue* Level(int priority)
    {
        fixed (ulong* queues = _queues)
        {
            return (WaitQueue*)queues + priority;
        }
    }
}
