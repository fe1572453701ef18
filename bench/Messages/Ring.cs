using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Cosmos.Multikernel.Channels;

namespace Cosmos.Multikernel.Bench.Messages;

/// <summary>The ring of every channel, without channel and event loop around it.</summary>
internal static unsafe class Ring
{
    private const int Batch = 100;

    /// <summary>Round trips of one line (56 bytes of payload), polling; means of batches.</summary>
    public static Samples RoundTrips(int batches)
    {
        Samples samples = new(batches);
        byte* memory = Allocate(64);
        int total = batches * Batch;
        Cores.RunPair(
            () =>
            {
                RingEndpoint end = new(memory, 64, sideA: false);
                RingSender sender = end.Sender;
                RingReceiver receiver = end.Receiver;
                for (int i = 0; i < total; i++)
                {
                    RingPayload payload;
                    while (!receiver.HasLine())
                    {
                        X86Base.Pause();
                    }
                    receiver.TryReceive(out payload, out _);
                    *sender.TryReserve() = payload;
                    sender.Commit(RingLineKind.Start, RingLayout.PayloadSize, receiver.Tail);
                }
            },
            () =>
            {
                RingEndpoint end = new(memory, 64, sideA: true);
                RingSender sender = end.Sender;
                RingReceiver receiver = end.Receiver;
                for (int batch = 0; batch < batches; batch++)
                {
                    long before = Stopwatch.GetTimestamp();
                    for (int i = 0; i < Batch; i++)
                    {
                        RingPayload* slot = sender.TryReserve();
                        slot->Word0 = (ulong)i;
                        slot->Word6 = (ulong)batch;
                        sender.Commit(RingLineKind.Start, RingLayout.PayloadSize, receiver.Tail);
                        ulong control;
                        while (!receiver.HasLine())
                        {
                            X86Base.Pause();
                        }
                        receiver.TryReceive(out _, out control);
                        sender.Acknowledge(RingControl.Acknowledged(control));
                    }
                    samples.Add(Stopwatch.GetTimestamp() - before, Batch);
                }
            }
        );
        NativeMemory.AlignedFree(memory);
        return samples;
    }

    /// <summary>Messages of 56 bytes a second, written and read in place, one way.</summary>
    public static double MessagesPerSecond(uint slots, int count)
    {
        byte* memory = Allocate(slots);
        long started = 0;
        long ended = 0;
        ulong sum = 0;
        Cores.RunPair(
            () =>
            {
                RingReceiver receiver = new RingEndpoint(memory, slots, sideA: false).Receiver;
                sum = ReceiveAll(receiver, count);
                ended = Stopwatch.GetTimestamp();
            },
            () =>
            {
                RingSender sender = new RingEndpoint(memory, slots, sideA: true).Sender;
                started = Stopwatch.GetTimestamp();
                SendAll(sender, count);
            }
        );
        NativeMemory.AlignedFree(memory);
        ulong expected = (ulong)count * (ulong)(count - 1) / 2;
        return sum == expected
            ? count / ((ended - started) * Samples.NanosecondsPerTick / 1e9)
            : throw new InvalidOperationException("Messages were lost or torn.");
    }

    // No calls in these loops: the cursors then stay in registers.
    private static void SendAll(RingSender sender, int count)
    {
        for (int i = 0; i < count; )
        {
            RingPayload* slot = sender.TryReserve();
            if (slot == null)
            {
                X86Base.Pause();
                continue;
            }
            slot->Word0 = (ulong)i;
            slot->Word1 = (ulong)i;
            slot->Word2 = (ulong)i;
            slot->Word3 = (ulong)i;
            slot->Word4 = (ulong)i;
            slot->Word5 = (ulong)i;
            slot->Word6 = (ulong)i;
            sender.Commit(RingLineKind.Start, RingLayout.PayloadSize, 0);
            i++;
        }
    }

    private static ulong ReceiveAll(RingReceiver receiver, int count)
    {
        ulong sum = 0;
        for (int i = 0; i < count; )
        {
            if (!receiver.TryReceive(out RingPayload payload, out _))
            {
                X86Base.Pause();
                continue;
            }
            sum += payload.Word0;
            i++;
        }
        return sum;
    }

    private static byte* Allocate(uint slots)
    {
        nuint size = (nuint)RingLayout.BytesFor(slots);
        byte* memory = (byte*)NativeMemory.AlignedAlloc(size, RingLayout.HeaderSize);
        NativeMemory.Clear(memory, size);
        return memory;
    }
}
