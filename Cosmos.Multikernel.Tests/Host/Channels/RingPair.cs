using System.Runtime.InteropServices;
using Cosmos.Multikernel.Channels;

namespace Cosmos.Multikernel.Tests.Host.Channels;

/// <summary>Two bound ends over memory of this process, as a CPU driver would hand it to two instances.</summary>
internal sealed unsafe class RingPair : IDisposable
{
    private readonly byte* receiveBuffer;

    public RingPair(uint slots, int bufferSize = 1 << 16)
    {
        Slots = slots;
        BufferSize = bufferSize;
        nuint size = (nuint)RingLayout.BytesFor(slots);
        Memory = (byte*)NativeMemory.AlignedAlloc(size, RingLayout.LineSize);
        NativeMemory.Clear(Memory, size);
        receiveBuffer = (byte*)NativeMemory.AllocZeroed((nuint)bufferSize);
        A = new RingEndpoint(Memory, slots, sideA: true);
        B = new RingEndpoint(Memory, slots, sideA: false);
    }

    public RingEndpoint A;

    public RingEndpoint B;

    public byte* Memory { get; }

    public uint Slots { get; }

    public int BufferSize { get; }

    /// <summary>The bytes of a line of the ring from A to B.</summary>
    public Span<byte> LineFromA(uint index) =>
        new(
            Memory + RingLayout.RingOffset(true, Slots) + (index * RingLayout.LineSize),
            RingLayout.LineSize
        );

    public ulong ControlFromA(uint index) =>
        MemoryMarshal.Read<ulong>(LineFromA(index)[RingLayout.PayloadSize..]);

    public void SetControlFromA(uint index, ulong control) =>
        MemoryMarshal.Write(LineFromA(index)[RingLayout.PayloadSize..], control);

    public static RingStatus Send(ref RingEndpoint end, ReadOnlySpan<byte> message)
    {
        fixed (byte* data = message)
        {
            return end.TrySend(data, (uint)message.Length);
        }
    }

    public RingStatus Receive(ref RingEndpoint end, out byte[] message)
    {
        RingStatus status = end.TryReceive(receiveBuffer, (uint)BufferSize, out uint length);
        message =
            status == RingStatus.Ok ? new Span<byte>(receiveBuffer, (int)length).ToArray() : [];
        return status;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(Memory);
        NativeMemory.Free(receiveBuffer);
    }
}
