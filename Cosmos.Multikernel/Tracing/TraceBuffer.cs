using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Channels.Platforms;

namespace Cosmos.Multikernel.Tracing;

/// <summary>
/// Where an event loop records what its channels do. Belongs to the loop's thread; where nothing is traced there is none.
/// </summary>
/// <remarks>
/// The array is made once. When it is full its beginning stays, and the rest is only counted: how a run began explains more
/// than how it ended, and an early send without its receive is easier to read than the reverse.
/// </remarks>
internal sealed class TraceBuffer(InstancePlatform platform, int capacity)
{
    /// <summary>Events that an instance keeps: 768 KB.</summary>
    public const int DefaultCapacity = 32_768;

    private readonly TraceEvent[] events = new TraceEvent[capacity];
    private readonly List<Channel> channels = [];
    private int count;
    private long dropped;

    /// <summary>The time to give an event that begins now.</summary>
    public long Now => platform.Now;

    /// <summary>Something happened just now on a channel.</summary>
    public void Add(TraceKind kind, Channel channel, long value = 0, uint line = 0) =>
        AddAt(platform.Now, kind, channel, value, line);

    /// <summary>Something happened on a channel.</summary>
    public void AddAt(long time, TraceKind kind, Channel channel, long value, uint line)
    {
        if (count == events.Length)
        {
            dropped++;
            return;
        }
        if (channel.TraceIndex < 0)
        {
            // Each channel here has an event: there are no more of them than events.
            channel.TraceIndex = channels.Count;
            channels.Add(channel);
        }
        events[count++] = new(time, value, line, (ushort)channel.TraceIndex, kind);
    }

    /// <summary>The loop slept.</summary>
    public void AddSleep(long from, long to)
    {
        if (count == events.Length)
        {
            dropped++;
            return;
        }
        events[count++] = new(from, to - from, 0, 0, TraceKind.Sleep);
    }

    /// <summary>What there is so far, and what the core's CPU driver has where <paramref name="withCore"/>.</summary>
    public TraceRecording Record(bool withCore) =>
        new(
            platform.Core,
            platform.Name,
            dropped,
            [
                .. channels.Select(channel => new TraceChannel(
                    channel.TraceNumber,
                    channel.IsSideA,
                    channel.PeerCore,
                    channel.PeerName,
                    channel.Service
                )),
            ],
            events.AsSpan(0, count).ToArray(),
            withCore ? platform.ReadCoreTrace() : []
        );
}
