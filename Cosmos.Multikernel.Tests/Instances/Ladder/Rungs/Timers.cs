using System.Diagnostics;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Ladder.Rungs;

/// <summary>Sleeps and timers do not fire early (but for the 4 ms of the coarse tick that .NET timers count in), periodic ones keep firing.</summary>
internal static class Timers
{
    public static string Run()
    {
        var watch = Stopwatch.StartNew();
        Thread.Sleep(50);
        Expect.That(watch.ElapsedMilliseconds >= 49);

        using var fired = new CountdownEvent(5);
        using (
            new Timer(
                _ =>
                {
                    if (!fired.IsSet)
                    {
                        fired.Signal();
                    }
                },
                null,
                10,
                10
            )
        )
        {
            watch.Restart();
            Expect.That(fired.Wait(TimeSpan.FromSeconds(60)));
        }

        Expect.That(watch.ElapsedMilliseconds >= 36);

        using var periodic = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        for (var i = 0; i < 3; i++)
        {
            Expect.That(periodic.WaitForNextTickAsync().AsTask().Result);
        }

        watch.Restart();
        Task.WaitAll([.. Enumerable.Range(1, 20).Select(i => Task.Delay(i * 2))]);
        Expect.That(watch.ElapsedMilliseconds >= 34);

        using var never = new ManualResetEvent(false);
        watch.Restart();
        Expect.That(!never.WaitOne(20));
        Expect.That(watch.ElapsedMilliseconds >= 19);
        return "";
    }
}
