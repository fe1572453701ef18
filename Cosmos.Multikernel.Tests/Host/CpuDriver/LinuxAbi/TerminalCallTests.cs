extern alias PretendCore;

using NUnit.Framework;
using PretendCore::Cosmos.Multikernel.CpuDriver.Console;
using PretendCore::Cosmos.Multikernel.CpuDriver.LinuxAbi;
using PretendCore::Cosmos.Multikernel.CpuDriver.Memory;
using PretendCore::Cosmos.Multikernel.Tests.Host.CpuDriver.Machine;
using SystemCallNumber = PretendCore::Cosmos.Multikernel.Abi.SystemCallNumber;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.LinuxAbi;

/// <summary>The console's instance has a terminal; nobody else has.</summary>
[TestFixture]
[NonParallelizable]
public sealed unsafe class TerminalCallTests
{
    private const ulong Get = 0x5401;
    private const ulong Set = 0x5402;
    private const ulong GetSize = 0x5413;
    private const ulong Unknown = 0x5499;
    private const ulong Wild = 0x10;

    [Test]
    public void AttributesComeBackAsTheyWereSet()
    {
        using PretendInstance instance = new();
        instance.Domain->IsConsole = true;
        ulong memory = instance.Map(4096);
        Assert.That(instance.Call(SystemCallNumber.Ioctl, 0, Get, memory), Is.Zero);
        Assert.That(instance.Read(memory + 12) & TerminalAttributes.Canonical, Is.Not.Zero);
        instance.Write(memory + 12, TerminalAttributes.Echo);
        Assert.That(instance.Call(SystemCallNumber.Ioctl, 1, Set, memory), Is.Zero);
        Assert.That(instance.Call(SystemCallNumber.Ioctl, 2, Get, memory + 64), Is.Zero);
        Assert.That(instance.Read(memory + 64 + 12), Is.EqualTo(TerminalAttributes.Echo));
    }

    [Test]
    public void ItHasASize()
    {
        using PretendInstance instance = new();
        instance.Domain->IsConsole = true;
        ulong memory = instance.Map(4096);
        Assert.That(instance.Call(SystemCallNumber.Ioctl, 1, GetSize, memory), Is.Zero);
        Assert.That(instance.Read(memory), Is.EqualTo(25 | (80u << 16)));
    }

    [TestCase(true, 0ul, Get, Wild, Errno.EFAULT)]
    [TestCase(true, 0ul, Set, Wild, Errno.EFAULT)]
    [TestCase(true, 0ul, Unknown, Wild, Errno.ENOTTY)]
    [TestCase(true, 77ul, Get, Wild, Errno.EBADF)]
    [TestCase(false, 0ul, Get, Wild, Errno.ENOTTY)]
    public void WrongCallsAreRefused(
        bool console,
        ulong descriptor,
        ulong request,
        ulong argument,
        int error
    )
    {
        using PretendInstance instance = new();
        instance.Domain->IsConsole = console;
        Assert.That(
            instance.Call(SystemCallNumber.Ioctl, descriptor, request, argument),
            Is.EqualTo(-error)
        );
    }
}
