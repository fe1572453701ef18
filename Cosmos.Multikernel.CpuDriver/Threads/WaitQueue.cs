namespace Cosmos.Multikernel.CpuDriver.Threads;

/// <summary>Threads that wait for the same thing, first come first. All zero is an empty queue.</summary>
public unsafe struct WaitQueue
{
    public Thread* First;
    private Thread* _last;

    public void Append(Thread* thread)
    {
        thread->Next = null;
        thread->Previous = _last;
        if (_last != null)
        {
            _last->Next = thread;
        }
        else
        {
            First = thread;
        }
        _last = thread;
    }

    public void Remove(Thread* thread)
    {
        if (thread->Previous != null)
        {
            thread->Previous->Next = thread->Next;
        }
        else
        {
            First = thread->Next;
        }
        if (thread->Next != null)
        {
            thread->Next->Previous = thread->Previous;
        }
        else
        {
            _last = thread->Previous;
        }
        thread->Next = null;
        thread->Previous = null;
    }
}
