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
}
