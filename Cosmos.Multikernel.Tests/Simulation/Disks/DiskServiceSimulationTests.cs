using Cosmos.Multikernel.Drivers.Disk;
using Cosmos.Multikernel.Drivers.Disk.Devices;
using Cosmos.Multikernel.Drivers.Disk.Devices.Virtio;
using Cosmos.Multikernel.Drivers.Disk.Storage;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Naming;
using Cosmos.Multikernel.Tests.Simulation.Machines;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Simulation.Disks;

/// <summary>A disk used from another core, by name, while its driver dies and lives again: nothing is lost, nothing hangs, and no frame is left over.</summary>
[TestFixture]
[CancelAfter(300_000)]
public sealed class DiskServiceSimulationTests
{
    private const int MostTurns = 5_000_000;
    private const int DriverCore = 1;
    private const int UserCore = 2;
    private const int Cores = 3;
    private const int Sectors = 4096;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    [Test]
    public void ADiskIsUsedByMessage([Range(1, 5)] int seed)
    {
        using SimulatedMachine machine = new(seed);
        PretendVirtioDisk device = new(machine, seed, Sectors);
        machine.StartMonitors(Cores);
        StartDriver(machine, device);
        Use(
            machine,
            async disk =>
            {
                Assert.That(disk.Geometry, Is.EqualTo(new BlockGeometry(Sectors, 512)));
                await DiskWork.RunAsync(disk, seed, requests: 60);
                device.Judge = request => request.Covers(100) ? Fate.InputOutputError : Fate.Done;
                await Expect(BlockError.MediaError, () => disk.ReadAsync(99, new byte[1024]));
                await Expect(BlockError.MediaError, () => disk.WriteAsync(100, new byte[65536]));
                await Expect(BlockError.OutOfRange, () => disk.ReadAsync(Sectors, new byte[512]));
                await disk.ReadAsync(1, new byte[20_480]);
            }
        );
        EndDriver(machine, device);
        Assert.That(machine.FramesAlive, Is.Zero);
    }

    /// <summary>What is asked for at once goes to the device as one request; when that fails, who can be served is.</summary>
    [Test]
    public void NeighboursAreServedTogetherAndFailAlone([Range(1, 3)] int seed)
    {
        const int first = 90;
        const int count = 16;
        const int damaged = 100;
        using SimulatedMachine machine = new(seed);
        PretendVirtioDisk device = new(machine, seed, Sectors);
        machine.StartMonitors(Cores);
        StartDriver(machine, device);
        Use(
            machine,
            async disk =>
            {
                byte[] written = new byte[count * 512];
                new Random(seed).NextBytes(written);
                await EachAsync(i => disk.WriteAsync(first + i, written.AsMemory(i * 512, 512)));
                PretendRequest whole = new(DiskOperation.Write, first, count * 512);
                Assert.That(device.Begun, Is.EqualTo(new[] { whole }));

                device.Begun.Clear();
                device.Judge = request =>
                    request.Covers(damaged) ? Fate.InputOutputError : Fate.Done;
                byte[] read = new byte[written.Length];
                await EachAsync(i =>
                    first + i == damaged
                        ? new(
                            Expect(
                                BlockError.MediaError,
                                () => disk.ReadAsync(damaged, new byte[512])
                            )
                        )
                        : disk.ReadAsync(first + i, read.AsMemory(i * 512, 512))
                );
                Assert.That(device.Begun, Has.Count.EqualTo(1 + count));
                written.AsSpan((damaged - first) * 512, 512).Clear();
                Assert.That(read, Is.EqualTo(written));

                // Every second one: no neighbours.
                device.Begun.Clear();
                await EachAsync(i => disk.ReadAsync(2 * i, new byte[512]));
                Assert.That(device.Begun, Has.Count.EqualTo(count));
            }
        );

        static Task EachAsync(Func<int, ValueTask> ask) =>
            Task.WhenAll(Enumerable.Range(0, count).Select(i => ask(i).AsTask()));
    }

    /// <summary>Who uses the disk does not notice, whatever was under way: it is asked for again.</summary>
    [Test]
    public void ADriverDiesAgainAndAgain([Range(1, 15)] int seed)
    {
        using SimulatedMachine machine = new(seed);
        PretendVirtioDisk device = new(machine, seed, Sectors);
        machine.StartMonitors(Cores);
        StartDriver(machine, device);
        Random random = new(seed);
        int deaths = 0;
        int next = 4_000;
        machine.BeforeTurn = turn =>
        {
            if (turn < next || deaths == 6 || device.Driver is not { } driver)
            {
                return;
            }
            machine.Crash(driver);
            device.ResetForNextDriver();
            deaths++;
            next = turn + random.Next(300, 3_000);
            machine.After(random.Next(3_000_000), () => StartDriver(machine, device));
        };
        Use(
            machine,
            async disk =>
            {
                while (deaths < 6)
                {
                    await DiskWork.RunAsync(disk, seed, requests: 80);
                }
                Assert.That(disk.Reconnections, Is.Positive);
            }
        );
        EndDriver(machine, device);
        Assert.That(machine.FramesAlive, Is.Zero);
    }

