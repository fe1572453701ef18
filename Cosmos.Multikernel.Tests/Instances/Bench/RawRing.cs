using System.Diagnostics;
using System.Runtime.Intrinsics.X86;
using System.Text;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Native;

namespace Cosmos.Multikernel.Tests.Instances.Bench;

/// <summary>
/// The ring alone between cores 0 and 1, both polling: channels straight from the CPU driver's calls, no event loop.
/// </summary>
internal static unsafe class RawRing
{
    private const uint Slots = 64;
    private const int WarmUp = 200;

    /// <summary>Core 0: a line there and one back, nanoseconds.</summary>
    public static double RoundTrip()
    {
        ConnectRequest request = new() { Core = 1, Slots = Slots };
        Encoding.UTF8.GetBytes(Instance.Name, new Span<byte>(request.Name, InstanceName.Size));
        var handle = SystemCalls.Connect(ref request);
        if (handle < 0)
        {
            throw new InvalidOperationException($"The CPU driver offers no channel: {handle}.");
        }

        var end = new RingEndpoint((byte*)request.Address, Slots, sideA: true);
        Ask(ref end.Sender, ref end.Receiver, WarmUp);
        var ticks = new long[RoundTrips.Polling];
        for (var i = 0; i < ticks.Length; i++)
        {
            var begin = Stopwatch.GetTimestamp();
            Ask(ref end.Sender, ref end.Receiver, 1);
            ticks[i] = Stopwatch.GetTimestamp() - begin;
        }

        SystemCalls.Close((int)handle);
        return RoundTrips.Median(ticks);
    }

    /// <summary>Core 1.</summary>
    public static void Answer()
    {
        AcceptResult accepted;
        long handle;
        while ((handle = SystemCalls.Accept(out accepted)) < 0)
        {
            Thread.Sleep(1);
        }

        var end = new RingEndpoint((byte*)accepted.Address, accepted.Slots, sideA: false);
        Answer(ref end.Sender, ref end.Receiver, WarmUp + RoundTrips.Polling);
        SystemCalls.Close((int)handle);
    }

    private static void Ask(ref RingSender senderHome, ref RingReceiver receiverHome, int trips)
    {
        var sender = senderHome;
        var receiver = receiverHome;
        for (; trips != 0; trips--)
        {
            var slot = sender.TryReserve();
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

    private static void Answer(ref RingSender senderHome, ref RingReceiver receiverHome, int trips)
    {
        var sender = senderHome;
        var receiver = receiverHome;
        for (; trips != 0; trips--)
        {
            RingPayload payload;
            ulong control;
            while (!receiver.TryReceive(&payload, out control))
            {
                X86Base.Pause();
            }

            sender.Acknowledge(RingControl.Acknowledged(control));
            RingPayload.Copy((byte*)sender.TryReserve(), (byte*)&payload);
            sender.Commit(RingLineKind.Start, RingLayout.PayloadSize, receiver.Tail);
        }

        senderHome = sender;
        receiverHome = receiver;
    }
}
