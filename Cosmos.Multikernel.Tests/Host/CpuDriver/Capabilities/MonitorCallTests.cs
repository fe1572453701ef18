using Cosmos.Multikernel.Abi;
using NUnit.Framework;
using static Cosmos.Multikernel.Abi.MultikernelCall;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Capabilities;

/// <summary>What only a monitor may, and what others may only with its permission.</summary>
[TestFixture]
public sealed class MonitorCallTests : CapabilityCallFixture
{
    [Test]
    public void OnlyMonitorsPermitAndStart()
    {
        PermitRequest request = default;
        Assert.That(Core.Do(Domain, Permit, 0, ref request), Is.EqualTo(NotPermitted));
        Assert.That(Core.Do(Domain, MultikernelCall.Start, 0), Is.EqualTo(NotPermitted));
    }

    [Test]
    public void ConnectNeedsTheMonitorsPermissionOnce()
    {
        nint monitor = Core.StartInstance("m0");
        // Not permitted to m2, but to the monitor.
        Assert.That(Connect(Domain, 0, "m2", out _), Is.EqualTo(Denied));
        Assert.That(Connect(Domain, 1, "m2", out _), Is.EqualTo(Denied));
        Assert.That(Connect(Domain, 0, "m0", out _), Is.GreaterThanOrEqualTo(0));
        Machine.Settle();
        AcceptResult accepted = default;
        long channel = Core.DoFirst(monitor, Accept, ref accepted);
        Assert.That(channel, Is.GreaterThanOrEqualTo(0));

        PermitRequest request = new() { Core = 1 };
        SetName(ref request, "m2");
        Assert.That(Core.Do(monitor, Permit, 999, ref request), Is.EqualTo(BadHandle));
        Assert.That(Core.Do(monitor, Permit, (ulong)channel, ref request), Is.Zero);
        Assert.That(Connect(Domain, 0, "m2", out _), Is.EqualTo(Denied));
        Assert.That(Connect(Domain, 1, "m2", out _), Is.GreaterThanOrEqualTo(0));
        Assert.That(Connect(Domain, 1, "m2", out _), Is.EqualTo(Denied));
        // The monitor itself needs none, and the other core has no monitor.
        Assert.That(Connect(monitor, 1, "m2", out _), Is.GreaterThanOrEqualTo(0));
        Core.End(monitor);
    }

    [Test]
    public void AMonitorStartsInstancesAgain()
    {
        nint monitor = Core.StartInstance("m0");
        // m0 on core 0 is the first declaration, then m1 on 0 and 1, m2 on 0 and 1.
        Assert.That(Core.Do(monitor, MultikernelCall.Start, 1), Is.EqualTo(Exists));
        Assert.That(Core.Do(monitor, MultikernelCall.Start, 2), Is.EqualTo(-113));
        Assert.That(Core.Do(monitor, MultikernelCall.Start, 99), Is.EqualTo(NoEntry));
        for (int life = 0; life < 20; life++)
        {
            Core.End(Core.Find("m1"));
            Assert.That(Core.Do(monitor, MultikernelCall.Start, 1), Is.EqualTo(TryAgain));
            Core.Reap();
            Assert.That(Core.Do(monitor, MultikernelCall.Start, 1), Is.Zero);
            Assert.That(Core.Find("m1"), Is.Not.Zero);
        }
        Domain = Core.Find("m1");
        Core.End(monitor);
    }

    private static unsafe void SetName(ref PermitRequest request, string name)
    {
        fixed (byte* field = request.Name)
        {
            global::System.Text.Encoding.ASCII.GetBytes(
                name,
                new Span<byte>(field, InstanceName.Size)
            );
        }
    }
}
