using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Ladder.Rungs;

/// <summary>Task combinators, continuations, faulted tasks and completion sources.</summary>
internal static class Tasks
{
    public static string Run()
    {
        var squares = Task.WhenAll(
            Enumerable.Range(0, 100).Select(i => Task.Run(() => i * i))
        ).Result;
        Expect.Equal(328_350, squares.Sum());

        var first = Task.WhenAny(Task.Delay(10_000), Task.Delay(10)).Result;
        Expect.That(first.IsCompletedSuccessfully);

        var chain = Task.Run(() => 1);
        for (var i = 0; i < 100; i++)
        {
            chain = chain.ContinueWith(previous => previous.Result + 1, TaskScheduler.Default);
        }

        Expect.Equal(101, chain.Result);

        var faulted = Task.Run(() => throw new NotSupportedException("on purpose"));
        var failure = Expect.Throws<AggregateException>(faulted.Wait);
        Expect.Equal("on purpose", failure.InnerException?.Message);

        var source = new TaskCompletionSource<string>();
        Task.Run(() => source.SetResult("set"));
        Expect.Equal("set", source.Task.Result);
        return "";
    }
}
