using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Threads;

/// <summary>
/// Threads waiting for a word of memory to change, by domain and address. The word is read and the thread queued with
/// interrupts off on the only core that runs the domain, so no wake-up can fall in between.
/// </summary>
public static unsafe class Futex
{
    // As many queues as fit a frame.
    private const int BucketCount = 256;

    private static WaitQueue* s_buckets;

    /// <summary>Must run once before any thread exists; false when there is no memory.</summary>
    public static bool TryInitialise()
    {
        ulong frame = Frames.AllocateZeroed();
        s_buckets = (WaitQueue*)DirectMap.At(frame);
        return frame != 0;
    }

    /// <summary>Blocks the thread until a wake-up whose bits meet <paramref name="bits"/>, or the deadline.</summary>
    public static void Wait(Thread* thread, ulong address, uint bits, ulong deadline)
    {
        thread->FutexAddress = address;
        thread->FutexBits = bits;
        Scheduler.Block(thread, BlockKind.Futex, BucketOf(thread->Domain, address), deadline);
    }

    /// <summary>Wakes waiting threads, longest waiting first.</summary>
    /// <param name="count">The most to wake.</param>
    /// <returns>How many were woken.</returns>
    public static int Wake(Domain* domain, ulong address, int count) =>
        Wake(domain, address, count, uint.MaxValue);

    /// <summary>Wakes waiting threads whose bits meet <paramref name="bits"/>, longest waiting first.</summary>
    public static int Wake(Domain* domain, ulong address, int count, uint bits)
    {
        int woken = 0;
        Thread* thread = BucketOf(domain, address)->First;
        while (thread != null && woken < count)
        {
            Thread* next = thread->Next;
            if (Waits(thread, domain, address) && (thread->FutexBits & bits) != 0)
            {
                Scheduler.Unblock(thread, 0);
                woken++;
            }
            thread = next;
        }
        return woken;
    }

    /// <summary>Wakes some waiting threads and lets others wait for another address instead.</summary>
    /// <returns>How many were woken or moved.</returns>
    public static int Requeue(
        Domain* domain,
        ulong address,
        int wakeCount,
        int moveCount,
        ulong newAddress
    )
    {
        int woken = Wake(domain, address, wakeCount);
        int moved = 0;
        WaitQueue* target = BucketOf(domain, newAddress);
        Thread* thread = BucketOf(domain, address)->First;
        while (thread != null && moved < moveCount && address != newAddress)
        {
            Thread* next = thread->Next;
            if (Waits(thread, domain, address))
            {
                thread->FutexAddress = newAddress;
                if (thread->Queue != target)
                {
                    Scheduler.Requeue(thread, target);
                }
                moved++;
            }
            thread = next;
        }
        return woken + moved;
    }

    private static bool Waits(Thread* thread, Domain* domain, ulong address) =>
        thread->FutexAddress == address && thread->Domain == domain;

    private static WaitQueue* BucketOf(Domain* domain, ulong address)
    {
        // Fibonacci hashing (Knuth, The Art of Computer Programming, volume 3, section 6.4) of word and domain.
        ulong key = (address >> 2) ^ ((ulong)domain >> 12);
        return s_buckets + ((key * 0x9e37_79b9_7f4a_7c15) >> 56);
    }
}
