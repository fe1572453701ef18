using Cosmos.Multikernel.Drivers.Devices;
using Cosmos.Multikernel.Drivers.Pci;
using Cosmos.Multikernel.Drivers.Registers;

namespace Cosmos.Multikernel.Drivers.Virtio;

/// <summary>
/// A virtio device of version 1 on PCI: what drivers of all its kinds have in common. On the event loop.
/// </summary>
/// <remarks>
/// The steps of section 3.1 of Virtio 1.2 in their order: <see cref="OpenAsync"/> resets and agrees on features,
/// <see cref="AddQueue"/> makes queues, <see cref="StartAsync"/> lets the device go, <see cref="ServeAsync"/> brings its
/// interrupts. <see cref="RestartAsync"/> takes all of them again, with the same queues.
/// </remarks>
public sealed class VirtioDevice : IDisposable
{
    private const ushort NoVector = 0xFFFF;
    private const ushort ConfigurationVector = 0;
    private const byte QueuesInterrupted = 1;
    private const byte ConfigurationInterrupted = 2;

    private static readonly TimeSpan ResetPause = TimeSpan.FromMilliseconds(1);
    private const int ResetLooks = 1000;
    private const int ConfigurationLooks = 100;

    private readonly PciDevice device;
    private readonly VirtioCommonRegisters common;
    private readonly List<(int Number, Virtqueue Queue)> queues = [];
    private RegisterWindow notifyWindow = null!;
    private RegisterWindow statusWindow = null!;
    private VirtioStructure notification;
    private VirtioStructure interruptStatus;
    private PciInterrupts interrupts = null!;

    private VirtioDevice(PciDevice device, VirtioCommonRegisters common)
    {
        this.device = device;
        this.common = common;
    }

    /// <summary>The features that both sides have.</summary>
    public VirtioFeatures Features { get; private set; }

    /// <summary>The registers of the device's kind.</summary>
    public RegisterWindow Configuration { get; private set; } = null!;

    /// <summary>Where those begin in <see cref="Configuration"/>.</summary>
    public long ConfigurationOffset { get; private set; }

    /// <summary>Interrupts arrived so far.</summary>
    public long Interrupts { get; private set; }

    /// <summary>Whether the device works, as far as it says: not when somebody else has reset it.</summary>
    public bool IsReady => common.Status.HasFlag(VirtioStatus.DriverReady);

    /// <summary>How it interrupts.</summary>
    public PciInterruptKind InterruptKind => interrupts.Kind;

    private bool HasMessages => InterruptKind == PciInterruptKind.MsiX;

    // With two messages the configuration has one of its own.
    private ushort QueueVector =>
        !HasMessages ? NoVector
        : interrupts.Count > 1 ? (ushort)1
        : (ushort)0;

    /// <summary>Resets a device and agrees on features.</summary>
    /// <param name="device">The device, just claimed.</param>
    /// <param name="wanted">Features that the driver has a use for; the event index and version 1 need not be named.</param>
    /// <exception cref="VirtioException">The device is not as it should be.</exception>
    public static async Task<VirtioDevice> OpenAsync(PciDevice device, VirtioFeatures wanted)
    {
        VirtioStructure place = VirtioStructure.Find(device, VirtioStructureKind.Common);
        VirtioDevice opened = new(
            device,
            new VirtioCommonRegisters(await device.OpenAsync(place.Bar), place.Offset)
        );
        await opened.BeginAsync(wanted);
        return opened;
    }

    /// <summary>Makes a queue; before <see cref="StartAsync"/>.</summary>
    /// <param name="number">Which; the device's kind says what for.</param>
    /// <param name="mostEntries">Entries that are of use: a power of two. There may be fewer.</param>
    /// <exception cref="VirtioException">The device has no such queue.</exception>
    public Virtqueue AddQueue(int number, int mostEntries)
    {
        int size = Math.Min(SelectQueue(number), mostEntries);
        long notifyAt =
            notification.Offset + (long)common.QueueNotifyOffset * notification.Multiplier;
        Virtqueue queue = new(
            size,
            Features.HasFlag(VirtioFeatures.EventIndex),
            () => notifyWindow.Write16(notifyAt, (ushort)number)
        );
        EnableQueue(number, queue);
        queues.Add((number, queue));
        return queue;
    }

    /// <summary>From now on the device works.</summary>
    public async Task StartAsync()
    {
        await device.SetBusMasterAsync(true);
        common.Status |= VirtioStatus.DriverReady;
    }

