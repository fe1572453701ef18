using System.Runtime.InteropServices;

namespace Cosmos.Multikernel.Bench.Io.Linux;

/// <summary>
/// io_uring (include/uapi/linux/io_uring.h): requests in one ring, their outcomes in another, both shared with the kernel; one system
/// call tells of all new requests and waits for the next outcome.
/// </summary>
internal sealed unsafe class IoRing
{
    // Where mmap finds the rings, and the entries of the first.
    private const nint RingsOffset = 0;
    private const nint EntriesOffset = 0x10000000;

    private const int ReadWrite = 3;
    private const int SharedAndPopulated = 0x8001;
    private const uint WaitForOutcomes = 1;

    private readonly nint file;
    private readonly byte* rings;
    private readonly Entry* entries;
    private readonly Parameters parameters;
    private readonly uint mask;
    private uint unsubmitted;

    /// <param name="most">Requests under way at a time; a power of two.</param>
    public IoRing(int most)
    {
        Parameters set = default;
        file = LinuxCalls.Call("setting up io_uring", LinuxCalls.RingSetUp, most, (nint)(&set));
        parameters = set;

        // One mapping holds both rings (IORING_FEAT_SINGLE_MMAP, Linux 5.4).
        rings = Map(
            set.CompletionOffsets.Entries + set.CompletionEntries * (uint)sizeof(Outcome),
            RingsOffset
        );
        entries = (Entry*)Map(set.SubmissionEntries * (uint)sizeof(Entry), EntriesOffset);
        mask = set.SubmissionEntries - 1;
        uint* order = (uint*)(rings + set.SubmissionOffsets.Array);
        for (uint i = 0; i < set.SubmissionEntries; i++)
        {
            order[i] = i;
        }
    }

    /// <summary>What is asked for.</summary>
    public enum Operation : byte
    {
        Read = 22,
        Write = 23,
    }

    private ref uint SubmissionTail => ref *(uint*)(rings + parameters.SubmissionOffsets.Tail);

    private ref uint CompletionHead => ref *(uint*)(rings + parameters.CompletionOffsets.Head);

    private ref uint CompletionTail => ref *(uint*)(rings + parameters.CompletionOffsets.Tail);

    /// <summary>Adds a request; the kernel sees it at the next <see cref="SubmitAndWait"/>.</summary>
    public void Add(Operation operation, nint of, byte* memory, int length, long offset, int token)
    {
        uint tail = SubmissionTail;
        entries[tail & mask] = new Entry
        {
            Operation = operation,
            File = (int)of,
            Offset = offset,
            Memory = memory,
            Length = length,
            Token = token,
        };

        // Release: the entry is stored before the index that covers it.
        Volatile.Write(ref SubmissionTail, tail + 1);
        unsubmitted++;
    }

    /// <summary>Tells the kernel of what was added, and waits until something is done.</summary>
    public void SubmitAndWait()
    {
        nint taken = LinuxCalls.Invoke(
            LinuxCalls.RingEnter,
            file,
            (nint)unsubmitted,
            1,
            (nint)WaitForOutcomes,
            0,
            0
        );
        if (taken >= 0)
        {
            unsubmitted -= (uint)taken;
        }
        else if (Marshal.GetLastPInvokeError() != LinuxCalls.Interrupted)
        {
            throw new IOException($"io_uring: error {Marshal.GetLastPInvokeError()}");
        }
    }

    /// <summary>Takes the outcome of a request, as a system call would return it.</summary>
    public bool TryTake(out int token, out int result)
    {
        uint head = CompletionHead;

        // Acquire: the index is loaded before the outcomes it covers.
        if (head == Volatile.Read(ref CompletionTail))
        {
            token = 0;
            result = 0;
            return false;
        }

        uint last = parameters.CompletionEntries - 1;
        Outcome* outcome = (Outcome*)(rings + parameters.CompletionOffsets.Entries) + (head & last);
        token = (int)outcome->Token;
        result = outcome->Result;
        Volatile.Write(ref CompletionHead, head + 1);
        return true;
    }

    private byte* Map(uint length, nint offset) =>
        (byte*)
            LinuxCalls.Call(
                "mapping io_uring",
                LinuxCalls.MapMemory,
                0,
                (nint)length,
                ReadWrite,
                SharedAndPopulated,
                file,
                offset
            );

    // struct io_uring_sqe.
    [StructLayout(LayoutKind.Explicit, Size = 64)]
    private struct Entry
    {
        [FieldOffset(0)]
        public Operation Operation;

        [FieldOffset(4)]
        public int File;

        [FieldOffset(8)]
        public long Offset;

        [FieldOffset(16)]
        public byte* Memory;

        [FieldOffset(24)]
        public int Length;

        [FieldOffset(32)]
        public long Token;
    }

    // struct io_uring_cqe.
    [StructLayout(LayoutKind.Sequential)]
    private struct Outcome
    {
        public long Token;
        public int Result;
        public uint Flags;
    }

    // struct io_uring_params.
    [StructLayout(LayoutKind.Explicit, Size = 120)]
    private struct Parameters
    {
        [FieldOffset(0)]
        public uint SubmissionEntries;

        [FieldOffset(4)]
        public uint CompletionEntries;

        [FieldOffset(40)]
        public SubmissionRing SubmissionOffsets;

        [FieldOffset(80)]
        public CompletionRing CompletionOffsets;
    }

    // struct io_sqring_offsets.
    [StructLayout(LayoutKind.Explicit, Size = 40)]
    private struct SubmissionRing
    {
        [FieldOffset(4)]
        public uint Tail;

        [FieldOffset(24)]
        public uint Array;
    }

    // struct io_cqring_offsets.
    [StructLayout(LayoutKind.Explicit, Size = 40)]
    private struct CompletionRing
    {
        [FieldOffset(0)]
        public uint Head;

        [FieldOffset(4)]
        public uint Tail;

        [FieldOffset(20)]
        public uint Entries;
    }
}
