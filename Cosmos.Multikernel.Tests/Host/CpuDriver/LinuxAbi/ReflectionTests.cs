extern alias PretendCore;

using System.Text;
using Cosmos.Multikernel.Abi;
using NUnit.Framework;
using PretendCore::Cosmos.Multikernel.CpuDriver.LinuxAbi;
using PretendCore::Cosmos.Multikernel.CpuDriver.Memory;
using PretendCore::Cosmos.Multikernel.CpuDriver.Threads;
using PretendCore::Cosmos.Multikernel.Tests.Host.CpuDriver.Machine;
using Thread = PretendCore::Cosmos.Multikernel.CpuDriver.Threads.Thread;
using ThreadState = PretendCore::Cosmos.Multikernel.CpuDriver.Threads.ThreadState;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.LinuxAbi;

/// <summary>Calls that an instance answers itself: whose they are, in which order they come, how they end.</summary>
[TestFixture]
[NonParallelizable]
public sealed unsafe class ReflectionTests
{
    private const ulong Page = 4096;
    private const ulong CallSize = 56;
    private const ulong ClientsDescriptor = 32;
    private const int SomeSignal = 34;

    [Test]
    public void CallsAreAnsweredHereWhileNobodyListens()
    {
        using PretendInstance instance = new();
        ulong path = Put(instance, "/tmp/file");
        Assert.That(instance.Call(SystemCallNumber.Open, path), Is.EqualTo(-Errno.ENOENT));
        Assert.That(
            instance.Call(SystemCallNumber.Read, ClientsDescriptor),
            Is.EqualTo(-Errno.EBADF)
        );
        Assert.That(Take(instance, out _), Is.EqualTo(-Errno.EAGAIN));
        Assert.That(
            instance.Call(Own(MultikernelCall.CompleteCall), 1, 0),
            Is.EqualTo(-Errno.ESRCH)
        );
    }

    [Test]
    public void WhatIsToBeDoneBeforeThePowerGoesIsTheClients()
    {
        using PretendInstance instance = new();
        uint prepare = Own(MultikernelCall.PrepareForPowerOff);
        Assert.That(instance.Call(prepare), Is.EqualTo(-Errno.ENOSYS));
        Thread* caller = instance.AddThread();
        Listen(instance);
        PretendInstance.Call(caller, prepare);
        Assert.That(caller->State, Is.EqualTo(ThreadState.Blocked));
        Assert.That(Take(instance, out ReflectedCall call), Is.Zero);
        Assert.That(call.Number, Is.EqualTo(prepare));
        Assert.That(Complete(instance, caller, 5), Is.Zero);
        Assert.That((long)caller->Frame.Rax, Is.EqualTo(5));
    }

    [Test]
    public void ACallWaitsUntilItIsAnswered()
    {
        using PretendInstance instance = new();
        ulong path = Put(instance, "/tmp/file");
        Thread* caller = instance.AddThread();
        Listen(instance);
        PretendInstance.Call(caller, SystemCallNumber.Openat, 1, path, 3, 4, 5, 6);
        Assert.That(caller->State, Is.EqualTo(ThreadState.Blocked));
        Assert.That(Take(instance, out ReflectedCall call), Is.Zero);
        Assert.That(call.Number, Is.EqualTo(SystemCallNumber.Openat));
        Assert.That(call.Thread, Is.EqualTo((uint)caller->Id));
        ulong[] arguments = [1, path, 3, 4, 5, 6];
        for (int i = 0; i < arguments.Length; i++)
        {
            Assert.That(call.Arguments[i], Is.EqualTo(arguments[i]));
        }
        Assert.That(Take(instance, out _), Is.EqualTo(-Errno.EAGAIN));
        Assert.That(caller->State, Is.EqualTo(ThreadState.Blocked));
        Assert.That(Complete(instance, caller, 77), Is.Zero);
        Assert.That(caller->State, Is.EqualTo(ThreadState.Ready));
        Assert.That((long)caller->Frame.Rax, Is.EqualTo(77));
        Assert.That(Complete(instance, caller, 78), Is.EqualTo(-Errno.ESRCH));
    }

    [Test]
    public void CallsComeInTheirOrderAndEndInAny()
    {
        using PretendInstance instance = new();
        Listen(instance);
        const int Count = 5;
        Thread*[] callers = new Thread*[Count];
        for (int i = 0; i < Count; i++)
        {
            callers[i] = instance.AddThread();
            PretendInstance.Call(callers[i], SystemCallNumber.Fsync, ClientsDescriptor + (ulong)i);
        }
        for (int i = 0; i < Count; i++)
        {
            Assert.That(Take(instance, out ReflectedCall call), Is.Zero);
            Assert.That(call.Arguments[0], Is.EqualTo(ClientsDescriptor + (ulong)i));
        }
        for (int i = Count - 1; i >= 0; i--)
        {
            Assert.That(Complete(instance, callers[i], i), Is.Zero);
            Assert.That((long)callers[i]->Frame.Rax, Is.EqualTo(i));
        }
    }

