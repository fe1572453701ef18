using Cosmos.Multikernel.Drivers.Devices;

namespace Cosmos.Multikernel.Drivers.Disk.Devices;

/// <summary>
/// Requests on their way to a device and back: a table with an entry for each that is under way. One queue is what is reset as
/// one: an NVMe controller, a port of AHCI, a channel of IDE. Controllers derive from it. On the event loop.
/// </summary>
/// <remarks>
/// Principles.
/// <list type="number">
/// <item>As many requests are under way as the device takes (<see cref="Depth"/>); further ones wait in line. They complete in any
/// order.</item>
/// <item>Memory is the device's until its request has completed here. A request that is late is therefore ended by the device, which
/// may be able to give up a single one, or by resetting it, never by forgetting it: after <see cref="ResetAsync"/> the device touches
/// none of it.</item>
/// <item>A request that took too long fails with <see cref="BlockError.TimedOut"/>. The others that the reset took along are
/// sent again: reading or writing the same blocks twice does no harm while their memory is at rest. But not for ever: what was under way at several
/// resets, with nothing completed in between, fails with <see cref="BlockError.DeviceError"/>, for one of it may be what the device cannot bear.</item>
/// <item>A reset that was not ours may have cost what the device had not yet brought to the medium. So all that was under way then
/// fails with <see cref="BlockError.Reset"/>, and so does the next flush when writes had completed since the last one.</item>
/// <item>A device that completes nothing between several resets, or cannot be reset, is gone: from then on everything fails
/// with <see cref="BlockError.DeviceGone"/>, at once.</item>
/// </list>
/// </remarks>
public abstract class DiskQueue
{
    /// <summary>How long a request may take.</summary>
    public static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(30);

    // A request's age is counted in quarters of the limit: one timer serves all, and no clock is read for a request.
    private const int Quarters = 4;

    // A device that has had so many resets without completing anything in between will not do better.
    private const int MostVainResets = 3;

    // A request that was sent so often, and never came back but by a reset, is what its device cannot bear, whatever else it did.
    private const int MostSends = 16;

    private const int NoTag = -1;

    private readonly Entry[] entries;
    private readonly Stack<int> freeTags;
    private readonly OperationPool<bool> outcomes = new(EventLoop.Current);
    private readonly Queue<TaskCompletionSource<int>> line = new();
    private readonly TimeSpan limit;
    private readonly OncePerTurn publishing;
    private Task recovery = Task.CompletedTask;
    private State state;
    private string goneBecause = "";
    private int vainResets;
    private bool isWatching;
    private bool hasUnflushed;
    private bool hasLost;

    /// <summary>A queue.</summary>
    /// <param name="name">Of the controller, for messages and errors.</param>
    /// <param name="depth">How many requests may be under way: their tags are from 0 to one less.</param>
    /// <param name="limit">How long a request may take; null for <see cref="DefaultLimit"/>.</param>
    protected DiskQueue(string name, int depth, TimeSpan? limit = null)
    {
        Name = name;
        Depth = depth;
        this.limit = limit ?? DefaultLimit;
        entries = new Entry[depth];
        freeTags = new Stack<int>(Enumerable.Range(0, depth).Reverse());
        publishing = new OncePerTurn(() =>
        {
            if (state == State.Working)
            {
                Publish();
            }
        });
    }

    private enum State
    {
        Working,
        Resetting,
        Gone,
    }

    /// <summary>Of the controller, for messages and errors.</summary>
    public string Name { get; }

    /// <summary>How many requests may be under way.</summary>
    public int Depth { get; }

    /// <summary>How many are.</summary>
    public int UnderWay => Depth - freeTags.Count;

    /// <summary>How often the device was reset.</summary>
    public long Resets { get; private set; }

    /// <summary>Whether the device can do nothing any more.</summary>
    public bool IsGone => state == State.Gone;

    /// <summary>Told, in words, what was done about a device in trouble.</summary>
    public Action<string> Report { get; init; } = global::System.Console.WriteLine;

    /// <summary>Has the device do something; completes when it has.</summary>
    /// <param name="request">What.</param>
    /// <param name="cancellation">Heeded while the request waits in line; a device that has it is waited for.</param>
    /// <exception cref="BlockDeviceException">The device failed.</exception>
    internal ValueTask RunAsync(DiskRequest request, CancellationToken cancellation) =>
        cancellation.IsCancellationRequested ? ValueTask.FromCanceled(cancellation)
        : state == State.Working && freeTags.TryPop(out int tag) ? Run(tag, request)
        : RunInTurnAsync(request, cancellation);

    private async ValueTask RunInTurnAsync(DiskRequest request, CancellationToken cancellation) =>
        await Run(await TakeTagAsync(cancellation), request);

