using Cosmos.Multikernel.Drivers.Disk;
using Cosmos.Multikernel.Drivers.Disk.Devices.Ata;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Simulation.Disks;

/// <summary>What only SATA controllers have; all else is in <see cref="DiskDriverSimulationTests"/>.</summary>
[TestFixture]
[CancelAfter(120_000)]
public sealed class AhciDiskSimulationTests
{
    private const int Sectors = 4096;

    /// <summary>Nobody waits for a time-out.</summary>
    [Test]
    public void ADiskWhoseCableIsPulledIsGoneAtOnce([Range(1, 3)] int seed) =>
        DriverOnItsCore.Run(
            seed,
            machine => new PretendAhciDisk(machine, seed, Sectors),
            async (device, driver) =>
            {
                BlockDevice disk = driver.Units[0];
                device.Judge = static _ => Fate.Forgotten;
                Task[] lost =
                [
                    .. Enumerable
                        .Range(0, 40)
                        .Select(block =>
                            DriverOnItsCore.ExpectAsync(
                                BlockError.DeviceGone,
                                () => disk.ReadAsync(block, new byte[512])
                            )
                        ),
                ];
                await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(1));
                long now = device.Now;
                device.PullCable();
                await Task.WhenAll(lost);
                Assert.That(device.Now - now, Is.LessThan(100_000_000));
                Assert.That(device.Pci.IsBusMaster, Is.True, "other ports go on");
            }
        );

    /// <summary>What was in its cache may be lost with it: who waits is told, and the next flush.</summary>
    [Test]
    public void ADiskThatForgetsEverythingIsToldAtOnce([Range(1, 3)] int seed) =>
        DriverOnItsCore.Run(
            seed,
            machine => new PretendAhciDisk(machine, seed, Sectors),
            async (device, driver) =>
            {
                BlockDevice disk = driver.Units[0];
                await disk.WriteAsync(1, new byte[1024]);
                device.Judge = static _ => Fate.Forgotten;
                Task[] lost =
                [
                    .. Enumerable
                        .Range(0, 5)
                        .Select(block =>
                            DriverOnItsCore.ExpectAsync(
                                BlockError.Reset,
                                () => disk.ReadAsync(block, new byte[512])
                            )
                        ),
                ];
                await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(1));
                long now = device.Now;
                device.BlinkPower();
                await Task.WhenAll(lost);
                Assert.That(device.Now - now, Is.LessThan(100_000_000), "not by a time-out");
                device.Judge = static _ => Fate.Done;
                await DriverOnItsCore.ExpectAsync(BlockError.Reset, () => disk.FlushAsync());
                await DiskWork.RunAsync(disk, seed, requests: 30);
            }
        );

    /// <summary>Of several queued requests that fail together each gets what it is due: those that are good are done.</summary>
    [Test]
    public void OnlyTheQueuedRequestsThatFailAreFailed(
        [Range(1, 10)] int seed,
        [Values] bool goesOn
    ) =>
        DriverOnItsCore.Run(
            seed,
            machine => new PretendAhciDisk(machine, seed, Sectors, driveDepth: 32)
            {
                GoesOn = goesOn,
            },
            async (device, driver) =>
            {
                BlockDevice disk = driver.Units[0];
                device.Judge = static request =>
                    request.Covers(100) || request.Covers(200) ? Fate.InputOutputError : Fate.Done;
                Random random = new(seed);
                await Task.WhenAll(
                    Enumerable
                        .Range(0, 300)
                        .Select(_ => random.Next(300))
                        .Select(block =>
                            block is 100 or 200
                                ? DriverOnItsCore.ExpectAsync(
                                    BlockError.MediaError,
                                    () => disk.ReadAsync(block, new byte[512])
                                )
                                : disk.ReadAsync(block, new byte[512]).AsTask()
                        )
                );
            }
        );

    [Test]
    public void TheFirmwareLetsTheControllerGo() =>
        DriverOnItsCore.Run(
            3,
            machine => new PretendAhciDisk(machine, 3, Sectors) { IsFirmwares = true },
            async (device, driver) =>
            {
                Assert.That(device.IsFirmwares, Is.False);
                await DiskWork.RunAsync(driver.Units[0], 3, requests: 40);
            }
        );

    [Test]
    public void AControllerThatDoesNotAnswerIsRefused()
    {
        Exception refusal = DriverOnItsCore.Refusal(machine => new PretendAhciDisk(
            machine,
            1,
            Sectors
        )
        {
            IsGone = true,
        });
        Assert.That(refusal, Is.TypeOf<AtaException>());
        Assert.That(refusal.Message, Does.Contain("does not answer"));
    }
}
