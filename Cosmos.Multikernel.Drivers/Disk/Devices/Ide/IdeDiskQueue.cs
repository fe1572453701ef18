using Cosmos.Multikernel.Drivers.Disk.Devices.Ata;

namespace Cosmos.Multikernel.Drivers.Disk.Devices.Ide;

/// <summary>A channel with its drives, which share it: one request at a time.</summary>
internal sealed class IdeDiskQueue : DiskQueue
{
    private readonly IdeChannel channel;
    private readonly IReadOnlyDictionary<int, AtaDrive> drives;
    private readonly Func<ValueTask> isolate;

    // A request that was under way before a reset has nothing to say any more.
    private int life;

    /// <param name="channel">The channel.</param>
    /// <param name="drives">Its drives, by their places there.</param>
    /// <param name="isolate">Keeps the controller from memory, with both its channels.</param>
    /// <param name="limit">How long a request may take.</param>
    public IdeDiskQueue(
        IdeChannel channel,
        IReadOnlyDictionary<int, AtaDrive> drives,
        Func<ValueTask> isolate,
        TimeSpan? limit
    )
        : base(channel.Name, depth: 1, limit)
    {
        this.channel = channel;
        this.drives = drives;
        this.isolate = isolate;
    }

    /// <inheritdoc/>
    protected override void Submit(int tag, in DiskRequest request) => _ = RunAsync(tag, request);

    /// <inheritdoc/>
    protected override async ValueTask ResetAsync()
    {
        life++;
        await channel.ResetAsync();
        foreach ((int place, AtaDrive drive) in drives)
        {
            if (channel.Look(place) != drive.IsPacketDevice)
            {
                throw new AtaException($"{Name}: drive {place} is not there any more.");
            }
            await drive.GetReadyAsync(new IdeDrivePort(channel, place));
        }
    }

    /// <inheritdoc/>
    protected override ValueTask IsolateAsync()
    {
        channel.StopBusMaster();
        return channel.IsStopped ? ValueTask.CompletedTask : isolate();
    }

    /// <inheritdoc/>
    protected override bool WasReset() => channel.LooksReset;

    private async Task RunAsync(int tag, DiskRequest request)
    {
        int begunIn = life;
        AtaDrive drive = drives[request.Unit];
        bool isReached = request.Length > 0 && channel.Reaches(request.Address, request.Length);
        AtaTask task = drive.TaskFor(
            in request,
            tag,
            isReached ? AtaProtocol.Dma : AtaProtocol.Processor
        );
        AtaOutcome outcome;
        try
        {
            outcome = await channel.RunAsync(
                request.Unit,
                task,
                request.Memory,
                request.Offset,
                request.Length
            );
        }
        catch (AtaException exception)
        {
            if (begunIn == life)
            {
                _ = RecoverAsync(exception.Message);
            }
            return;
        }
        if (begunIn != life)
        {
            return;
        }
        if (outcome.WantsAttention && drive.IsPacketDevice)
        {
            // It is sent again when the drive has been asked.
            _ = RecoverAsync("it wants attention");
            return;
        }
        Complete(tag, outcome.ToBlockError(request.Operation, drive.IsPacketDevice));
    }
}
