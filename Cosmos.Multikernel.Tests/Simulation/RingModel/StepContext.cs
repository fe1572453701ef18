using Cosmos.Multikernel.Channels;

namespace Cosmos.Multikernel.Tests.RingModel;

/// <summary>Thrown out of the ring's code where the next step would begin.</summary>
internal sealed class EndOfStepException : Exception;

/// <summary>What a process did at one access of its current operation.</summary>
/// <param name="Value">What the access gave.</param>
/// <param name="Payload">For a look at a line: the 56 bytes that lay under the control word then.</param>
internal readonly record struct Access(ulong Value, byte[]? Payload);

/// <summary>A store that the processor has not yet made visible.</summary>
internal readonly record struct BufferedStore(int Offset, int Size, ulong Value);

/// <summary>
/// Runs an operation of the ring up to its next access of shared memory.
/// </summary>
/// <remarks>
/// The ring's code cannot be stopped half-way, so an operation is run anew from its start at each step: accesses made in
/// earlier steps give what they gave then, one more is made, and at the one after that the run is broken off. The machine
/// is x86: stores go through a first in, first out buffer, loads see the own buffer first, locked instructions and fences
/// need it empty.
/// </remarks>
internal sealed unsafe class StepContext(byte* memory, Process process, Defect defect)
{
    private const int LargestAccess = 8;
    private readonly Stack<(int Offset, byte[] Bytes)> disturbed = new();
    private int position;
    private bool stepped;

    [ThreadStatic]
    private static StepContext? current;

    /// <summary>The run in progress.</summary>
    public static StepContext Current => current!;

    /// <summary>Runs the operation one access further; false when it is not finished after that.</summary>
    public bool TryRun(Action operation)
    {
        current = this;
        try
        {
            operation();
            return true;
        }
        catch (EndOfStepException)
        {
            return false;
        }
        finally
        {
            while (disturbed.TryPop(out (int Offset, byte[] Bytes) before))
            {
                before.Bytes.CopyTo(new Span<byte>(memory + before.Offset, before.Bytes.Length));
            }
        }
    }

    /// <summary>A load: from the own store buffer, else from memory.</summary>
    public ulong Load(byte* address, int size)
    {
        int offset = (int)(address - memory);
        bool isLine = offset >= RingLayout.HeaderSize;
        int line = offset - RingLayout.PayloadSize;
        if (IsReplay(out Access earlier))
        {
            if (earlier.Payload is not null)
            {
                // The copy out of this line was made in an earlier step: it must give what it gave then.
                Span<byte> payload = new(memory + line, RingLayout.PayloadSize);
                disturbed.Push((line, payload.ToArray()));
                earlier.Payload.CopyTo(payload);
            }
            return earlier.Value;
        }
        ulong value = size == LargestAccess ? *(ulong*)address : *(uint*)address;
        foreach (BufferedStore store in process.StoreBuffer)
        {
            if (store.Offset == offset)
            {
                value = store.Value;
            }
        }
        byte[]? under = isLine
            ? new Span<byte>(memory + line, RingLayout.PayloadSize).ToArray()
            : null;
        return Done(value, under);
    }

    /// <summary>A store: into the buffer.</summary>
    public void Store(byte* address, int size, ulong value)
    {
        if (!IsReplay(out _))
        {
            process.StoreBuffer.Add(new BufferedStore((int)(address - memory), size, value));
            Done(0, null);
        }
    }

    /// <summary>A locked exchange: at once in memory, with an empty buffer.</summary>
    public uint Exchange(byte* address, uint value)
    {
        if (IsReplay(out Access earlier))
        {
            return (uint)earlier.Value;
        }
        if (defect == Defect.ArmWithoutFence && value != 0)
        {
            process.StoreBuffer.Add(
                new BufferedStore((int)(address - memory), sizeof(uint), value)
            );
            return (uint)Done(0, null);
        }
        process.NeedsEmptyBuffer = process.StoreBuffer.Count != 0;
        if (process.NeedsEmptyBuffer)
        {
            throw new EndOfStepException();
        }
        uint before = *(uint*)address;
        *(uint*)address = value;
        return (uint)Done(before, null);
    }

    /// <summary>A full fence: waits for the buffer to empty.</summary>
    public void Fence()
    {
        if (defect == Defect.RingWithoutFence || IsReplay(out _))
        {
            return;
        }
        process.NeedsEmptyBuffer = process.StoreBuffer.Count != 0;
        if (process.NeedsEmptyBuffer)
        {
            throw new EndOfStepException();
        }
        Done(0, null);
    }

    private bool IsReplay(out Access earlier)
    {
        if (position < process.Log.Count)
        {
            earlier = process.Log[position++];
            return true;
        }
        if (stepped)
        {
            throw new EndOfStepException();
        }
        earlier = default;
        return false;
    }

    private ulong Done(ulong value, byte[]? payload)
    {
        stepped = true;
        position++;
        process.Log.Add(new Access(value, payload));
        return value;
    }
}