    [Test]
    public void ADriverThatDoesNotComeBackIsTold([Range(1, 3)] int seed)
    {
        using SimulatedMachine machine = new(seed);
        PretendVirtioDisk device = new(machine, seed, Sectors);
        machine.StartMonitors(Cores);
        StartDriver(machine, device);
        Use(
            machine,
            async disk =>
            {
                device.Judge = static _ => Fate.Forgotten;
                Task[] lost =
                [
                    .. Enumerable
                        .Range(0, 30)
                        .Select(i =>
                            Expect(
                                BlockError.DeviceGone,
                                () => disk.ReadAsync(i, new byte[i % 2 == 0 ? 512 : 65536])
                            )
                        ),
                ];
                await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(1));
                EndDriver(machine, device);
                await Task.WhenAll(lost);
                long now = machine.Now;
                await Expect(BlockError.DeviceGone, () => disk.FlushAsync());
                Assert.That(
                    machine.Now - now,
                    Is.LessThan(5_000_000_000),
                    "waited long once, then looks only"
                );
                // It comes back after all.
                device.Judge = static _ => Fate.Done;
                StartDriver(machine, device);
                await EventLoop.Current.Delay(TimeSpan.FromSeconds(1));
                await DiskWork.RunAsync(disk, seed, requests: 40);
            }
        );
    }

    [Test]
    public void AnotherDiskUnderTheNameIsNotTakenForTheOldOne()
    {
        using SimulatedMachine machine = new(4);
        PretendVirtioDisk device = new(machine, 4, Sectors);
        PretendVirtioDisk other = new(machine, 4, Sectors / 2);
        machine.StartMonitors(Cores);
        StartDriver(machine, device);
        Use(
            machine,
            async disk =>
            {
                await disk.WriteAsync(0, new byte[512]);
                EndDriver(machine, device);
                StartDriver(machine, other);
                await Expect(BlockError.DeviceGone, () => disk.WriteAsync(0, new byte[512]));
                Assert.That(other.Begun, Is.Empty);
            }
        );
    }

    [Test]
    public void AllDisksOfAControllerAreKnown()
    {
        using SimulatedMachine machine = new(5);
        PretendVirtioDisk device = new(machine, 5, Sectors);
        machine.StartMonitors(Cores);
        StartDriver(machine, device);
        string[] names = [];
        SimulatedInstance user = machine.Start(
            UserCore,
            "user",
            async () =>
            {
                using StorageProxy storage = await Names.BindAsync<StorageProxy>(
                    StorageNames.Controller(0),
                    Patience
                );
                names = await storage.GetDisksAsync();
            }
        );
        machine.Run(MostTurns, () => names.Length > 0 || user.Failure is not null);
        Assert.That(user.Failure, Is.Null);
        Assert.That(names, Is.EqualTo(new[] { "disk0" }));
    }

    private static void StartDriver(SimulatedMachine machine, PretendVirtioDisk device) =>
        device.Driver = machine.Start(
            DriverCore,
            "disk",
            async () =>
            {
                VirtioDiskDriver driver = await VirtioDiskDriver.OpenAsync(
                    device.Pci,
                    StorageNames.Disk(0)
                );
                await await EventLoop.WhenAny(
                    driver.ServeAsync(),
                    StorageServer.ServeAsync(0, driver)
                );
            }
        );

    private static void EndDriver(SimulatedMachine machine, PretendVirtioDisk device)
    {
        machine.Crash(device.Driver!);
        device.ResetForNextDriver();
    }

    private static void Use(SimulatedMachine machine, Func<RemoteBlockDevice, Task> use)
    {
        bool isOver = false;
        SimulatedInstance user = machine.Start(
            UserCore,
            "user",
            async () =>
            {
                using (
                    RemoteBlockDevice disk = await RemoteBlockDevice.BindAsync("disk0", Patience)
                )
                {
                    await use(disk);
                }
                isOver = true;
            }
        );
        bool hasEnded = machine.Run(MostTurns, () => isOver || user.Failure is not null);
        machine.BeforeTurn = null;
        Assert.That(user.Failure, Is.Null);
        Assert.That(machine.Failures, Is.Empty);
        Assert.That(hasEnded && isOver, Is.True, "it hangs");
    }

    private static Task Expect(BlockError error, Func<ValueTask> request) =>
        DriverOnItsCore.ExpectAsync(error, request);
}
