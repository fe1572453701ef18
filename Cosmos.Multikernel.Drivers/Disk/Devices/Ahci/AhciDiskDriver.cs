using System.Numerics;
using Cosmos.Multikernel.Drivers.Devices;
using Cosmos.Multikernel.Drivers.Disk.Devices.Ata;
using Cosmos.Multikernel.Drivers.Disk.Storage;
using Cosmos.Multikernel.Drivers.Pci;
using Cosmos.Multikernel.Drivers.Registers;

namespace Cosmos.Multikernel.Drivers.Disk.Devices.Ahci;

/// <summary>
/// A SATA controller (Serial ATA AHCI 1.3.1), with a disk or an optical drive at each of its ports. What is at none when it starts is not
/// looked for later.
/// </summary>
internal sealed class AhciDiskDriver : DiskDriver
{
    private const int RegistersBar = 5;

    private static readonly TimeSpan ResetLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HandOffLimit = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan FirmwareLimit = TimeSpan.FromSeconds(2);

    private readonly PciDevice device;
    private readonly AhciRegisters registers;
    private readonly AhciPort?[] ports = new AhciPort?[AhciMemory.MostSlots];
    private readonly AhciDiskQueue?[] queues = new AhciDiskQueue?[AhciMemory.MostSlots];
    private readonly List<DiskUnit> units = [];
    private readonly CancellationTokenSource stopping = new();
    private PciInterrupts interrupts = null!;
    private Task serving = Task.CompletedTask;
    private long interruptCount;

    private AhciDiskDriver(PciDevice device, RegisterWindow window)
    {
        this.device = device;
        registers = new AhciRegisters(window);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<DiskUnit> Units => units;

    /// <inheritdoc/>
    public override PciInterruptKind InterruptKind => interrupts.Kind;

    /// <inheritdoc/>
    public override long Interrupts => interruptCount;

    /// <summary>Starts it.</summary>
    public static async Task<AhciDiskDriver> OpenAsync(
        PciDevice device,
        int number,
        TimeSpan? limit = null
    )
    {
        RegisterWindow window = await device.OpenAsync(RegistersBar);
        AhciDiskDriver started = new(device, window);
        if (
            started.registers.Ports == uint.MaxValue
            && (uint)started.registers.Control == uint.MaxValue
        )
        {
            throw new AtaException($"{device} does not answer.");
        }
        started.interrupts = await device.BindInterruptsAsync();
        try
        {
            await started.StartAsync(window, number, limit);
            return started;
        }
        catch
        {
            started.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override Task ServeAsync(CancellationToken cancellation = default) =>
        serving.WaitAsync(cancellation);

    /// <inheritdoc/>
    protected override void Stop()
    {
        stopping.Cancel();
        registers.Control = AhciControl.Enabled;
        foreach (AhciPort? port in ports)
        {
            port?.Dispose();
        }
        interrupts.Dispose();
    }

    private async Task StartAsync(RegisterWindow window, int number, TimeSpan? limit)
    {
        await TakeFromFirmwareAsync();
        registers.Control = AhciControl.Enabled;
        registers.Control = AhciControl.Enabled | AhciControl.Reset;
        if (
            !await Waiting.ComesTrueAsync(
                () => !registers.Control.HasFlag(AhciControl.Reset),
                ResetLimit
            )
        )
        {
            throw new AtaException($"{device} does not come out of its reset.");
        }
        registers.Control = AhciControl.Enabled;
        registers.Interrupting = uint.MaxValue;
        registers.Control = AhciControl.Enabled | AhciControl.Interrupts;
        await device.SetBusMasterAsync(true);
        serving = ServeAsync();
        AtaDrive?[] drives = await Task.WhenAll(
            Enumerable.Range(0, ports.Length).Select(port => FindAsync(window, port, number))
        );
        bool isAlone = drives.Count(drive => drive is not null) == 1;
        for (int place = 0; place < drives.Length; place++)
        {
            if (drives[place] is { } drive)
            {
                AhciPort port = ports[place]!;
                port.Name = StorageNames.Disk(number, place, isAlone);
                AhciDiskQueue queue = new(
                    port,
                    drive,
                    () => device.SetBusMasterAsync(false),
                    limit
                );
                queues[place] = queue;
                units.Add(new DiskUnit(queue, port.Name, place, drive.Traits));
            }
        }
    }

    // Section 10.6.3.
    private async Task TakeFromFirmwareAsync()
    {
        if (!registers.MoreCapabilities.HasFlag(AhciMoreCapabilities.HandOff))
        {
            return;
        }
        registers.HandOff |= AhciHandOff.System;
        await Waiting.ComesTrueAsync(IsOurs, HandOffLimit);
        // Firmware that does not let go is not waited for longer than it may take: the reset takes the controller from it.
        if (!IsOurs() && registers.HandOff.HasFlag(AhciHandOff.FirmwareBusy))
        {
            await Waiting.ComesTrueAsync(IsOurs, FirmwareLimit);
        }

        bool IsOurs() => !registers.HandOff.HasFlag(AhciHandOff.Firmware);
    }

    // One drive that is not as it should be does not keep the others from being driven.
    private async Task<AtaDrive?> FindAsync(RegisterWindow window, int place, int number)
    {
        if ((registers.Ports & (1u << place)) == 0)
        {
            return null;
        }
        AhciCapabilities capabilities = registers.Capabilities;
        AhciPort port = new(window, place, StorageNames.Disk(number, place), capabilities);
        ports[place] = port;
        try
        {
            if (!capabilities.HasFlag(AhciCapabilities.LongAddresses))
            {
                throw new AtaException(
                    $"{port.Name}: the controller does not reach memory above 4 GB."
                );
            }
            return await port.ResetAsync()
                ? await AtaDrive.IdentifyAsync(port, port.HasPacketDevice)
                : null;
        }
        catch (AtaException exception)
        {
            global::System.Console.WriteLine(exception.Message);
            return null;
        }
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            // A message comes when the first bit is set and none before: so all are taken back before the next is waited for.
            while (registers.Interrupting is var which && which != 0)
            {
                if (which == uint.MaxValue)
                {
                    // There is no controller any more; who waits for it hears of that by its time-out.
                    break;
                }
                for (uint left = which; left != 0; left &= left - 1)
                {
                    int place = BitOperations.TrailingZeroCount(left);
                    if (ports[place] is { } port)
                    {
                        AhciCauses causes = port.TakeCauses();
                        if (queues[place] is { } queue)
                        {
                            queue.Serve(causes);
                        }
                        else
                        {
                            port.TellAlone(causes);
                        }
                    }
                }
                registers.Interrupting = which;
            }
            interrupts.Acknowledge();
            await interrupts.WaitAsync(0, stopping.Token);
            interruptCount++;
        }
    }
}
