using Cosmos.Multikernel.Abi;

namespace Cosmos.Multikernel.Channels.Platforms.Hosted;

/// <summary>
/// One end of a hosted channel: the shared memory, and in lines of the header that the metal leaves free, who is at its
/// ends.
/// </summary>
internal sealed unsafe class HostedChannel(
    SharedFile memory,
    HostedDomain peer,
    bool sideA,
    int handle,
    int peerCore,
    string peerName,
    uint peerLife,
    string id
) : IDisposable
{
    private const int EndOffsetA = 8 * RingLayout.LineSize;
    private const int EndOffsetB = 9 * RingLayout.LineSize;
    private const int HandleOffset = 0;
    private const int ProcessOffset = 4;
    private const int LifeOffset = 8;

    private bool disposed;

    /// <summary>This end as the platform hands it over.</summary>
    public ChannelBinding Binding =>
        new(handle, (nint)memory.Memory, Slots, sideA, peerCore, peerName, peerLife);

    /// <summary>Names the channel: the same at both ends, and no other's.</summary>
    public string Id => id;

    /// <summary>The instance at the other end.</summary>
    public HostedDomain Peer => peer;

    private uint Slots { get; } = *(uint*)(memory.Memory + RingLayout.SlotsOffset);

    private byte* OwnEnd => memory.Memory + (sideA ? EndOffsetA : EndOffsetB);

    private byte* PeerEnd => memory.Memory + (sideA ? EndOffsetB : EndOffsetA);

    /// <summary>Makes the memory of a new channel in a file.</summary>
    public static SharedFile CreateMemory(string path, uint slots)
    {
        SharedFile memory = SharedFile.OpenOrCreate(path, RingLayout.BytesFor(slots));
        *(ulong*)(memory.Memory + RingLayout.MagicOffset) = RingLayout.Magic;
        *(uint*)(memory.Memory + RingLayout.SlotsOffset) = slots;
        return memory;
    }

    /// <summary>Process of the side that offered the channel, before an end is made of the memory.</summary>
    public static int OfferedBy(SharedFile memory) =>
        *(int*)(memory.Memory + EndOffsetA + ProcessOffset);

    /// <summary>Which life of its instance offered the channel, before an end is made of the memory.</summary>
    public static uint LifeOfOffer(SharedFile memory) =>
        *(uint*)(memory.Memory + EndOffsetA + LifeOffset);

    /// <summary>Says who is at this end, and in which life, so that the peer can ring it.</summary>
    public void Announce(uint life)
    {
        *(uint*)(OwnEnd + LifeOffset) = life;
        *(int*)(OwnEnd + ProcessOffset) = Environment.ProcessId;
        Volatile.Write(ref *(int*)(OwnEnd + HandleOffset), handle);
    }

    /// <summary>Sets the state as this end (<paramref name="own"/>) or the peer sees it; a final state stays.</summary>
    public void SetState(bool own, ChannelState status, int waitStatus = 0)
    {
        byte* line =
            memory.Memory + (own == sideA ? RingLayout.StateOffsetA : RingLayout.StateOffsetB);
        if (Volatile.Read(ref *(uint*)line) < (uint)ChannelState.Refused)
        {
            *(int*)(line + 4) = waitStatus;

            // Release: who sees the state sees its status.
            Volatile.Write(ref *(uint*)line, (uint)status);
        }
    }

    /// <summary>Rings the other end.</summary>
    public void RingPeer() => peer.Page.Ring(Volatile.Read(ref *(int*)(PeerEnd + HandleOffset)));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!disposed)
        {
            disposed = true;
            memory.Dispose();
            peer.Dispose();
        }
    }
}
