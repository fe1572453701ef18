using Cosmos.Multikernel;
using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Tests.Instances.Naming;

/// <summary>What every instance of the test serves under a name of its own.</summary>
[MessageInterface]
public interface IGreeter
{
    /// <summary>Says who answers, and whom.</summary>
    ValueTask<string> GreetAsync(string who);

    /// <summary>Never answers.</summary>
    ValueTask HangAsync(CancellationToken cancellation);

    /// <summary>How many wait in <see cref="HangAsync"/>.</summary>
    ValueTask<int> CountHangingAsync();

    /// <summary>Ends the instance with this status.</summary>
    [OneWay]
    ValueTask EndAsync(int status);
}

/// <summary>Another interface for the same service: a client of it must be refused.</summary>
[MessageInterface]
public interface IOtherGreeter
{
    /// <summary>Not what the server has.</summary>
    ValueTask<int> GreetAsync(int who);
}

/// <summary>The server.</summary>
internal sealed class Greeter(string name) : IGreeter
{
    private int hanging;

    public ValueTask<string> GreetAsync(string who) => new($"{name} greets {who}");

    public async ValueTask HangAsync(CancellationToken cancellation)
    {
        hanging++;
        await EventLoop.Current.Delay(Timeout.InfiniteTimeSpan, cancellation);
    }

    public ValueTask<int> CountHangingAsync() => new(hanging);

    public ValueTask EndAsync(int status)
    {
        EventLoop.Current.Post(() => Environment.Exit(status));
        return ValueTask.CompletedTask;
    }
}