    /// <summary>
    /// Resets a device that is in trouble, and starts it with the same features and queues, which are empty then. From when it is
    /// reset it touches no memory of earlier chains.
    /// </summary>
    /// <exception cref="VirtioException">It does not come back as it was.</exception>
    public async Task RestartAsync()
    {
        await ResetAsync();
        AgreeOnFeatures(Features);
        SetConfigurationVector();
        foreach ((int number, Virtqueue queue) in queues)
        {
            if (SelectQueue(number) < queue.Size)
            {
                throw new VirtioException($"{device} has become smaller.");
            }
            queue.Clear();
            EnableQueue(number, queue);
        }
        common.Status |= VirtioStatus.DriverReady;
    }

    /// <summary>Keeps the device from memory, whatever it does.</summary>
    public ValueTask IsolateAsync() => device.SetBusMasterAsync(false);

    /// <summary>Reads registers of the device's kind that belong together.</summary>
    /// <exception cref="VirtioException">They change all the time.</exception>
    public T ReadConfiguration<T>(Func<T> read)
    {
        // Section 2.5.1: what is wider than an access is whole when the generation is the same before and after.
        for (int look = 0; look < ConfigurationLooks; look++)
        {
            byte generation = common.ConfigurationGeneration;
            T value = read();
            if (common.ConfigurationGeneration == generation)
            {
                return value;
            }
        }
        throw new VirtioException($"{device} does not stop changing its configuration.");
    }

    /// <summary>Calls back for each interrupt until cancelled.</summary>
    /// <param name="serveQueues">
    /// Looks at all queues; returns whether it has left work for the next turn of the loop, so that others get theirs.
    /// </param>
    /// <param name="configurationChanged">The device's own registers have changed.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="VirtioException">The device wants to be reset.</exception>
    public async Task ServeAsync(
        Func<bool> serveQueues,
        Action configurationChanged,
        CancellationToken cancellation = default
    )
    {
        if (HasMessages && interrupts.Count > 1)
        {
            await ServeBothAsync(serveQueues, configurationChanged, cancellation);
        }
        else if (HasMessages)
        {
            await ServeMessagesAsync(
                serveQueues,
                () => Change(configurationChanged),
                ConfigurationVector,
                cancellation
            );
        }
        else
        {
            await ServeLineAsync(serveQueues, configurationChanged, cancellation);
        }
    }

    /// <summary>Stops the device: it no longer reads or writes memory.</summary>
    public void Dispose()
    {
        common.Status = VirtioStatus.None;
        interrupts?.Dispose();
        foreach ((_, Virtqueue queue) in queues)
        {
            queue.Dispose();
        }
    }

    private async Task BeginAsync(VirtioFeatures wanted)
    {
        await ResetAsync();
        AgreeOnFeatures(wanted | VirtioFeatures.EventIndex | VirtioFeatures.Version1);
        notification = VirtioStructure.Find(device, VirtioStructureKind.Notification);
        notifyWindow = await device.OpenAsync(notification.Bar);
        interruptStatus = VirtioStructure.Find(device, VirtioStructureKind.InterruptStatus);
        statusWindow = await device.OpenAsync(interruptStatus.Bar);
        VirtioStructure own = VirtioStructure.Find(device, VirtioStructureKind.Device);
        Configuration = await device.OpenAsync(own.Bar);
        ConfigurationOffset = own.Offset;
        interrupts = await device.BindInterruptsAsync(wanted: 2);
        SetConfigurationVector();
    }

    private async Task ResetAsync()
    {
        common.Status = VirtioStatus.None;
        for (int look = 0; common.Status != VirtioStatus.None; look++)
        {
            if (look == ResetLooks)
            {
                throw new VirtioException($"{device} does not come out of its reset.");
            }
            await EventLoop.Current.Delay(ResetPause);
        }
        common.Status = VirtioStatus.Acknowledged;
        common.Status |= VirtioStatus.Driver;
    }

    private void SetConfigurationVector()
    {
        if (HasMessages)
        {
            common.ConfigurationVector = ConfigurationVector;
            if (common.ConfigurationVector != ConfigurationVector)
            {
                throw new VirtioException($"{device} takes no interrupt for its configuration.");
            }
        }
    }

