using System.Runtime.InteropServices;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Channels;

namespace Cosmos.Multikernel.Tests.Simulation.Machines;

/// <summary>A channel as the CPU drivers of both ends know it.</summary>
internal sealed unsafe class SimulatedChannel : IDisposable
{
    private readonly byte* memory;
    private readonly List<SimulatedCargo> cargoToA = [];
    private readonly List<SimulatedCargo> cargoToB = [];
    private bool isClosedByA;
    private bool isClosedByB;

    public SimulatedChannel(SimulatedInstance a, SimulatedInstance b, uint slots)
    {
        A = a;
        B = b;
        Slots = slots;
        nuint size = (nuint)RingLayout.BytesFor(slots);
        memory = (byte*)NativeMemory.AlignedAlloc(size, RingLayout.LineSize);
        NativeMemory.Clear(memory, size);
    }

    public SimulatedInstance A { get; }

    public SimulatedInstance B { get; }

    public uint Slots { get; }

    public int HandleA { get; set; } = -1;

    public int HandleB { get; set; } = -1;

    /// <summary>A's CPU driver has heard that B accepted. Before that it does not know whom to ring for A.</summary>
    public bool IsAnswered { get; set; }

    /// <summary>A has rung before that.</summary>
    public bool OwesRing { get; set; }

    public nint Memory => (nint)memory;

    /// <summary>The frames sent to an end, in order.</summary>
    public List<SimulatedCargo> CargoTo(SimulatedInstance end) => end == A ? cargoToA : cargoToB;

    /// <summary>Frees what arrived at an end that closed or crashed and was not claimed.</summary>
    public void DiscardIfGone(SimulatedInstance end)
    {
        if (end.IsAlive && !(end == A ? isClosedByA : isClosedByB))
        {
            return;
        }
        foreach (
            var item in CargoTo(end).Where(item => item is { HasArrived: true, IsClaimed: false })
        )
        {
            item.IsClaimed = true;
            item.Frame.Free();
        }
    }

    /// <summary>An end closes the channel, or its instance is gone.</summary>
    public void Leave(SimulatedInstance end)
    {
        isClosedByA |= end == A;
        isClosedByB |= end == B;
        DiscardIfGone(end);
    }

    public SimulatedInstance PeerOf(SimulatedInstance instance) => instance == A ? B : A;

    /// <summary>The handle an end knows the channel by; -1 before it has accepted.</summary>
    public int HandleAt(SimulatedInstance instance) => instance == A ? HandleA : HandleB;

    /// <summary>Sets the state as an instance sees it; a final state stays.</summary>
    public void SetState(SimulatedInstance seenBy, ChannelState state, int waitStatus = 0)
    {
        uint* line = (uint*)(
            memory + (seenBy == A ? RingLayout.StateOffsetA : RingLayout.StateOffsetB)
        );
        if (*line < (uint)ChannelState.Refused)
        {
            line[1] = (uint)waitStatus;
            *line = (uint)state;
        }
    }

    public void Dispose() => NativeMemory.AlignedFree(memory);
}
