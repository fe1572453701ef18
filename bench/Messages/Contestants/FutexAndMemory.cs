using System.Runtime.InteropServices;

namespace Cosmos.Multikernel.Bench.Messages.Contestants;

/// <summary>Shared memory and a futex: what one would write by hand. It has no queue, so no stream.</summary>
internal sealed unsafe class FutexAndMemory : Contestant
{
    private const nint FutexCall = 202;
    private const nint Wait = 0;
    private const nint Wake = 1;

    private readonly uint* word;
    private readonly byte[] asked;
    private readonly byte[] answered;
    private uint lastAsked;
    private uint lastAnswered;

    public FutexAndMemory(int length)
        : base("futex", length, "Linux")
    {
        word = (uint*)NativeMemory.AlignedAlloc((nuint)(64 + length), 64);
        *word = 0;
        asked = new byte[length];
        answered = new byte[length];
    }

    public override int Trips => 20;

    private Span<byte> Memory => new((byte*)word + 64, Length);

    public override void Answer(int trips)
    {
        for (; trips != 0; trips--)
        {
            Await((2 * lastAnswered) + 1);
            Memory.CopyTo(answered);
            answered.CopyTo(Memory);
            Say((2 * lastAnswered++) + 2);
        }
    }

    public override void Ask(int trips)
    {
        for (; trips != 0; trips--)
        {
            asked.CopyTo(Memory);
            Say((2 * lastAsked) + 1);
            Await((2 * lastAsked++) + 2);
            Memory.CopyTo(asked);
        }
    }

    public override void Dispose() => NativeMemory.AlignedFree(word);

    private void Say(uint value)
    {
        Volatile.Write(ref *word, value);
        _ = Call(FutexCall, (nint)word, Wake, 1, 0, 0, 0);
    }

    private void Await(uint value)
    {
        for (uint seen = Volatile.Read(ref *word); seen != value; seen = Volatile.Read(ref *word))
        {
            _ = Call(FutexCall, (nint)word, Wait, (nint)seen, 0, 0, 0);
        }
    }

    [DllImport("libc", EntryPoint = "syscall")]
    private static extern nint Call(nint number, nint a, nint b, nint c, nint d, nint e, nint f);
}