    private ValueTask Run(int tag, DiskRequest request)
    {
        if (request.Operation == DiskOperation.Flush && hasLost)
        {
            hasLost = false;
            ReturnTag(tag);
            return ValueTask.FromException(Failure(BlockError.Reset, request));
        }
        hasUnflushed &= request.Operation != DiskOperation.Flush;
        PendingOperation<bool> outcome = outcomes.Start(Timeout.InfiniteTimeSpan);
        entries[tag] = new Entry(request, outcome);
        Send(tag);
        Watch();
        return outcome.AsValueTask();
    }

    /// <summary>Hands a request to the device; there is room, and it may not fail. The device may wait for <see cref="Publish"/> to begin.</summary>
    /// <param name="tag">Tells it from others under way.</param>
    /// <param name="request">The request.</param>
    protected abstract void Submit(int tag, in DiskRequest request);

    /// <summary>Tells the device of what was submitted in this turn of the loop.</summary>
    protected virtual void Publish() { }

    /// <summary>
    /// Brings the device back to where it can be given requests, of which it knows none then; from when this has completed it
    /// touches no memory of earlier ones.
    /// </summary>
    /// <exception cref="IOException">It cannot be.</exception>
    protected abstract ValueTask ResetAsync();

    /// <summary>Keeps the device from memory by other means than its own; <see cref="ResetAsync"/> has failed.</summary>
    protected abstract ValueTask IsolateAsync();

    /// <summary>
    /// Whether the device looks as if somebody else had reset it: then it has forgotten its requests, and perhaps more. Asked when
    /// a request is late.
    /// </summary>
    protected virtual bool WasReset() => false;

    /// <summary>What is wrong with the device, in words, when it does not interrupt to say so. Asked now and then while requests are under way.</summary>
    protected virtual string? FindTrouble() => null;

    /// <summary>
    /// Has the device give up a late request, where it can do so without a reset: it then completes as any other does, with
    /// <see cref="BlockError.TimedOut"/>. Returns when it has, or will not.
    /// </summary>
    protected virtual ValueTask AbortAsync(int tag) => ValueTask.CompletedTask;

    /// <summary>Whether such a request is under way: what a device says of others is not believed.</summary>
    protected bool IsUnderWay(int tag) =>
        (uint)tag < (uint)entries.Length && entries[tag].Outcome is not null;

    /// <summary>The request under way.</summary>
    protected ref readonly DiskRequest RequestOf(int tag) => ref entries[tag].Request;

    /// <summary>The device is done with a request.</summary>
    /// <param name="tag">Which; it is under way.</param>
    /// <param name="error">What became of it.</param>
    protected void Complete(int tag, BlockError error)
    {
        vainResets = 0;
        End(tag, error);
    }

    /// <summary>
    /// Resets a device that is in trouble: one that says so itself, or says what cannot be. What was under way is sent again.
    /// </summary>
    /// <param name="why">In words.</param>
    /// <param name="wasReset">Somebody else has reset it: nothing is sent again.</param>
    protected Task RecoverAsync(string why, bool wasReset = false)
    {
        if (state == State.Working)
        {
            state = State.Resetting;
            recovery = ResetAndResumeAsync(why, wasReset);
        }
        return recovery;
    }

    private async Task ResetAndResumeAsync(string why, bool wasReset)
    {
        Resets++;
        Report($"{Name}: {why}: it is reset");
        if (++vainResets > MostVainResets)
        {
            await GiveUpAsync($"it has done nothing between {MostVainResets} resets");
            return;
        }
        try
        {
            await ResetAsync();
        }
        catch (Exception exception)
        {
            await GiveUpAsync(exception.Message);
            return;
        }
        hasLost |= wasReset && hasUnflushed;
        state = State.Working;
        Resume(wasReset);
        AdmitNext();
    }

    private async ValueTask<int> TakeTagAsync(CancellationToken cancellation)
    {
        while (state != State.Gone)
        {
            cancellation.ThrowIfCancellationRequested();
            if (state == State.Working && freeTags.TryPop(out int tag))
            {
                return tag;
            }
            TaskCompletionSource<int> turn = new(
                TaskCreationOptions.RunContinuationsAsynchronously
            );
            line.Enqueue(turn);
            using CancellationTokenRegistration registration = cancellation.UnsafeRegister(
                static (state, token) => ((TaskCompletionSource<int>)state!).TrySetCanceled(token),
                turn
            );
            tag = await turn.Task;
            if (state == State.Working)
            {
                return tag;
            }
            // A reset has begun since it was given.
            if (tag != NoTag)
            {
                freeTags.Push(tag);
            }
        }
        throw new BlockDeviceException(
            BlockError.DeviceGone,
            $"{Name}: the device is gone: {goneBecause}."
        );
    }

    private void ReturnTag(int tag)
    {
        freeTags.Push(tag);
        AdmitNext();
    }

