using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Monitors;

namespace Cosmos.Multikernel.Naming;

/// <summary>A name that this instance has. Kept through deaths of monitors until it is disposed or lost.</summary>
public sealed class NameRegistration : IAsyncDisposable
{
    private readonly MonitorConnection connection;
    private readonly TaskCompletionSource<NameTakenException> lost = new();

    internal NameRegistration(
        MonitorConnection connection,
        string name,
        string service,
        ulong interfaceHash
    )
    {
        this.connection = connection;
        Name = name;
        Service = service;
        InterfaceHash = interfaceHash;
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The service that clients bind to.</summary>
    public string Service { get; }

    /// <summary>Version of the interface; 0 for bytes without one.</summary>
    public ulong InterfaceHash { get; }

    /// <summary>
    /// Completes when another instance has taken the name, which can happen only in the moments after the monitor that kept it
    /// died.
    /// </summary>
    public Task<NameTakenException> Lost => lost.Task;

    /// <summary>
    /// Gives the name back. Clients already bound stay so. Waits at most a second: a monitor that is stuck hears of it when it goes
    /// on, and has the name until then.
    /// </summary>
    public async ValueTask DisposeAsync() => await connection.UnregisterAsync(this);

    internal void Lose(NameTakenException why) =>
        EventLoop.Current.Post(() => lost.TrySetResult(why));
}

/// <summary>Somebody living has the name.</summary>
public sealed class NameTakenException : ChannelException
{
    internal NameTakenException(string name, NameRecord holder)
        : base($"'{name}' is served by {holder.Instance} on core {holder.Core}.")
    {
        HolderCore = holder.Core;
        HolderInstance = holder.Instance.ToString();
    }

    /// <summary>Core of the holder.</summary>
    public int HolderCore { get; }

    /// <summary>Name of the holder.</summary>
    public string HolderInstance { get; }
}
