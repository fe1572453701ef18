using Cosmos.Multikernel.Channels;

namespace Cosmos.Multikernel;

/// <summary>
/// A few channels in no order. A list would do; this one is walked in every turn of the loop, and costs a load for each
/// channel and nothing to empty.
/// </summary>
internal sealed class ChannelSet
{
    private Channel[] channels = new Channel[8];

    /// <summary>How many.</summary>
    public int Count { get; private set; }

    /// <summary>One of them.</summary>
    public Channel this[int index] => channels[index];

    /// <summary>Adds one that is not in it.</summary>
    public void Add(Channel channel)
    {
        if (Count == channels.Length)
        {
            Array.Resize(ref channels, 2 * Count);
        }
        channels[Count++] = channel;
    }

    /// <summary>Takes one out; the last takes its place.</summary>
    public void RemoveAt(int index)
    {
        channels[index] = channels[--Count];
        channels[Count] = null!;
    }

    /// <summary>Takes one out, if it is there.</summary>
    public void Remove(Channel channel)
    {
        int index = Array.IndexOf(channels, channel, 0, Count);
        if (index >= 0)
        {
            RemoveAt(index);
        }
    }

    /// <summary>Takes all out.</summary>
    public void Clear()
    {
        while (Count != 0)
        {
            channels[--Count] = null!;
        }
    }
}