    // As many of those in line as there is room for, in their order; who gave up is passed over.
    private void AdmitNext()
    {
        while (state == State.Working && freeTags.Count > 0 && line.TryDequeue(out var turn))
        {
            if (turn.TrySetResult(freeTags.Peek()))
            {
                freeTags.Pop();
            }
        }
    }

    private void Send(int tag)
    {
        entries[tag].Age = 0;
        entries[tag].Sends++;
        Submit(tag, in entries[tag].Request);
        publishing.Ask();
    }

    private void End(int tag, BlockError error)
    {
        ref Entry entry = ref entries[tag];
        DiskRequest request = entry.Request;
        PendingOperation<bool> outcome = entry.Outcome;
        // Also a write that failed may have written something.
        hasUnflushed |=
            entry.Request.Operation == DiskOperation.Write
            || entry.Request.Operation == DiskOperation.Flush && error != BlockError.None;
        entry = default;
        ReturnTag(tag);
        if (error == BlockError.None)
        {
            outcome.Complete(true);
        }
        else
        {
            outcome.Fail(Failure(error, request));
        }
    }

    private void Watch()
    {
        if (!isWatching)
        {
            isWatching = true;
            _ = WatchAsync();
        }
    }

    private async Task WatchAsync()
    {
        while (UnderWay > 0)
        {
            await EventLoop.Current.Delay(limit / Quarters);
            if (state == State.Working)
            {
                await LookAfterAsync();
            }
        }
        isWatching = false;
    }

    // Another quarter has passed.
    private async Task LookAfterAsync()
    {
        GrowOlder();
        if (FindTrouble() is { } trouble)
        {
            await RecoverAsync(trouble);
            return;
        }
        if (CountLate() > 0 && WasReset())
        {
            await RecoverAsync("somebody has reset it", wasReset: true);
            return;
        }
        for (int tag = 0; tag < entries.Length && state == State.Working; tag++)
        {
            if (IsLate(tag))
            {
                await AbortAsync(tag);
            }
        }
        if (CountLate() is var late && late > 0)
        {
            await RecoverAsync($"{late} requests took more than {limit.TotalSeconds:0.#} s");
        }
    }

    private bool IsLate(int tag) => IsUnderWay(tag) && entries[tag].Age > Quarters;

    private int CountLate()
    {
        int late = 0;
        for (int tag = 0; tag < entries.Length; tag++)
        {
            late += IsLate(tag) ? 1 : 0;
        }
        return late;
    }

    private void GrowOlder()
    {
        for (int tag = 0; tag < entries.Length; tag++)
        {
            entries[tag].Age += IsUnderWay(tag) ? 1 : 0;
        }
    }

    /// <summary>The device knows of no request any more: says so to who has waited too long, sends the others again.</summary>
    private void Resume(bool wasReset)
    {
        for (int tag = 0; tag < entries.Length; tag++)
        {
            if (!IsUnderWay(tag))
            {
                continue;
            }
            if (wasReset)
            {
                End(tag, BlockError.Reset);
            }
            else if (IsLate(tag))
            {
                End(tag, BlockError.TimedOut);
            }
            else if (vainResets == MostVainResets || entries[tag].Sends == MostSends)
            {
                End(tag, BlockError.DeviceError);
            }
            else
            {
                Send(tag);
            }
        }
    }

    private async Task GiveUpAsync(string why)
    {
        try
        {
            await IsolateAsync();
        }
        catch (Exception exception)
        {
            // There is nothing else to try, and nobody is helped by waiting.
            Report($"{Name}: it cannot be kept from memory: {exception.Message}");
        }
        goneBecause = why.TrimEnd('.');
        Report($"{Name}: gone: {goneBecause}");
        state = State.Gone;
        for (int tag = 0; tag < entries.Length; tag++)
        {
            if (IsUnderWay(tag))
            {
                End(tag, BlockError.DeviceGone);
            }
        }
        while (line.TryDequeue(out TaskCompletionSource<int>? turn))
        {
            turn.TrySetResult(NoTag);
        }
    }

    private BlockDeviceException Failure(BlockError error, in DiskRequest request)
    {
        string what = request.Operation is DiskOperation.Flush or DiskOperation.Park
            ? request.Operation.ToString().ToLowerInvariant()
            : $"{request.Operation.ToString().ToLowerInvariant()} of {request.Length} bytes at block {request.Block}";
        return new BlockDeviceException(error, $"{Name}: {what}: {error.InWords()}.");
    }

    // Under way while it has an outcome to tell.
    private struct Entry(DiskRequest request, PendingOperation<bool> outcome)
    {
        public DiskRequest Request = request;
        public readonly PendingOperation<bool> Outcome = outcome;
        public int Age;
        public int Sends;
    }
}
