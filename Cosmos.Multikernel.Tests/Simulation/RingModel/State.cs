using System.Runtime.InteropServices;

namespace Cosmos.Multikernel.Tests.RingModel;

/// <summary>Everything at one moment: shared memory and both processes.</summary>
internal sealed class State(byte[] memory, Process a, Process b, State? parent, string step)
{
    public byte[] Memory { get; } = memory;

    public Process A { get; } = a;

    public Process B { get; } = b;

    /// <summary>How the exploration came here: for the trace of a failure.</summary>
    public IEnumerable<string> Trace()
    {
        List<string> steps = [];
        for (State? at = this; at is not null; at = at.Previous)
        {
            steps.Add(at.Step);
        }
        steps.Reverse();
        return steps;
    }

    /// <summary>
    /// 128 bits that tell states apart. Two different states with the same bits would hide one of them: with a million
    /// states the odds are below one in 10^26.
    /// </summary>
    public UInt128 Fingerprint()
    {
        Mixer mixer = new();
        mixer.Add(Memory);
        Add(ref mixer, A);
        Add(ref mixer, B);
        return mixer.Value;
    }

    private State? Previous { get; } = parent;

    private string Step { get; } = step;

    private static void Add(ref Mixer mixer, Process process)
    {
        mixer.Add(MemoryMarshal.AsBytes(new ReadOnlySpan<Channels.RingEndpoint>(in process.Ring)));
        mixer.Add(process.Buffer);
        mixer.Add(
            (ulong)process.Place
                | ((ulong)process.Done << 8)
                | (process.MustWait ? 1UL << 16 : 0)
                | (process.Rung ? 1UL << 17 : 0)
                | (process.NotificationUnderWay ? 1UL << 18 : 0)
                | (process.NeedsEmptyBuffer ? 1UL << 19 : 0)
                | ((ulong)process.Log.Count << 32)
                | ((ulong)process.StoreBuffer.Count << 48)
        );
        foreach (Access access in process.Log)
        {
            mixer.Add(access.Value);
            mixer.Add(access.Payload);
        }
        foreach (BufferedStore store in process.StoreBuffer)
        {
            mixer.Add((ulong)store.Offset);
            mixer.Add(store.Value);
        }
    }

    /// <summary>Two independent multiply-and-rotate hashes.</summary>
    private struct Mixer()
    {
        private ulong low = 0x9E3779B97F4A7C15;
        private ulong high = 0xC2B2AE3D27D4EB4F;

        public readonly UInt128 Value => new(high, low);

        public void Add(ulong value)
        {
            low = ulong.RotateLeft((low ^ value) * 0x9FB21C651E98DF25, 29);
            high = (ulong.RotateLeft(high, 23) + value) * 0xD6E8FEB86659FD93;
        }

        public void Add(ReadOnlySpan<byte> bytes)
        {
            foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(bytes))
            {
                Add(word);
            }
            foreach (byte rest in bytes[(bytes.Length & ~7)..])
            {
                Add(rest);
            }
        }
    }
}