    [TestCase("/dev/urandom")]
    [TestCase("/dev/no-such-device")]
    [TestCase("/proc/self/maps")]
    [TestCase("/proc")]
    [TestCase("/sys/devices/system/cpu/online")]
    public void WhatTheRuntimeReadsAboutItsCoreIsNeverReflected(string path)
    {
        using PretendInstance instance = new();
        ulong place = Put(instance, path);
        long before = instance.Call(SystemCallNumber.Access, place);
        Listen(instance);
        Assert.That(instance.Call(SystemCallNumber.Access, place), Is.EqualTo(before));
        Assert.That(Take(instance, out _), Is.EqualTo(-Errno.EAGAIN));
    }

    [TestCase("/")]
    [TestCase("relative")]
    [TestCase("")]
    [TestCase("/process")]
    [TestCase("/devices/x")]
    [TestCase("/proc/mounts")]
    [TestCase("/tmp")]
    public void OtherPathsAre(string path)
    {
        using PretendInstance instance = new();
        ulong place = Put(instance, path);
        Listen(instance);
        Assert.That(IsReflected(instance, SystemCallNumber.Stat, place));
        Assert.That(IsReflected(instance, SystemCallNumber.Newfstatat, 0, place, 0, 0));
        Assert.That(IsReflected(instance, SystemCallNumber.Mkdir, place));
    }

    [Test]
    public void PathsThatCannotBeReadAreTheClientsToRefuse()
    {
        using PretendInstance instance = new();
        Listen(instance);
        Assert.That(IsReflected(instance, SystemCallNumber.Open, 0xdead_0000));
        Assert.That(IsReflected(instance, SystemCallNumber.Open, ulong.MaxValue));
    }

    [Test]
    public void TheConsolesPipesAndBuiltInFilesStayHere()
    {
        using PretendInstance instance = new();
        ulong memory = instance.Map(Page);
        Listen(instance);
        Assert.That(instance.Call(SystemCallNumber.Pipe2, memory, 0), Is.Zero);
        ulong reader = instance.Read(memory);
        Assert.That(instance.Call(SystemCallNumber.Fstat, reader, memory + 64), Is.Zero);
        Assert.That(instance.Call(SystemCallNumber.Fstat, 1, memory + 64), Is.Zero);
        Assert.That(instance.Call(SystemCallNumber.Fsync, 1), Is.EqualTo(-Errno.EINVAL));
        Assert.That(instance.Call(SystemCallNumber.Close, reader), Is.Zero);
        Assert.That(IsReflected(instance, SystemCallNumber.Close, reader));
        Assert.That(IsReflected(instance, SystemCallNumber.Close, ulong.MaxValue));
        ulong empty = Put(instance, "");
        const ulong EmptyPath = 0x1000;
        Assert.That(
            instance.Call(SystemCallNumber.Newfstatat, 1, empty, memory + 64, EmptyPath),
            Is.Zero
        );
        Assert.That(
            IsReflected(instance, SystemCallNumber.Newfstatat, 40, empty, memory + 64, EmptyPath)
        );
    }

    [Test]
    public void NoSignalEndsAReflectedCall()
    {
        using PretendInstance instance = new();
        Listen(instance);
        ulong memory = instance.Map(Page);
        // A handler for the signal, without SA_RESTART.
        instance.Write(memory, 0x2000_0000);
        Assert.That(instance.Call(SystemCallNumber.RtSigaction, SomeSignal, memory, 0, 8), Is.Zero);
        Thread* caller = instance.AddThread();
        PretendInstance.Call(caller, SystemCallNumber.Read, ClientsDescriptor, memory, 10);
        instance.Call(
            SystemCallNumber.Tgkill,
            (ulong)instance.Domain->Id,
            (ulong)caller->Id,
            SomeSignal
        );
        Assert.That(caller->State, Is.EqualTo(ThreadState.Blocked));
        Take(instance, out _);
        Assert.That(Complete(instance, caller, 10), Is.Zero);
        Assert.That((long)caller->Frame.Rax, Is.EqualTo(10));
        Assert.That(caller->PendingSignals, Is.Not.Zero);
    }

    [Test]
    public void SwitchingItOffEndsAllThatWait()
    {
        using PretendInstance instance = new();
        Listen(instance);
        Assert.That(instance.Call(Own(MultikernelCall.ReflectCalls), 1), Is.EqualTo(-Errno.EBUSY));
        Assert.That(instance.Call(Own(MultikernelCall.ReflectCalls), 2), Is.EqualTo(-Errno.EINVAL));
        Thread* taken = instance.AddThread();
        Thread* waiting = instance.AddThread();
        PretendInstance.Call(taken, SystemCallNumber.Fsync, 40);
        PretendInstance.Call(waiting, SystemCallNumber.Fsync, 40);
        Take(instance, out _);
        Assert.That(instance.Call(Own(MultikernelCall.ReflectCalls), 0), Is.Zero);
        Assert.That((long)taken->Frame.Rax, Is.EqualTo(-Errno.EIO));
        Assert.That((long)waiting->Frame.Rax, Is.EqualTo(-Errno.EIO));
        Assert.That(instance.Call(SystemCallNumber.Fsync, 40), Is.EqualTo(-Errno.EBADF));
    }

