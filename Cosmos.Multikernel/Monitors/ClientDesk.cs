using System.Runtime.CompilerServices;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Naming;

namespace Cosmos.Multikernel.Monitors;

/// <summary>One instance of this core as its monitor serves it, from its connection to its end.</summary>
internal sealed class ClientDesk(CoreMonitor monitor, Channel channel) : IMonitor
{
    // What one instance may have under way here. More, and it hears Busy.
    private const int MostCalls = 64;
    private const int MostRequests = 256;

    private readonly Queue<MonitorRequest> requests = [];
    private readonly Dictionary<uint, PendingOperation<BindingAnswer>> asked = [];
    private readonly ChangeSignal requested = new(monitor.Loop);
    private uint lastNumber;
    private int calls;

    public string Instance => channel.PeerName;

    /// <summary>Which of the instance's lives this is.</summary>
    public uint Life => channel.PeerLife;

    /// <summary>The monitor's handle of the channel, by which the CPU driver knows the instance.</summary>
    public int Handle => channel.Handle;

    /// <summary>What the instance has not taken yet.</summary>
    public int WaitingRequests => requests.Count;

    public bool HasLeft { get; set; }

    public ChannelException? EndReason => channel.EndReason;

    public async Task RunAsync(CancellationToken stopping)
    {
        bool isAssistant = channel.Service == CoreMonitor.AssistantService;
        if (!isAssistant)
        {
            monitor.Enter(this);
        }
        await MessageServer.ServeAsync(channel, new MonitorDispatcher(this), stopping);
        if (isAssistant)
        {
            monitor.Registrar.Left(this);
        }
        else
        {
            monitor.Leave(this);
        }
        foreach (PendingOperation<BindingAnswer> answer in asked.Values)
        {
            if (!answer.IsCompleted)
            {
                answer.Complete(Ended());
            }
        }
        asked.Clear();
    }

    /// <summary>Asks the instance whether it takes a channel.</summary>
    public async Task<BindingAnswer> AskAsync(
        int core,
        string client,
        string service,
        ulong interfaceHash,
        Deadline deadline
    )
    {
        // An instance that is stuck takes none: those given up by who asked are still in the queue.
        if (asked.Count >= MostRequests || requests.Count >= MostRequests)
        {
            return new BindingAnswer(BindingVerdict.Busy);
        }
        uint number = ++lastNumber;
        PendingOperation<BindingAnswer> answer = new(monitor.Loop);
        answer.Start(Timeout.InfiniteTimeSpan, deadline.Token);
        asked.Add(number, answer);
        Tell(
            new MonitorRequest(
                MonitorRequestKind.Bind,
                number,
                core,
                deadline.Milliseconds,
                interfaceHash,
                new ShortText(client),
                new ShortText(service)
            )
        );
        try
        {
            return await answer.AsValueTaskOfT();
        }
        catch (OperationCanceledException)
        {
            return new BindingAnswer(BindingVerdict.NotYet);
        }
        finally
        {
            asked.Remove(number);
        }
    }

    /// <summary>A name of the instance's belongs to another now.</summary>
    public void TellLost(string name, NameRecord holder) =>
        Tell(
            new MonitorRequest(
                MonitorRequestKind.NameLost,
                0,
                holder.Core,
                0,
                0,
                holder.Instance,
                new ShortText(name)
            )
        );

    /// <inheritdoc/>
    public IAsyncEnumerable<MonitorRequest> RequestsAsync() => TakeRequestsAsync();

    /// <inheritdoc/>
    public ValueTask AnswerAsync(uint number, BindingAnswer answer)
    {
        if (
            asked.TryGetValue(number, out PendingOperation<BindingAnswer>? waiting)
            && !waiting.IsCompleted
        )
        {
            waiting.Complete(answer);
        }
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask<BindingAnswer> BindAsync(
        int core,
        string instance,
        string service,
        ulong interfaceHash,
        int milliseconds,
        CancellationToken cancellation
    )
    {
        if (calls == MostCalls)
        {
            return new BindingAnswer(BindingVerdict.Busy);
        }
        calls++;
        try
        {
            return await monitor.Binder.BindAsync(
                this,
                core,
                instance,
                service,
                interfaceHash,
                milliseconds,
                cancellation
            );
        }
        finally
        {
            calls--;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<StartVerdict> StartAsync(
        int core,
        string instance,
        int milliseconds,
        CancellationToken cancellation
    )
    {
        if (calls == MostCalls)
        {
            return StartVerdict.Busy;
        }
        calls++;
        try
        {
            return await monitor.Starter.StartAsync(core, instance, milliseconds, cancellation);
        }
        finally
        {
            calls--;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<NameAnswer> RegisterAsync(
        string name,
        string service,
        ulong interfaceHash,
        bool isRenewal,
        int milliseconds,
        CancellationToken cancellation
    )
    {
        if (calls == MostCalls)
        {
            return new NameAnswer(NameVerdict.Busy);
        }
        calls++;
        try
        {
            NameRecord record = new(
                monitor.Core,
                interfaceHash,
                new ShortText(name),
                new ShortText(Instance),
                new ShortText(service),
                Life
            );
            using Deadline deadline = Deadline.OfSlice(monitor.Loop, milliseconds, cancellation);
            return await monitor.Registrar.RegisterAsync(this, record, isRenewal, deadline);
        }
        finally
        {
            calls--;
        }
    }

    /// <inheritdoc/>
    public ValueTask UnregisterAsync(string name)
    {
        monitor.Registrar.Unregister(this, name);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask<NameAnswer> LookupAsync(
        string name,
        int milliseconds,
        CancellationToken cancellation
    )
    {
        if (calls == MostCalls)
        {
            return new NameAnswer(NameVerdict.Busy);
        }
        calls++;
        try
        {
            return await monitor.Registrar.LookupAsync(name, milliseconds, cancellation);
        }
        finally
        {
            calls--;
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<NameRecord> NamesAsync() => monitor.Registrar.AllAsync();

    /// <inheritdoc/>
    public IAsyncEnumerable<InstanceEvent> WatchAsync() => monitor.Machine.WatchAsync();

    private void Tell(MonitorRequest request)
    {
        requests.Enqueue(request);
        requested.Set();
    }

    private async IAsyncEnumerable<MonitorRequest> TakeRequestsAsync(
        [EnumeratorCancellation] CancellationToken cancellation = default
    )
    {
        while (true)
        {
            while (requests.TryDequeue(out MonitorRequest request))
            {
                // One that was given up meanwhile need not be answered any more.
                if (request.Kind != MonitorRequestKind.Bind || asked.ContainsKey(request.Number))
                {
                    yield return request;
                }
            }
            await requested.WaitAsync(cancellation);
        }
    }

    private BindingAnswer Ended() =>
        EndReason is PeerEndedException end
            ? new BindingAnswer(BindingVerdict.Ended, end.WaitStatus)
            : new BindingAnswer(BindingVerdict.NoInstance);
}
