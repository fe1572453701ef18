using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Drivers.Disk.Devices.Ata;

namespace Cosmos.Multikernel.Drivers.Disk.Devices.Ide;

/// <summary>One of a channel's two drives, to whoever asks what it is.</summary>
internal sealed class IdeDrivePort(IdeChannel channel, int drive) : IAtaPort
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public string Name => $"{channel.Name} drive {drive}";

    /// <inheritdoc/>
    public bool HasDma => channel.HasBusMaster;

    /// <inheritdoc/>
    public bool ReachesAllMemory => false;

    /// <inheritdoc/>
    public int QueueDepth => 1;

    /// <inheritdoc/>
    public async Task<AtaOutcome> RunAsync(AtaTask task, Frame? into = null, int length = 0)
    {
        Task<AtaOutcome> work = channel.RunAsync(drive, task, into, 0, length);
        return await EventLoop.Current.CompletesAsync(work, Limit)
            ? await work
            : throw new AtaException($"{Name} does not answer to {task.Command}.");
    }
}