    [Test]
    public void AnInstanceThatEndsWithCallsUnderWayLeavesNothing()
    {
        PretendInstance instance = new();
        Listen(instance);
        PretendInstance.Call(instance.AddThread(), SystemCallNumber.Fsync, 40);
        PretendInstance.Call(instance.AddThread(), SystemCallNumber.Fsync, 40);
        Take(instance, out _);
        instance.Dispose();
    }

    [Test]
    public void ABadPlaceForACallLosesNone()
    {
        using PretendInstance instance = new();
        Listen(instance);
        PretendInstance.Call(instance.AddThread(), SystemCallNumber.Fsync, 40);
        Assert.That(
            instance.Call(Own(MultikernelCall.TakeCall), 0x10, CallSize),
            Is.EqualTo(-Errno.EFAULT)
        );
        ulong memory = instance.Map(Page);
        Assert.That(
            instance.Call(Own(MultikernelCall.TakeCall), memory, CallSize + 8),
            Is.EqualTo(-Errno.EINVAL)
        );
        Assert.That(Take(instance, out _), Is.Zero);
    }

    [Test]
    public void CopiesGoAsFarAsTheMemory()
    {
        using PretendInstance instance = new();
        // With a hole behind it: what is mapped next goes below.
        ulong memory = instance.Map(24 * Page);
        Assert.That(instance.Call(SystemCallNumber.Munmap, memory + 20 * Page, 4 * Page), Is.Zero);
        instance.Write(memory + 8, 0x1234_5678);
        uint copy = Own(MultikernelCall.CopyMemory);
        Assert.That(instance.Call(copy, memory + 4 * Page + 4, memory + 8, 4), Is.EqualTo(4));
        Assert.That(instance.Read(memory + 4 * Page + 4), Is.EqualTo(0x1234_5678));
        ulong end = memory + 20 * Page;
        Assert.That(instance.Call(copy, end - 100, memory, 300), Is.EqualTo(100));
        Assert.That(instance.Call(copy, memory, end - 100, 300), Is.EqualTo(100));
        Assert.That(instance.Call(copy, end, memory, 1), Is.EqualTo(-Errno.EFAULT));
        Assert.That(instance.Call(copy, memory, end, 1), Is.EqualTo(-Errno.EFAULT));
        Assert.That(
            instance.Call(copy, memory, ulong.MaxValue - 10, 100),
            Is.EqualTo(-Errno.EFAULT)
        );
        Assert.That(instance.Call(copy, ulong.MaxValue, memory, 1), Is.EqualTo(-Errno.EFAULT));
        Assert.That(instance.Call(copy, memory, memory, 0), Is.Zero);
        // No more at a time than a slice.
        Assert.That(
            instance.Call(copy, memory, memory + Page, ulong.MaxValue),
            Is.EqualTo(1 << 16)
        );
    }

    private static uint Own(long number) => (uint)number;

    private static void Listen(PretendInstance instance) =>
        Assert.That(instance.Call(Own(MultikernelCall.ReflectCalls), 1), Is.Zero);

    private static ulong Put(PretendInstance instance, string text)
    {
        ulong place = instance.Map(Page);
        fixed (byte* bytes = Encoding.UTF8.GetBytes(text + "\0"))
        {
            UserMemory.TryWrite(
                instance.Domain,
                place,
                bytes,
                (ulong)Encoding.UTF8.GetByteCount(text) + 1
            );
        }
        return place;
    }

    private static long Take(PretendInstance instance, out ReflectedCall call)
    {
        ulong place = instance.Map(Page);
        long result = instance.Call(
            Own(MultikernelCall.TakeCall),
            place,
            (ulong)sizeof(ReflectedCall)
        );
        fixed (ReflectedCall* into = &call)
        {
            UserMemory.TryRead(instance.Domain, into, place, (ulong)sizeof(ReflectedCall));
        }
        return result;
    }

    private static long Complete(PretendInstance instance, Thread* thread, long result) =>
        instance.Call(Own(MultikernelCall.CompleteCall), (ulong)thread->Id, (ulong)result);

    private static bool IsReflected(
        PretendInstance instance,
        uint number,
        params ReadOnlySpan<ulong> arguments
    )
    {
        Thread* caller = instance.AddThread();
        PretendInstance.Call(caller, number, arguments);
        bool isReflected =
            caller->State == ThreadState.Blocked && caller->Block == BlockKind.Reflected;
        if (isReflected)
        {
            Take(instance, out _);
            Complete(instance, caller, 0);
        }
        return isReflected;
    }
}