    /// <summary>Chooses the queue that registers are about; returns how many entries it can have.</summary>
    private int SelectQueue(int number)
    {
        int offered = 0;
        if (number < common.QueueCount)
        {
            common.QueueSelect = (ushort)number;
            offered = common.QueueSize;
        }
        return offered != 0 && int.IsPow2(offered)
            ? offered
            : throw new VirtioException($"{device} has no queue {number}.");
    }

    /// <summary>Tells the device where the chosen queue is.</summary>
    private void EnableQueue(int number, Virtqueue queue)
    {
        common.QueueSize = (ushort)queue.Size;
        common.QueueVector = QueueVector;
        if (common.QueueVector != QueueVector)
        {
            throw new VirtioException($"{device} takes no interrupt for queue {number}.");
        }
        common.QueueDescriptorsLow = (uint)queue.DescriptorsAt;
        common.QueueDescriptorsHigh = (uint)(queue.DescriptorsAt >> 32);
        common.QueueDriverLow = (uint)queue.AvailableAt;
        common.QueueDriverHigh = (uint)(queue.AvailableAt >> 32);
        common.QueueDeviceLow = (uint)queue.UsedAt;
        common.QueueDeviceHigh = (uint)(queue.UsedAt >> 32);
        common.QueueEnable = 1;
    }

    private void AgreeOnFeatures(VirtioFeatures wanted)
    {
        common.DeviceFeatureSelect = 0;
        ulong offered = common.DeviceFeature;
        common.DeviceFeatureSelect = 1;
        offered |= (ulong)common.DeviceFeature << 32;
        VirtioFeatures agreed = (VirtioFeatures)offered & wanted;
        if (!agreed.HasFlag(VirtioFeatures.Version1))
        {
            throw new VirtioException($"{device} is of before virtio 1.0.");
        }
        if (!agreed.HasFlag(Features))
        {
            throw new VirtioException($"{device} has lost {Features & ~agreed}.");
        }
        Features = agreed;
        common.DriverFeatureSelect = 0;
        common.DriverFeature = (uint)Features;
        common.DriverFeatureSelect = 1;
        common.DriverFeature = (uint)((ulong)Features >> 32);
        common.Status |= VirtioStatus.FeaturesAgreed;
        if (!common.Status.HasFlag(VirtioStatus.FeaturesAgreed))
        {
            throw new VirtioException($"{device} does not agree to {Features}.");
        }
    }

    private async Task ServeBothAsync(
        Func<bool> serveQueues,
        Action configurationChanged,
        CancellationToken cancellation
    )
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(
            cancellation
        );
        Task changes = ServeChangesAsync(configurationChanged, stop.Token);
        Task work = ServeMessagesAsync(serveQueues, () => { }, QueueVector, stop.Token);
        Task first = await EventLoop.WhenAny(changes, work);
        // Neither waits for an interrupt any more when this ends: it may be called again.
        stop.Cancel();
        await Task.WhenAll(changes, work)
            .ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing
                    | ConfigureAwaitOptions.ContinueOnCapturedContext
            );
        await first;
    }

    private async Task ServeMessagesAsync(
        Func<bool> serveQueues,
        Action first,
        int message,
        CancellationToken cancellation
    )
    {
        while (true)
        {
            first();
            while (serveQueues())
            {
                await Task.Yield();
            }
            await interrupts.WaitAsync(message, cancellation);
            Interrupts++;
        }
    }

    private async Task ServeChangesAsync(
        Action configurationChanged,
        CancellationToken cancellation
    )
    {
        while (true)
        {
            await interrupts.WaitAsync(ConfigurationVector, cancellation);
            Interrupts++;
            Change(configurationChanged);
        }
    }

    private async Task ServeLineAsync(
        Func<bool> serveQueues,
        Action configurationChanged,
        CancellationToken cancellation
    )
    {
        while (true)
        {
            // Reading the status takes the interrupt back (section 4.1.4.5); 0 when the line was another device's.
            byte status = statusWindow.Read8(interruptStatus.Offset);
            if ((status & ConfigurationInterrupted) != 0)
            {
                Change(configurationChanged);
            }
            while ((status & QueuesInterrupted) != 0 && serveQueues())
            {
                await Task.Yield();
            }
            interrupts.Acknowledge();
            await interrupts.WaitAsync(0, cancellation);
            Interrupts++;
        }
    }

    private void Change(Action configurationChanged)
    {
        if (common.Status.HasFlag(VirtioStatus.NeedsReset))
        {
            throw new VirtioException($"{device} wants to be reset.");
        }
        configurationChanged();
    }
}
