using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Ladder.Rungs;

/// <summary>Cancellation by hand, by time and through linked tokens.</summary>
internal static class Cancellation
{
    public static string Run()
    {
        using var byHand = new CancellationTokenSource();
        var waiting = Task.Delay(Timeout.Infinite, byHand.Token);
        var called = 0;
        using (byHand.Token.Register(() => called++))
        {
            byHand.Cancel();
        }

        Expect.Equal(1, called);
        Expect.Throws<AggregateException>(waiting.Wait);
        Expect.That(waiting.IsCanceled);

        using var byTime = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(byTime.Token);
        Expect.That(linked.Token.WaitHandle.WaitOne(TimeSpan.FromSeconds(60)));
        Expect.Throws<OperationCanceledException>(linked.Token.ThrowIfCancellationRequested);

        using var semaphore = new SemaphoreSlim(0);
        using var soon = new CancellationTokenSource(10);
        Expect.Throws<OperationCanceledException>(() => semaphore.Wait(soon.Token));
        return "";
    }
}
