using Cosmos.Multikernel.Drivers.Devices;
using Cosmos.Multikernel.Drivers.Disk.Devices.Ata;
using Cosmos.Multikernel.Drivers.Disk.Storage;
using Cosmos.Multikernel.Drivers.Pci;

namespace Cosmos.Multikernel.Drivers.Disk.Devices.Ide;

/// <summary>
/// An IDE controller on PCI, such as Intel's PIIX3 and PIIX4: two channels with up to two drives each. What is on none when it starts is not
/// looked for later.
/// </summary>
/// <remarks>How fast data go on the cable is left as the firmware has set it.</remarks>
internal sealed class IdeDiskDriver : DiskDriver
{
    private const int Channels = 2;
    private const int BarsOfChannel = 2;
    private const int BusMasterBar = 4;

    // PCI IDE Controller Specification 1.0, section 5.1.
    private const uint HasBusMaster = 1 << 7;

    private readonly PciDevice device;
    private readonly List<IdeChannel> channels = [];
    private readonly List<DiskUnit> units = [];
    private readonly List<PciInterrupts> interrupts = [];
    private readonly List<Task> serving = [];
    private readonly CancellationTokenSource stopping = new();
    private long interruptCount;

    private IdeDiskDriver(PciDevice device) => this.device = device;

    /// <inheritdoc/>
    public override IReadOnlyList<DiskUnit> Units => units;

    /// <inheritdoc/>
    public override PciInterruptKind InterruptKind => PciInterruptKind.Line;

    /// <inheritdoc/>
    public override long Interrupts => interruptCount;

    /// <summary>Starts it.</summary>
    public static async Task<IdeDiskDriver> OpenAsync(
        PciDevice device,
        int number,
        TimeSpan? limit = null
    )
    {
        IdeDiskDriver started = new(device);
        try
        {
            await started.StartAsync(number, limit);
            return started;
        }
        catch
        {
            started.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override async Task ServeAsync(CancellationToken cancellation = default) =>
        await await EventLoop.WhenAny(serving).WaitAsync(cancellation);

    /// <inheritdoc/>
    protected override void Stop()
    {
        stopping.Cancel();
        foreach (IdeChannel channel in channels)
        {
            channel.Dispose();
        }
        foreach (PciInterrupts bound in interrupts)
        {
            bound.Dispose();
        }
    }

    private async Task StartAsync(int number, TimeSpan? limit)
    {
        for (int i = 0; i < Channels; i++)
        {
            channels.Add(await OpenChannelAsync(i, number));
        }
        await BindAsync();
        await device.SetBusMasterAsync(true);
        Dictionary<int, AtaDrive>[] found = await Task.WhenAll(channels.Select(FindAsync));
        bool isAlone = found.Sum(drives => drives.Count) == 1;
        for (int i = 0; i < Channels; i++)
        {
            if (found[i].Count == 0)
            {
                continue;
            }
            IdeDiskQueue queue = new(
                channels[i],
                found[i],
                () => device.SetBusMasterAsync(false),
                limit
            );
            foreach ((int place, AtaDrive drive) in found[i])
            {
                string name = StorageNames.Disk(number, i * IdeChannel.Drives + place, isAlone);
                units.Add(new DiskUnit(queue, name, place, drive.Traits));
            }
        }
    }

    private async Task<IdeChannel> OpenChannelAsync(int channel, int number)
    {
        bool hasBusMaster =
            (device.Record.Identity.Class & HasBusMaster) != 0
            && device.Record.Bars[BusMasterBar].Kind != PciBarKind.None
            && device.Record.Bars[BusMasterBar].Address != 0;
        return new IdeChannel(
            $"{StorageNames.Disk(number)} channel {channel}",
            await device.OpenAsync(channel * BarsOfChannel),
            await device.OpenAsync(channel * BarsOfChannel + 1),
            hasBusMaster
                ? new IdeBusMasterRegisters(
                    await device.OpenAsync(BusMasterBar),
                    channel * IdeBusMasterRegisters.Distance
                )
                : null
        );
    }

    // Channels where PCs of 1984 had them have a line each; others share the function's.
    private async Task BindAsync()
    {
        List<IdeChannel> sharing = [];
        for (int i = 0; i < Channels; i++)
        {
            if (IdeCompatibility.LineOf(device.Record.Identity, i) is null)
            {
                sharing.Add(channels[i]);
            }
            else
            {
                await ServeLineAsync(i, [channels[i]]);
            }
        }
        if (sharing.Count > 0)
        {
            await ServeLineAsync(channels.IndexOf(sharing[0]), sharing);
        }
    }

    private async Task ServeLineAsync(int index, IReadOnlyList<IdeChannel> served)
    {
        PciInterrupts bound = await device.BindLineAsync(index);
        interrupts.Add(bound);
        serving.Add(ServeAsync(bound, served));
    }

    private async Task ServeAsync(PciInterrupts bound, IReadOnlyList<IdeChannel> served)
    {
        while (true)
        {
            foreach (IdeChannel channel in served)
            {
                channel.Serve();
            }
            bound.Acknowledge();
            await bound.WaitAsync(0, stopping.Token);
            interruptCount++;
        }
    }

    // One drive that is not as it should be does not keep the others from being driven.
    private static async Task<Dictionary<int, AtaDrive>> FindAsync(IdeChannel channel)
    {
        Dictionary<int, AtaDrive> drives = [];
        if (channel.IsEmpty)
        {
            return drives;
        }
        bool isReset = false;
        for (int place = 0; place < IdeChannel.Drives; place++)
        {
            try
            {
                if (!isReset)
                {
                    await channel.ResetAsync();
                    isReset = true;
                }
                if (channel.Look(place) is { } takesPackets)
                {
                    drives.Add(
                        place,
                        await AtaDrive.IdentifyAsync(new IdeDrivePort(channel, place), takesPackets)
                    );
                }
            }
            catch (AtaException exception)
            {
                // It has left the cable in any state.
                isReset = false;
                global::System.Console.WriteLine(exception.Message);
            }
        }
        return drives;
    }
}
