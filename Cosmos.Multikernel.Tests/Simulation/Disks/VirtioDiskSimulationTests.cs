using Cosmos.Multikernel.Drivers.Disk;
using Cosmos.Multikernel.Drivers.Disk.Devices;
using Cosmos.Multikernel.Drivers.Virtio;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Simulation.Disks;

/// <summary>What only virtio disks have; all else is in <see cref="DiskDriverSimulationTests"/>.</summary>
[TestFixture]
[CancelAfter(120_000)]
public sealed class VirtioDiskSimulationTests
{
    [TestCase(4096, 500)]
    [TestCase(4096, 0)]
    [TestCase(4096, 1 << 20)]
    public void ADeviceThatCannotBeIsRefused(int sectors, int blockSize)
    {
        Exception refusal = DriverOnItsCore.Refusal(machine => new PretendVirtioDisk(
            machine,
            1,
            sectors,
            blockSize
        ));
        Assert.That(refusal, Is.TypeOf<VirtioException>());
        Assert.That(refusal.Message, Does.Contain("disk0"));
    }

    /// <summary>A request that makes its device ask for a reset each time does not take the device along.</summary>
    [Test]
    public void ARequestThatItsDeviceCannotBearIsGivenUp([Range(1, 5)] int seed) =>
        DriverOnItsCore.Run(
            seed,
            machine => new PretendVirtioDisk(machine, seed, sectors: 4096),
            async (device, driver) =>
            {
                DiskUnit disk = driver.Units[0];
                device.Judge = request =>
                {
                    if (request.Covers(100))
                    {
                        device.AskForReset();
                        return Fate.Forgotten;
                    }
                    return Fate.Done;
                };
                await DriverOnItsCore.ExpectAsync(
                    BlockError.DeviceError,
                    () => disk.ReadAsync(100, new byte[512])
                );
                Assert.That(device.Begun, Has.Count.EqualTo(3));
                Assert.That(device.Resets, Is.EqualTo(4), "the first one at its start");
                device.Judge = static _ => Fate.Done;
                await DiskWork.RunAsync(disk, seed, requests: 30);
            }
        );
}
