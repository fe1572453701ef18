using System.Runtime.CompilerServices;
using Cosmos.Multikernel.Monitors;

namespace Cosmos.Multikernel;

/// <summary>The instances of the whole machine, as the monitors see them. On the event loop only.</summary>
public static class Instances
{
    /// <summary>
    /// Every instance as it is now, then each start and end, until cancelled. A slow reader misses changes that were overtaken
    /// by later ones of the same instance, never the last.
    /// </summary>
    /// <exception cref="MonitorUnavailableException">This core's monitor has ended.</exception>
    /// <exception cref="InvalidOperationException">No monitor is declared for this core.</exception>
    public static async IAsyncEnumerable<InstanceEvent> WatchAsync(
        [EnumeratorCancellation] CancellationToken cancellation = default
    )
    {
        EventLoop loop = EventLoop.Current;
        MonitorConnection connection =
            loop.Monitor
            ?? throw new InvalidOperationException($"No monitor is declared for core {loop.Core}.");
        MonitorProxy monitor = await connection.GetAsync(cancellation);
        await foreach (InstanceEvent news in monitor.WatchAsync().WithCancellation(cancellation))
        {
            yield return news;
        }
    }
}
