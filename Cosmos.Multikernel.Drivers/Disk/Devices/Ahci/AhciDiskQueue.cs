using System.Numerics;
using Cosmos.Multikernel.Drivers.Disk.Devices.Ata;

namespace Cosmos.Multikernel.Drivers.Disk.Devices.Ahci;

/// <summary>The drive at a port. A request's tag is its slot.</summary>
/// <remarks>
/// <para>
/// A drive with native command queueing has several reads and writes under way, but nothing else beside them: a flush waits until they are
/// done, and those behind it until it is. One without has a single command at a time.
/// </para>
/// <para>
/// When one of several queued commands fails, the drive stops and forgets all of them. Which it was could be read from the drive's log,
/// where it has one; here all are sent again one at a time, after a reset of the link, so that the one that fails says so itself,
/// and better: with its own error register.
/// </para>
/// </remarks>
internal sealed class AhciDiskQueue : DiskQueue
{
    private readonly AhciPort port;
    private readonly AtaDrive drive;
    private readonly Func<ValueTask> isolate;
    private readonly Queue<int> waiting = new();
    private uint queued;
    private uint single;
    private uint alone;
    private bool isHeld;
    private Task restarting = Task.CompletedTask;

    /// <param name="port">Where the drive is.</param>
    /// <param name="drive">The drive.</param>
    /// <param name="isolate">Keeps the controller from memory, with all its ports.</param>
    /// <param name="limit">How long a request may take.</param>
    public AhciDiskQueue(AhciPort port, AtaDrive drive, Func<ValueTask> isolate, TimeSpan? limit)
        : base(port.Name, drive.QueueDepth, limit)
    {
        this.port = port;
        this.drive = drive;
        this.isolate = isolate;
    }

    /// <summary>Serves the port's interrupt.</summary>
    public void Serve(AhciCauses causes)
    {
        // While it is reset, it is the reset that is served.
        if (isHeld || port.TellAlone(causes))
        {
            return;
        }
        if ((causes & AhciCauses.Link) != 0)
        {
            _ = port.HasLink
                ? RecoverAsync("its link was reset", wasReset: true)
                : RecoverAsync("it was pulled out");
            return;
        }
        if ((causes & AhciCauses.Fatal) != 0)
        {
            _ = RecoverAsync($"its port failed ({causes & AhciCauses.Fatal})");
            return;
        }
        TakeCompleted();
        bool hasFailed =
            causes.HasFlag(AhciCauses.TaskFileError)
            || port.Outcome.Status.HasFlag(AtaStatus.Error);
        if (hasFailed && (queued | single) != 0)
        {
            Fail();
        }
        IssueWaiting();
    }

    /// <inheritdoc/>
    protected override void Submit(int tag, in DiskRequest request) => waiting.Enqueue(tag);

    /// <inheritdoc/>
    protected override void Publish() => IssueWaiting();

    /// <inheritdoc/>
    protected override async ValueTask ResetAsync()
    {
        await restarting;
        isHeld = true;
        waiting.Clear();
        queued = single = 0;
        bool isThere = await port.ResetAsync();
        // The drive's own questions and answers are served from here on.
        isHeld = false;
        if (!isThere)
        {
            throw new AtaException($"{Name} is not there any more.");
        }
        await drive.GetReadyAsync(port);
    }

    /// <inheritdoc/>
    protected override ValueTask IsolateAsync() =>
        port.IsStopped ? ValueTask.CompletedTask : isolate();

    /// <inheritdoc/>
    protected override bool WasReset() => !port.IsStarted;

    /// <inheritdoc/>
    protected override string? FindTrouble() => port.HasLink ? null : "it does not answer";

    private static uint Bit(int tag) => 1u << tag;

    private AtaProtocol BestFor(int tag) =>
        (alone & Bit(tag)) == 0 ? AtaProtocol.Queued : AtaProtocol.Dma;

    private void IssueWaiting()
    {
        uint sent = 0;
        while (!isHeld && waiting.TryPeek(out int tag))
        {
            ref readonly DiskRequest request = ref RequestOf(tag);
            AtaTask task = drive.TaskFor(in request, tag, BestFor(tag));
            bool isQueued = task.Protocol == AtaProtocol.Queued;
            bool mustWait = single != 0 || (!isQueued && queued != 0);
            if (mustWait)
            {
                break;
            }
            waiting.Dequeue();
            port.Fill(tag, in task, request.Length > 0 ? request.Address : 0, request.Length);
            if (isQueued)
            {
                queued |= Bit(tag);
                sent |= Bit(tag);
            }
            else
            {
                single = Bit(tag);
                port.Issue(single, areQueued: false);
            }
        }
        if (sent != 0)
        {
            port.Issue(sent, areQueued: true);
        }
    }

    private void TakeCompleted()
    {
        uint done = (queued | single) & ~port.Open;
        for (int tag = 0; tag < Depth; tag++)
        {
            if ((done & Bit(tag)) != 0)
            {
                // A command that has failed may be shown as completed, too.
                AtaOutcome outcome =
                    single == Bit(tag)
                        ? port.Outcome with
                        {
                            IsWhole = port.MovedBy(tag) == RequestOf(tag).Length,
                        }
                        : new AtaOutcome(AtaStatus.Ready, AtaError.None);
                End(tag, outcome);
            }
        }
    }

    private void Fail()
    {
        if (single != 0)
        {
            End(BitOperations.TrailingZeroCount(single), port.Outcome);
            return;
        }
        for (int tag = 0; tag < Depth; tag++)
        {
            alone |= IsUnderWay(tag) ? Bit(tag) : 0;
        }
        _ = RecoverAsync("a queued request failed");
    }

    private void End(int tag, AtaOutcome outcome)
    {
        queued &= ~Bit(tag);
        single &= ~Bit(tag);
        alone &= ~Bit(tag);
        if (outcome.WantsAttention && drive.IsPacketDevice)
        {
            // It goes on, and is sent again, when the drive has been asked.
            _ = RecoverAsync("it wants attention");
            return;
        }
        if (!outcome.IsGood)
        {
            restarting = RestartAsync();
        }
        Complete(tag, outcome.ToBlockError(RequestOf(tag).Operation, drive.IsPacketDevice));
    }

    // After an error the port has to be started again.
    private async Task RestartAsync()
    {
        isHeld = true;
        try
        {
            await port.RestartAsync();
        }
        catch (AtaException exception)
        {
            _ = RecoverAsync(exception.Message);
            return;
        }
        isHeld = false;
        IssueWaiting();
    }
}
