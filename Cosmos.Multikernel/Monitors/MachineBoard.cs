using System.Runtime.CompilerServices;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Monitors;

/// <summary>
/// The instances of the whole machine, put together from all monitors while somebody watches. A monitor is itself a row: it
/// has ended when it cannot be reached, and what became of its core's instances is then not known.
/// </summary>
internal sealed class MachineBoard(CoreMonitor monitor)
{
    // How soon to look for a monitor that has died, or died again.
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly InstanceBoard board = new(monitor.Loop);
    private CancellationTokenSource? watching;
    private int watchers;

    /// <summary>All instances as they are, then each change.</summary>
    public async IAsyncEnumerable<InstanceEvent> WatchAsync(
        [EnumeratorCancellation] CancellationToken cancellation = default
    )
    {
        if (watchers++ == 0)
        {
            watching = new CancellationTokenSource();
            foreach (int core in monitor.Declared.Cores)
            {
                Follow(core, watching.Token);
            }
        }
        try
        {
            await foreach (InstanceEvent news in board.WatchAsync(cancellation))
            {
                yield return news;
            }
        }
        finally
        {
            if (--watchers == 0)
            {
                watching!.Cancel();
            }
        }
    }

    private async void Follow(int core, CancellationToken stopping)
    {
        string name = monitor.Declared.On(core)!;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                IAsyncEnumerable<InstanceEvent> news = monitor.Board.WatchAsync(stopping);
                uint life = monitor.Loop.Platform.Life;
                if (core != monitor.Core)
                {
                    MonitorPeerProxy peer = await monitor.Peers.GetAsync(core, stopping);
                    news = peer.WatchAsync();
                    life = monitor.Peers.FindLife(core);
                }
                board.Set(core, name, life, InstanceCondition.Running, 0);
                await foreach (InstanceEvent each in news.WithCancellation(stopping))
                {
                    board.Set(each with { Core = core });
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (ChannelRefusedException refused) when (!refused.IsAbsent)
            {
                // Nobody has said that it does not run: looked at again below.
            }
            catch (Exception exception) when (exception is ChannelException or RemoteException)
            {
                // Refused says only that it is not there any more; who was connected when it ended knows how.
                int waitStatus =
                    (exception as PeerEndedException)?.WaitStatus ?? monitor.Peers.FindEnd(core);
                board.Set(
                    core,
                    name,
                    monitor.Peers.FindLife(core),
                    InstanceCondition.Ended,
                    waitStatus
                );
            }
            try
            {
                await monitor.Loop.Delay(Retry, stopping);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
