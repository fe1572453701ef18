using System.Runtime.CompilerServices;

namespace Cosmos.Multikernel.Monitors;

/// <summary>
/// Instances and how they are. Each change gets a version; whoever watches takes all rows newer than what it has seen. So a
/// slow watcher misses intermediate states but never the last, and no queue can overflow.
/// </summary>
internal sealed class InstanceBoard(EventLoop loop)
{
    private readonly Dictionary<(int Core, string Instance), Row> rows = [];
    private readonly ChangeSignal changed = new(loop);
    private ulong version;

    private sealed record Row(ulong Version, InstanceEvent Event);

    /// <summary>Says how an instance is now.</summary>
    public void Set(
        int core,
        string instance,
        uint life,
        InstanceCondition condition,
        int waitStatus
    ) => Set(new InstanceEvent(core, condition, waitStatus, new ShortText(instance), life));

    /// <summary>Says how an instance is now.</summary>
    public void Set(InstanceEvent news)
    {
        (int Core, string) key = (news.Core, news.Instance.ToString());
        if (rows.TryGetValue(key, out Row? before) && before.Event == news)
        {
            return;
        }
        rows[key] = new Row(++version, news);
        changed.Set();
    }

    /// <summary>What is known of an instance.</summary>
    public InstanceEvent? Find(int core, string instance) =>
        rows.TryGetValue((core, instance), out Row? row) ? row.Event : null;

    /// <summary>All as they are, then each change.</summary>
    public async IAsyncEnumerable<InstanceEvent> WatchAsync(
        [EnumeratorCancellation] CancellationToken cancellation = default
    )
    {
        ulong seen = 0;
        while (true)
        {
            while (
                rows.Values.Where(row => row.Version > seen).MinBy(row => row.Version) is { } next
            )
            {
                seen = next.Version;
                yield return next.Event;
            }
            await changed.WaitAsync(cancellation);
        }
    }
}
