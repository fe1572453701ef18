using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Monitors;

/// <summary>
/// What monitors do for each other. A monitor connects to another when it first needs it; the channel's end tells both
/// that the other has died.
/// </summary>
[MessageInterface(Service = "monitor-peer")]
public interface IMonitorPeer
{
    /// <summary>First call on every connection.</summary>
    /// <param name="life">Which life of the calling monitor this is, from 0. Messages of earlier ones are refused from now on.</param>
    /// <returns>Which life of the called one this is.</returns>
    ValueTask<uint> HelloAsync(uint life);

    /// <summary>Asks an instance of the called monitor's core whether it takes a channel from a client on the caller's.</summary>
    ValueTask<BindingAnswer> BindAsync(
        string client,
        string instance,
        string service,
        ulong interfaceHash,
        int milliseconds,
        CancellationToken cancellation
    );

    /// <summary>Starts an instance of the called monitor's core that has ended.</summary>
    ValueTask<StartVerdict> StartAsync(
        string instance,
        int milliseconds,
        CancellationToken cancellation
    );

    /// <summary>Registers a name of an instance on the caller's core. The called monitor is the name's home.</summary>
    /// <param name="record">The name and who serves it; the core is the caller's, whatever the record says.</param>
    /// <param name="number">Grows with each registration of the caller.</param>
    /// <param name="isRenewal">It was registered before, at a home that has died.</param>
    /// <param name="milliseconds">Longest wait.</param>
    /// <param name="cancellation">Gives up.</param>
    ValueTask<NameAnswer> RegisterAsync(
        NameRecord record,
        ulong number,
        bool isRenewal,
        int milliseconds,
        CancellationToken cancellation
    );

    /// <summary>Takes a registration back.</summary>
    [OneWay]
    ValueTask UnregisterAsync(string name, ulong number);

    /// <summary>Finds a name whose home the called monitor is; waits for the time given.</summary>
    ValueTask<NameAnswer> LookupAsync(
        string name,
        int milliseconds,
        CancellationToken cancellation
    );

    /// <summary>The names whose home the called monitor is.</summary>
    IAsyncEnumerable<NameRecord> NamesAsync();

    /// <summary>The instances of the called monitor's core as they are now, then each change.</summary>
    IAsyncEnumerable<InstanceEvent> WatchAsync();
}
