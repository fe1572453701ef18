namespace Cosmos.Multikernel.CpuDriver.Threads;

/// <summary>
/// Threads by deadline: an intrusive pairing heap (Fredman, Sedgewick, Sleator and Tarjan, 1986). It needs no memory of
/// its own; insertion is O(1), removal O(log n) amortised. All zero is an empty queue.
/// </summary>
public unsafe struct SleepQueue
{
    /// <summary>The thread with the earliest deadline, or null.</summary>
    public Thread* First;

    public void Add(Thread* thread)
    {
        thread->HeapChild = null;
        thread->HeapSibling = null;
        thread->HeapPrevious = null;
        thread->InSleepQueue = true;
        First = First == null ? thread : Meld(First, thread);
    }

    public void Remove(Thread* thread)
    {
        thread->InSleepQueue = false;
        Thread* orphans = MeldChildren(thread->HeapChild);
        if (thread == First)
        {
            First = orphans;
            return;
        }
        // HeapPrevious is the left sibling, or the parent for a leftmost child.
        if (thread->HeapPrevious->HeapChild == thread)
        {
            thread->HeapPrevious->HeapChild = thread->HeapSibling;
        }
        else
        {
            thread->HeapPrevious->HeapSibling = thread->HeapSibling;
        }
        if (thread->HeapSibling != null)
        {
            thread->HeapSibling->HeapPrevious = thread->HeapPrevious;
        }
        if (orphans != null)
        {
            First = Meld(First, orphans);
        }
    }

    // Both are roots; the later one becomes the leftmost child of the earlier one.
    private static Thread* Meld(Thread* left, Thread* right)
    {
        if (right->Deadline < left->Deadline)
        {
            Thread* later = left;
            left = right;
            right = later;
        }
        right->HeapPrevious = left;
        right->HeapSibling = left->HeapChild;
        if (left->HeapChild != null)
        {
            left->HeapChild->HeapPrevious = right;
        }
        left->HeapChild = right;
        return left;
    }

    // Two passes: pairs from left to right, then all of those from right to left.
    private static Thread* MeldChildren(Thread* child)
    {
        Thread* pairs = null;
        while (child != null)
        {
            Thread* left = child;
            Thread* right = left->HeapSibling;
            child = right == null ? null : right->HeapSibling;
            left->HeapSibling = null;
            if (right != null)
            {
                right->HeapSibling = null;
                left = Meld(left, right);
            }
            left->HeapSibling = pairs;
            pairs = left;
        }
        Thread* root = null;
        while (pairs != null)
        {
            Thread* next = pairs->HeapSibling;
            pairs->HeapSibling = null;
            root = root == null ? pairs : Meld(root, pairs);
            pairs = next;
        }
        if (root != null)
        {
            root->HeapPrevious = null;
        }
        return root;
    }
}
