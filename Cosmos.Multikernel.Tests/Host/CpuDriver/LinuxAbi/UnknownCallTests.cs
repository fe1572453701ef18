extern alias PretendCore;

using NUnit.Framework;
using PretendCore::Cosmos.Multikernel.CpuDriver.LinuxAbi;
using PretendCore::Cosmos.Multikernel.Tests.Host.CpuDriver.Machine;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.LinuxAbi;

/// <summary>A call that nobody implements is ENOSYS, and counted by number and by domain.</summary>
[TestFixture]
[NonParallelizable]
public sealed unsafe class UnknownCallTests
{
    [TestCase(400u, 400)]
    [TestCase(511u, 511)]
    [TestCase(700u, 511)]
    [TestCase(0x1fffu, 511, Description = "one of our own numbers")]
    [TestCase(uint.MaxValue, 511)]
    public void AnUnknownCallIsCounted(uint number, int counter)
    {
        using PretendInstance instance = new();
        uint before = SystemCalls.UnknownCallCount(counter);
        Assert.That(instance.Call(number), Is.EqualTo(-Errno.ENOSYS));
        Assert.That(SystemCalls.UnknownCallCount(counter) - before, Is.EqualTo(1));
        Assert.That(instance.Domain->UnknownCalls, Is.EqualTo(1));
    }
}
