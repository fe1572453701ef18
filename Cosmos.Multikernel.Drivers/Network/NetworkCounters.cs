namespace Cosmos.Multikernel.Drivers.Network;

/// <summary>What a stack has received, sent and dropped.</summary>
public sealed class NetworkCounters
{
    private readonly long[] drops = new long[(int)DropReason.Count];

    /// <summary>Packets that the device gave.</summary>
    public long ReceivedPackets { get; private set; }

    /// <summary>Their bytes, headers included.</summary>
    public long ReceivedBytes { get; private set; }

    /// <summary>Packets given to the device.</summary>
    public long SentPackets { get; private set; }

    /// <summary>Their bytes, headers included.</summary>
    public long SentBytes { get; private set; }

    /// <summary>How many were dropped for a reason.</summary>
    public long this[DropReason reason] => drops[(int)reason];

    /// <summary>All dropped, whatever the reason.</summary>
    public long Dropped => drops.Sum();

    internal void Receive(int bytes)
    {
        ReceivedPackets++;
        ReceivedBytes += bytes;
    }

    internal void Send(int bytes)
    {
        SentPackets++;
        SentBytes += bytes;
    }

    internal void Drop(DropReason reason) => drops[(int)reason]++;

    internal long[] CopyDrops() => [.. drops];
}
