using System.Runtime.InteropServices;
using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Drivers.Registers;

namespace Cosmos.Multikernel.Drivers.Disk.Devices.Nvme;

/// <summary>
/// A submission queue and the completion queue that answers it (NVM Express Base Specification 2.0, section 3.3.1). Both are rings: the
/// driver writes commands at the tail of one, the controller completions at the tail of the other.
/// </summary>
internal sealed class NvmeQueuePair : IDisposable
{
    private readonly Frame submission;
    private readonly Frame completion;
    private readonly NvmeDoorbell submissionDoorbell;
    private readonly NvmeDoorbell completionDoorbell;
    private int tail;
    private int head;
    private int toldTail;
    private int toldHead;
    private int phase;

    /// <param name="window">The controller's registers.</param>
    /// <param name="stride">Bytes from one doorbell to the next.</param>
    /// <param name="number">The pair's: 0 is the admin queue's.</param>
    /// <param name="entries">Of both queues. One fewer commands may be under way: a ring that is full looks like an empty one.</param>
    public NvmeQueuePair(RegisterWindow window, int stride, int number, int entries)
    {
        long doorbells = NvmeDoorbell.First + (long)number * 2 * stride;
        submissionDoorbell = new NvmeDoorbell(window, doorbells);
        completionDoorbell = new NvmeDoorbell(window, doorbells + stride);
        Number = number;
        Entries = entries;
        submission = Frame.Allocate(entries * NvmeCommand.Size);
        completion = Frame.Allocate(entries * NvmeCompletion.Size);
        Clear();
    }

    /// <summary>The pair's number.</summary>
    public int Number { get; }

    /// <summary>Of each queue.</summary>
    public int Entries { get; }

    /// <summary>Where the controller finds the commands.</summary>
    public ulong SubmissionAt => submission.PhysicalAddress;

    /// <summary>Where the controller writes completions.</summary>
    public ulong CompletionAt => completion.PhysicalAddress;

    /// <summary>The controller has been reset, and knows nothing of what was here.</summary>
    public void Clear()
    {
        completion.Span.Clear();
        tail = head = toldTail = toldHead = 0;
        phase = 1;
    }

    /// <summary>Adds a command, of which the controller learns by <see cref="Publish"/>.</summary>
    public void Add(in NvmeCommand command)
    {
        MemoryMarshal.Write(submission.Span[(tail * NvmeCommand.Size)..], in command);
        tail = Next(tail);
    }

    /// <summary>Tells the controller of commands that were added.</summary>
    public void Publish()
    {
        if (toldTail != tail)
        {
            toldTail = tail;
            // A write to a device's register is not done before earlier ones to memory (x86 orders all writes).
            submissionDoorbell.Index = (uint)tail;
        }
    }

    /// <summary>The next completion; its place is the controller's again after <see cref="Release"/>.</summary>
    public bool TryTake(out NvmeCompletion taken)
    {
        Span<byte> entry = completion.Span.Slice(head * NvmeCompletion.Size, NvmeCompletion.Size);
        ref NvmeCompletion next = ref MemoryMarshal.AsRef<NvmeCompletion>(entry);
        // The phase is written last; what is read behind it is not older.
        if ((Volatile.Read(ref next.PhaseAndStatus) & 1) != phase)
        {
            taken = default;
            return false;
        }
        taken = next;
        head = Next(head);
        phase ^= head == 0 ? 1 : 0;
        return true;
    }

    /// <summary>Tells the controller how far completions were taken; a line falls when all were.</summary>
    public void Release()
    {
        if (toldHead != head)
        {
            toldHead = head;
            completionDoorbell.Index = (uint)head;
        }
    }

    /// <summary>Gives the memory back; the controller must have been stopped.</summary>
    public void Dispose()
    {
        submission.Dispose();
        completion.Dispose();
    }

    private int Next(int index) => index + 1 == Entries ? 0 : index + 1;
}
