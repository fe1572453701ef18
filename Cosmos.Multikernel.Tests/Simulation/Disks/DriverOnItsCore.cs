using Cosmos.Multikernel.Drivers.Devices;
using Cosmos.Multikernel.Drivers.Disk;
using Cosmos.Multikernel.Drivers.Disk.Devices;
using Cosmos.Multikernel.Drivers.Disk.Devices.Ahci;
using Cosmos.Multikernel.Drivers.Disk.Devices.Ide;
using Cosmos.Multikernel.Drivers.Disk.Devices.Nvme;
using Cosmos.Multikernel.Drivers.Disk.Devices.Virtio;
using Cosmos.Multikernel.Tests.Simulation.Machines;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Simulation.Disks;

/// <summary>A disk's driver, alone on a core of a simulated machine, with a test that uses its disks there.</summary>
internal static class DriverOnItsCore
{
    private const int MostTurns = 3_000_000;

    /// <summary>A device of one of the kinds that have drivers.</summary>
    public static PretendDisk Make(
        string kind,
        SimulatedMachine machine,
        int seed,
        int sectors,
        int blockSize = PretendDisk.SectorSize
    )
    {
        if (kind == "ide")
        {
            // Its bus master reaches all of it.
            machine.Memory.Distance = 22;
        }
        return kind switch
        {
            "virtio" => new PretendVirtioDisk(machine, seed, sectors, blockSize),
            "ahci" => new PretendAhciDisk(machine, seed, sectors, blockSize),
            "ahci without queueing" => new PretendAhciDisk(
                machine,
                seed,
                sectors,
                blockSize,
                driveDepth: 1
            )
            {
                HasLongNumbers = false,
                HasForceUnitAccess = false,
            },
            "ide" => new PretendIdeDisk(machine, seed, sectors, blockSize),
            "ide above 4 GB" => new PretendIdeDisk(machine, seed, sectors, blockSize),
            "ide without bus master" => new PretendIdeDisk(
                machine,
                seed,
                sectors,
                blockSize,
                hasBusMaster: false
            )
            {
                HasLongNumbers = false,
            },
            "nvme" => new PretendNvmeDisk(machine, seed, sectors, blockSize),
            _ => throw new ArgumentException($"There is no {kind}."),
        };
    }

    /// <summary>Starts the driver of a device, whose first disk is "disk0".</summary>
    /// <param name="device">The device.</param>
    /// <param name="limit">How long a request may take.</param>
    public static async Task<DiskDriver> OpenAsync(PretendDisk device, TimeSpan? limit) =>
        device switch
        {
            PretendVirtioDisk => await VirtioDiskDriver.OpenAsync(device.Pci, "disk0", limit),
            PretendAhciDisk => await AhciDiskDriver.OpenAsync(device.Pci, 0, limit),
            PretendIdeDisk => await IdeDiskDriver.OpenAsync(device.Pci, 0, limit),
            PretendNvmeDisk => await NvmeDiskDriver.OpenAsync(device.Pci, 0, limit),
            _ => throw new ArgumentException($"There is no driver for {device}."),
        };

    /// <summary>Runs a test to its end; the driver must not fail, and no memory be left over.</summary>
    public static void Run<TDevice>(
        int seed,
        Func<SimulatedMachine, TDevice> make,
        Func<TDevice, DiskDriver, Task> test,
        TimeSpan? limit = null
    )
        where TDevice : PretendDisk
    {
        using SimulatedMachine machine = new(seed);
        TDevice device = make(machine);
        bool isOver = false;
        SimulatedInstance instance = machine.Start(
            0,
            "disk",
            async () =>
            {
                using DiskDriver driver = await OpenAsync(device, limit);
                Task serving = driver.ServeAsync();
                await test(device, driver);
                Assert.That(serving.IsFaulted, Is.False, serving.Exception?.ToString());
                isOver = true;
            }
        );
        device.Driver = instance;
        bool hasEnded = machine.Run(MostTurns, () => isOver || instance.Failure is not null);
        Assert.That(instance.Failure, Is.Null);
        Assert.That(hasEnded && isOver, Is.True, "it hangs");
        Assert.That(machine.FramesAlive, Is.Zero);
    }

    /// <summary>Starts a driver that is to refuse its device; returns what it said.</summary>
    public static Exception Refusal(Func<SimulatedMachine, PretendDisk> make)
    {
        using SimulatedMachine machine = new(1);
        PretendDisk device = make(machine);
        SimulatedInstance instance = machine.Start(0, "disk", () => OpenAsync(device, null));
        device.Driver = instance;
        machine.Run(MostTurns);
        Assert.That(instance.Failure, Is.Not.Null);
        Assert.That(machine.FramesAlive, Is.Zero);
        return instance.Failure!;
    }

    /// <summary>A request fails in this way.</summary>
    public static async Task ExpectAsync(BlockError error, Func<ValueTask> request)
    {
        try
        {
            await request();
        }
        catch (BlockDeviceException exception)
        {
            Assert.That(exception.Error, Is.EqualTo(error), exception.Message);
            Assert.That(exception.Message, Does.StartWith("disk"));
            return;
        }
        Assert.Fail($"expected {error}, nothing was thrown");
    }
}
