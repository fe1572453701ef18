using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Cosmos.Multikernel.Channels;

namespace Cosmos.Multikernel.Bench.Messages.Contestants;

/// <summary>The ring of every channel, one line a message, written and read in place, without channel and event loop.</summary>
internal sealed unsafe class RawRing : Contestant
{
    private readonly byte* memory;
    private RingEndpoint asker;
    private RingEndpoint answerer;

    public RawRing(uint slots)
        : base($"ring in place, {slots} slots", RingLayout.PayloadSize)
    {
        memory = Allocate(slots);
        asker = new RingEndpoint(memory, slots, sideA: true);
        answerer = new RingEndpoint(memory, slots, sideA: false);
    }

    public override int Messages => 1_000_000;

    public override void Answer(int trips) =>
        Answer(ref answerer.Sender, ref answerer.Receiver, trips);

    public override void Ask(int trips) => Ask(ref asker.Sender, ref asker.Receiver, trips);

    public override void Send(int messages) => Send(ref asker.Sender, messages);

    public override void Receive(int messages)
    {
        ulong sum = Receive(ref answerer.Receiver, messages);
        if (sum != (ulong)messages * (ulong)(messages - 1) / 2)
        {
            throw new InvalidOperationException("Messages were lost or torn.");
        }
    }

    public override void Dispose() => NativeMemory.AlignedFree(memory);

    /// <summary>Zeroed memory for a channel.</summary>
    public static byte* Allocate(uint slots)
    {
        nuint size = (nuint)RingLayout.BytesFor(slots);
        byte* memory = (byte*)NativeMemory.AlignedAlloc(size, RingLayout.HeaderSize);
        NativeMemory.Clear(memory, size);
        return memory;
    }

    private static void Answer(ref RingSender senderHome, ref RingReceiver receiverHome, int trips)
    {
        RingSender sender = senderHome;
        RingReceiver receiver = receiverHome;
        for (; trips != 0; trips--)
        {
            RingPayload payload;
            while (!receiver.TryReceive(&payload, out _))
            {
                X86Base.Pause();
            }
            RingPayload.Copy((byte*)sender.TryReserve(), (byte*)&payload);
            sender.Commit(RingLineKind.Start, RingLayout.PayloadSize, receiver.Tail);
        }
        senderHome = sender;
        receiverHome = receiver;
    }

    private static void Ask(ref RingSender senderHome, ref RingReceiver receiverHome, int trips)
    {
        RingSender sender = senderHome;
        RingReceiver receiver = receiverHome;
        for (; trips != 0; trips--)
        {
            RingPayload* slot = sender.TryReserve();
            slot->Word0 = (ulong)trips;
            sender.Commit(RingLineKind.Start, RingLayout.PayloadSize, receiver.Tail);
            RingPayload payload;
            ulong control;
            while (!receiver.TryReceive(&payload, out control))
            {
                X86Base.Pause();
            }
            sender.Acknowledge(RingControl.Acknowledged(control));
        }
        senderHome = sender;
        receiverHome = receiver;
    }

    private static void Send(ref RingSender home, int messages)
    {
        RingSender sender = home;
        for (ulong i = 0; i < (ulong)messages; )
        {
            RingPayload* slot = sender.TryReserve();
            if (slot == null)
            {
                X86Base.Pause();
                continue;
            }
            slot->Word0 = i;
            slot->Word1 = i;
            slot->Word2 = i;
            slot->Word3 = i;
            slot->Word4 = i;
            slot->Word5 = i;
            slot->Word6 = i;
            sender.Commit(RingLineKind.Start, RingLayout.PayloadSize, 0);
            i++;
        }
        home = sender;
    }

    private static ulong Receive(ref RingReceiver home, int messages)
    {
        RingReceiver receiver = home;
        ulong sum = 0;
        RingPayload payload;
        for (int i = 0; i < messages; )
        {
            if (!receiver.TryReceive(&payload, out _))
            {
                X86Base.Pause();
                continue;
            }
            sum += payload.Word0;
            i++;
        }
        home = receiver;
        return sum;
    }
}
