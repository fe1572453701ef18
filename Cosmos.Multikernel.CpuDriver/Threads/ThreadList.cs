namespace Cosmos.Multikernel.CpuDriver.Threads;

/// <summary>The threads of a domain: in order of creation, and by identifier.</summary>
public unsafe struct ThreadList
{
    private const int BucketCount = 64;

    public Thread* First;
    private Thread* _last;
    private fixed ulong _buckets[BucketCount];
    private int _nextId;

    public int Count;

    /// <summary>Identifiers count up from here: the first thread's is the domain's.</summary>
    public void StartIds(int first) => _nextId = first;

    public void Add(Thread* thread)
    {
        thread->Id = _nextId;
        // Identifiers are positive; after two thousand million threads they begin again.
        _nextId = _nextId == int.MaxValue ? 1 : _nextId + 1;
        thread->PreviousInDomain = _last;
        thread->NextInDomain = null;
        if (_last != null)
        {
            _last->NextInDomain = thread;
        }
        else
        {
            First = thread;
        }
        _last = thread;
        int bucket = thread->Id & (BucketCount - 1);
        thread->NextInBucket = (Thread*)_buckets[bucket];
        _buckets[bucket] = (ulong)thread;
        Count++;
    }

    public void Remove(Thread* thread)
    {
        if (thread->PreviousInDomain != null)
        {
            thread->PreviousInDomain->NextInDomain = thread->NextInDomain;
        }
        else
        {
            First = thread->NextInDomain;
        }
        if (thread->NextInDomain != null)
        {
            thread->NextInDomain->PreviousInDomain = thread->PreviousInDomain;
        }
        else
        {
            _last = thread->PreviousInDomain;
        }
        int bucket = thread->Id & (BucketCount - 1);
        if (_buckets[bucket] == (ulong)thread)
        {
            _buckets[bucket] = (ulong)thread->NextInBucket;
        }
        else
        {
            Thread* before = (Thread*)_buckets[bucket];
            while (before->NextInBucket != thread)
            {
                before = before->NextInBucket;
            }
            before->NextInBucket = thread->NextInBucket;
        }
        Count--;
    }

    /// <summary>The thread with an identifier, or null.</summary>
    public readonly Thread* Find(int id)
    {
        Thread* thread = (Thread*)_buckets[id & (BucketCount - 1)];
        while (thread != null && thread->Id != id)
        {
            thread = thread->NextInBucket;
        }
        return thread;
    }
}
