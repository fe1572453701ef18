using System.Runtime.CompilerServices;
using Cosmos.Multikernel.Monitors;

namespace Cosmos.Multikernel;

/// <content>The instances of the machine as the monitors see them.</content>
public static partial class Machine
{
    /// <summary>
    /// Every instance as it is now, then each start and end, until cancelled. A slow reader misses changes that were overtaken
    /// by later ones of the same instance, never the last. On the event loop only.
    /// </summary>
    /// <exception cref="MonitorUnavailableException">This core's monitor has ended.</exception>
    /// <exception cref="InvalidOperationException">No monitor is declared for this core.</exception>
    public static async IAsyncEnumerable<InstanceEvent> WatchInstancesAsync(
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
