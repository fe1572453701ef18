using Cosmos.Multikernel.Drivers.Disk;
using Cosmos.Multikernel.Drivers.Disk.Devices.Nvme;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Simulation.Disks;

/// <summary>What only NVMe controllers have; all else is in <see cref="DiskDriverSimulationTests"/>.</summary>
[TestFixture]
[CancelAfter(120_000)]
public sealed class NvmeDiskSimulationTests
{
    private const int Sectors = 4096;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>A controller that gives up a late command needs no reset, and the others are not disturbed.</summary>
    [Test]
    public void ALateRequestIsGivenUpAlone([Range(1, 5)] int seed) =>
        DriverOnItsCore.Run(
            seed,
            machine => new PretendNvmeDisk(machine, seed, Sectors) { GivesUp = true },
            async (device, driver) =>
            {
                BlockDevice disk = driver.Units[0];
                device.Judge = request => request.Covers(100) ? Fate.Forgotten : Fate.Done;
                Task[] late =
                [
                    .. Enumerable
                        .Range(0, 3)
                        .Select(_ =>
                            DriverOnItsCore.ExpectAsync(
                                BlockError.TimedOut,
                                () => disk.ReadAsync(100, new byte[512])
                            )
                        ),
                ];
                while (!Task.WhenAll(late).IsCompleted)
                {
                    await disk.WriteAsync(1, new byte[1024]);
                    await disk.ReadAsync(5, new byte[8192]);
                }
                await Task.WhenAll(late);
                Assert.That(device.Aborts, Is.EqualTo(3));
                Assert.That(device.Resets, Is.EqualTo(1), "the first one, at its start");
            },
            Limit
        );

    /// <summary>A controller that does not shut down is an error, in bounded time; then it is reset, and works.</summary>
    [Test]
    public void AControllerThatDoesNotShutDownIsAnError() =>
        DriverOnItsCore.Run(
            3,
            machine => new PretendNvmeDisk(machine, 3, Sectors) { NeverShutsDown = true },
            async (device, driver) =>
            {
                await DriverOnItsCore.ExpectAsync(
                    BlockError.DeviceError,
                    () => driver.Units[0].ParkAsync()
                );
                await driver.Units[0].ReadAsync(1, new byte[512]);
                Assert.That(device.Resets, Is.EqualTo(2));
            },
            TimeSpan.FromSeconds(30)
        );

    [Test]
    public void NamespacesAreDisksOfTheirOwn() =>
        DriverOnItsCore.Run(
            7,
            machine => new PretendNvmeDisk(machine, 7, 3 * Sectors, namespaces: 3),
            async (device, driver) =>
            {
                Assert.That(
                    driver.Units.Select(unit => unit.Name),
                    Is.EqualTo(new[] { "disk0-0", "disk0-1", "disk0-2" })
                );
                await Task.WhenAll(
                    driver.Units.Select((unit, i) => DiskWork.RunAsync(unit, 70 + i, requests: 80))
                );
                byte[] mark = new byte[512];
                for (int i = 0; i < 3; i++)
                {
                    mark.AsSpan().Fill((byte)(i + 1));
                    await driver.Units[i].WriteAsync(9, mark, WriteOptions.ForceUnitAccess);
                    Assert.That(
                        device.Contents.AsSpan((i * Sectors + 9) * 512, 512).SequenceEqual(mark)
                    );
                }
            }
        );

    [Test]
    public void ANamespaceThatCannotBeUsedIsLeftOut() =>
        DriverOnItsCore.Run(
            8,
            machine => new PretendNvmeDisk(machine, 8, 2 * Sectors, namespaces: 2) { Metadata = 8 },
            async (device, driver) =>
            {
                Assert.That(driver.Units, Has.Count.EqualTo(1));
                await driver.Units[0].WriteAsync(0, new byte[512]);
                Assert.That(device.Begun[^1].Sector, Is.EqualTo(Sectors));
            }
        );

    [Test]
    public void AControllerThatDoesNotAnswerIsRefused()
    {
        Exception refusal = DriverOnItsCore.Refusal(machine => new PretendNvmeDisk(
            machine,
            1,
            Sectors
        )
        {
            IsGone = true,
        });
        Assert.That(refusal, Is.TypeOf<NvmeException>());
        Assert.That(refusal.Message, Does.Contain("does not answer"));
    }
}
