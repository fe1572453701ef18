namespace Cosmos.Multikernel.Drivers.Network;

/// <summary>Tells a stack on the current event loop that time has passed, whenever it wants to know.</summary>
public sealed class NetworkPump : IDisposable
{
    // A timer cannot be taken back: one that turned out to be too early wakes the stack for nothing. One that is due no
    // later than needed is not doubled, so that few are ever under way.
    private readonly SortedSet<TimeSpan> underWay = [];
    private readonly CancellationTokenSource stopping = new();
    private readonly EventLoop loop = EventLoop.Current;
    private readonly NetworkStack stack;

    /// <summary>Begins. On the event loop.</summary>
    public NetworkPump(NetworkStack stack)
    {
        this.stack = stack;
        stack.DueChanged += Look;
        Look();
    }

    /// <summary>Ends.</summary>
    public void Dispose()
    {
        stack.DueChanged -= Look;
        stopping.Cancel();
        stopping.Dispose();
    }

    private void Look()
    {
        TimeSpan due = stack.NextDue;
        if (due != TimeSpan.MaxValue && (underWay.Count == 0 || due < underWay.Min))
        {
            Wake(due);
        }
    }

    // What the stack throws ends the instance, as an unhandled exception on its loop does.
    private async void Wake(TimeSpan due)
    {
        underWay.Add(due);
        CancellationToken stop = stopping.Token;
        TimeSpan rest = due - stack.Now;
        try
        {
            await loop.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, stop);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        underWay.Remove(due);
        if (!stop.IsCancellationRequested)
        {
            stack.RunDue();
        }
    }
}
