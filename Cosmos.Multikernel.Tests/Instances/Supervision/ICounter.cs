using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Tests.Instances.Supervision;

/// <summary>What the server that is ended again and again serves.</summary>
[MessageInterface]
public interface ICounter
{
    /// <summary>Counts on, in this life.</summary>
    /// <returns>Which life of the server answers.</returns>
    ValueTask<int> CountAsync();

    /// <summary>How many calls were answered in this life.</summary>
    ValueTask<int> CountedAsync();

    /// <summary>Never answers.</summary>
    ValueTask HangAsync(CancellationToken cancellation);

    /// <summary>Ends the server with this status.</summary>
    [OneWay]
    ValueTask EndAsync(int status);
}

/// <summary>The server.</summary>
internal sealed class Counter : ICounter
{
    private int counted;

    public ValueTask<int> CountAsync()
    {
        counted++;
        return new(Instance.Life);
    }

    public ValueTask<int> CountedAsync() => new(counted);

    public async ValueTask HangAsync(CancellationToken cancellation) =>
        await EventLoop.Current.Delay(Timeout.InfiniteTimeSpan, cancellation);

    public ValueTask EndAsync(int status)
    {
        EventLoop.Current.Post(() => Environment.Exit(status));
        return ValueTask.CompletedTask;
    }
}
