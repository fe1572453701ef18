using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Cosmos.Multikernel.Channels;

namespace Cosmos.Multikernel.Bench.Messages.Contestants;

/// <summary>The ring with messages of any length: as many lines as they need, put together again at the receiver.</summary>
internal sealed unsafe class WholeMessages : Contestant
{
    private const uint Slots = 2048;

    private readonly byte* memory = RawRing.Allocate(Slots);
    private readonly byte* atAsker;
    private readonly byte* atAnswerer;
    private RingEndpoint asker;
    private RingEndpoint answerer;

    public WholeMessages(int length)
        : base("ring", length)
    {
        asker = new RingEndpoint(memory, Slots, sideA: true);
        answerer = new RingEndpoint(memory, Slots, sideA: false);
        atAsker = (byte*)NativeMemory.AllocZeroed((nuint)length);
        atAnswerer = (byte*)NativeMemory.AllocZeroed((nuint)length);
    }

    public override int Trips => Length > 10_000 ? 10 : 100;

    public override int Messages => Math.Max(500, 20_000_000 / Math.Max(Length, 200));

    public override void Answer(int trips)
    {
        for (; trips != 0; trips--)
        {
            Receive(ref answerer, atAnswerer);
            Send(ref answerer, atAnswerer);
        }
    }

    public override void Ask(int trips)
    {
        for (; trips != 0; trips--)
        {
            Send(ref asker, atAsker);
            Receive(ref asker, atAsker);
        }
    }

    public override void Send(int messages)
    {
        for (; messages != 0; messages--)
        {
            Send(ref asker, atAsker);
        }
    }

    public override void Receive(int messages)
    {
        for (; messages != 0; messages--)
        {
            Receive(ref answerer, atAnswerer);
        }
    }

    public override void Dispose()
    {
        NativeMemory.AlignedFree(memory);
        NativeMemory.Free(atAsker);
        NativeMemory.Free(atAnswerer);
    }

    private void Send(ref RingEndpoint end, byte* message)
    {
        while (end.TrySend(message, (uint)Length) != RingStatus.Ok)
        {
            X86Base.Pause();
        }
    }

    private void Receive(ref RingEndpoint end, byte* message)
    {
        while (end.TryReceive(message, (uint)Length, out _) != RingStatus.Ok)
        {
            X86Base.Pause();
        }
    }
}
