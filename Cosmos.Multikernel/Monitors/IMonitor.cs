using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Monitors;

/// <summary>
/// What a core's monitor does for the core's instances. Each instance connects when its event loop starts and stays
/// connected: that is how its monitor knows that it lives.
/// </summary>
/// <remarks>
/// No call waits longer than its <c>milliseconds</c>, and no monitor longer than <see cref="Deadline.Slice"/>: whoever
/// wants to wait longer asks again. Who calls is known from the channel, not from anything the caller says.
/// </remarks>
[MessageInterface(Service = "monitor")]
public interface IMonitor
{
    /// <summary>What the monitor asks and tells this instance, until either ends.</summary>
    IAsyncEnumerable<MonitorRequest> RequestsAsync();

    /// <summary>Answers a <see cref="MonitorRequestKind.Bind"/>.</summary>
    [OneWay]
    ValueTask AnswerAsync(uint number, BindingAnswer answer);

    /// <summary>Asks an instance whether it takes a channel; when it does, the caller may connect to it once.</summary>
    ValueTask<BindingAnswer> BindAsync(
        int core,
        string instance,
        string service,
        ulong interfaceHash,
        int milliseconds,
        CancellationToken cancellation
    );

    /// <summary>Starts an instance that has ended.</summary>
    ValueTask<StartVerdict> StartAsync(
        int core,
        string instance,
        int milliseconds,
        CancellationToken cancellation
    );

    /// <summary>Registers a service of the caller under a name.</summary>
    /// <param name="name">Unique on the machine.</param>
    /// <param name="service">What the caller accepts channels for.</param>
    /// <param name="interfaceHash">Version of the interface; 0 for none.</param>
    /// <param name="isRenewal">The caller had the name already and only its monitor is new.</param>
    /// <param name="milliseconds">Longest wait.</param>
    /// <param name="cancellation">Gives up.</param>
    ValueTask<NameAnswer> RegisterAsync(
        string name,
        string service,
        ulong interfaceHash,
        bool isRenewal,
        int milliseconds,
        CancellationToken cancellation
    );

    /// <summary>Gives a name of the caller's back.</summary>
    ValueTask UnregisterAsync(string name);

    /// <summary>Finds the holder of a name; waits for one for the time given.</summary>
    ValueTask<NameAnswer> LookupAsync(
        string name,
        int milliseconds,
        CancellationToken cancellation
    );

    /// <summary>All names on the machine, as far as living monitors hold them.</summary>
    IAsyncEnumerable<NameRecord> NamesAsync();

    /// <summary>All instances of the machine as they are now, then each change.</summary>
    IAsyncEnumerable<InstanceEvent> WatchAsync();
}
