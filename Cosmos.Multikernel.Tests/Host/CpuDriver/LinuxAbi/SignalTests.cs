extern alias PretendCore;

using Cosmos.Multikernel.Abi;
using NUnit.Framework;
using PretendCore::Cosmos.Multikernel.CpuDriver.Domains;
using PretendCore::Cosmos.Multikernel.CpuDriver.LinuxAbi;
using PretendCore::Cosmos.Multikernel.CpuDriver.Memory;
using PretendCore::Cosmos.Multikernel.CpuDriver.Threads;
using PretendCore::Cosmos.Multikernel.Tests.Host.CpuDriver.Machine;
using Thread = PretendCore::Cosmos.Multikernel.CpuDriver.Threads.Thread;
using ThreadState = PretendCore::Cosmos.Multikernel.CpuDriver.Threads.ThreadState;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.LinuxAbi;

[TestFixture]
[NonParallelizable]
public sealed unsafe class SignalTests
{
    private const ulong Handler = 0x2000_0000;
    private const ulong Restorer = 0x2000_1000;
    private const ulong RestorerFlag = 0x0400_0000;
    private const ulong RestartFlag = 0x1000_0000;
    private const ulong UserSignal = 10;

    // Offsets in the frame that a handler finds (struct rt_sigframe).
    private const ulong RipInFrame = 8 + 40 + (16 * 8);
    private const ulong CodeInFrame = 8 + 304 + 8;

    /// <summary>The handler sees the registers, may change them, and the return takes over the change.</summary>
    [Test]
    public void AHandlerRunsAndReturns()
    {
        using PretendInstance instance = new();
        Thread* thread = Prepare(instance, 0);
        thread->Frame.Rbx = 77;
        Send(instance, thread);
        Scheduler.Select();
        Assert.That(thread->Frame.Rip, Is.EqualTo(Handler));
        ulong frame = thread->Frame.Rsp;
        Assert.Multiple(() =>
        {
            Assert.That(frame % 16, Is.EqualTo(8));
            Assert.That(ReadWord(instance, frame), Is.EqualTo(Restorer));
            Assert.That((int)instance.Read(frame + CodeInFrame), Is.EqualTo(-6));
        });
        UserMemory.TryWriteWord(instance.Domain, frame + RipInFrame, 0x3000_0000ul);
        thread->Frame.Rbx = 0;
        Return(thread);
        Assert.That(
            (thread->Frame.Rip, thread->Frame.Rbx, thread->SignalMask),
            Is.EqualTo((0x3000_0000ul, 77ul, 0ul))
        );
    }

    [Test]
    public void ASleepEndsWithTheTimeThatRemains()
    {
        using PretendInstance instance = new();
        Thread* thread = Prepare(instance, 0);
        ulong memory = instance.Map(4096);
        UserMemory.TryWriteWord(instance.Domain, memory, 5ul);
        PretendInstance.Call(thread, SystemCallNumber.Nanosleep, memory, memory + 64);
        Assert.That(thread->State, Is.EqualTo(ThreadState.Blocked));
        Send(instance, thread);
        Assert.That((long)thread->Frame.Rax, Is.EqualTo(-Errno.EINTR));
        Assert.That(ReadWord(instance, memory + 64), Is.EqualTo(5));
        Scheduler.Select();
        Assert.That(thread->Frame.Rip, Is.EqualTo(Handler));
    }

    /// <summary>A read from an empty pipe: with SA_RESTART it is made again after the handler.</summary>
    [TestCase(0ul)]
    [TestCase(RestartFlag)]
    public void ABlockedReadEndsOrIsMadeAgain(ulong flags)
    {
        using PretendInstance instance = new();
        Thread* thread = Prepare(instance, flags);
        ulong memory = instance.Map(4096);
        Assert.That(instance.Call(SystemCallNumber.Pipe2, memory, 0), Is.Zero);
        ulong reader = instance.Read(memory);
        ulong after = thread->Frame.Rip;
        PretendInstance.Call(thread, SystemCallNumber.Read, reader, memory, 8);
        Assert.That(thread->State, Is.EqualTo(ThreadState.Blocked));
        Send(instance, thread);
        Scheduler.Select();
        Return(thread);
        Assert.That(
            (thread->Frame.Rip, (long)thread->Frame.Rax),
            Is.EqualTo(
                flags == 0 ? (after, -Errno.EINTR) : (after - 2, (long)SystemCallNumber.Read)
            )
        );
    }

    /// <summary>A futex wait without a deadline is made again as a read is; one with a deadline ends.</summary>
    [TestCase(RestartFlag, false)]
    [TestCase(RestartFlag, true)]
    [TestCase(0ul, false)]
    public void ABlockedFutexEndsOrIsMadeAgain(ulong flags, bool deadline)
    {
        using PretendInstance instance = new();
        Thread* thread = Prepare(instance, flags);
        ulong memory = instance.Map(4096);
        UserMemory.TryWriteWord(instance.Domain, memory + 64, 5ul);
        ulong after = thread->Frame.Rip;
        PretendInstance.Call(
            thread,
            SystemCallNumber.Futex,
            memory,
            0,
            0,
            deadline ? memory + 64 : 0
        );
        Assert.That(thread->State, Is.EqualTo(ThreadState.Blocked));
        Send(instance, thread);
        Scheduler.Select();
        Return(thread);
        Assert.That(
            (thread->Frame.Rip, (long)thread->Frame.Rax),
            Is.EqualTo(
                flags == 0 || deadline
                    ? (after, -Errno.EINTR)
                    : (after - 2, (long)SystemCallNumber.Futex)
            )
        );
    }

    /// <summary>A signal that comes between two slices of a long call is taken when the call is done, not some time later.</summary>
    [Test]
    public void ASignalDuringALongCallComesAtItsEnd()
    {
        const ulong Pages = 3000;
        using PretendInstance instance = new(limitPages: 8192);
        Thread* thread = Prepare(instance, 0);
        ulong memory = instance.Map(Pages * 4096);
        for (ulong page = 0; page < Pages; page++)
        {
            instance.Write(memory + (page * 4096), 1);
        }
        ulong after = thread->Frame.Rip;
        thread->Frame.Rax = SystemCallNumber.Munmap;
        thread->Frame.Rdi = memory;
        thread->Frame.Rsi = Pages * 4096;
        SystemCalls.Dispatch(thread);
        Assert.That(thread->Frame.Rip, Is.EqualTo(after - 2), "one slice is not enough");
        Send(instance, thread);
        for (int slices = 0; thread->Frame.Rip == after - 2 && slices < 10; slices++)
        {
            Scheduler.Select();
            thread->Frame.Rip = after;
            SystemCalls.Dispatch(thread);
        }
        // The end of the trap that did the last slice.
        Scheduler.Select();
        Assert.That(thread->Frame.Rip, Is.EqualTo(Handler));
    }

    [Test]
    public void AllSignalsThatWaitAreTakenAtOnce()
    {
        using PretendInstance instance = new();
        Thread* thread = Prepare(instance, 0);
        ulong action = instance.Map(4096);
        UserMemory.TryWriteWord(instance.Domain, action, Handler + 16);
        instance.Call(SystemCallNumber.RtSigaction, UserSignal + 2, action, 0, 8);
        thread->PendingSignals = (1ul << 9) | (1ul << 11);
        Scheduler.DrawAttention();
        Scheduler.Select();
        Assert.That((thread->Frame.Rip, thread->PendingSignals), Is.EqualTo((Handler + 16, 0ul)));
        // The second handler returns into the first.
        Return(thread);
        Assert.That(thread->Frame.Rip, Is.EqualTo(Handler));
    }

    [Test]
    public void ASignalHeldBackWaits()
    {
        using PretendInstance instance = new();
        Thread* thread = Prepare(instance, 0);
        thread->SignalMask = 1ul << ((int)UserSignal - 1);
        ulong rip = thread->Frame.Rip;
        Send(instance, thread);
        Scheduler.Select();
        Assert.That(thread->Frame.Rip, Is.EqualTo(rip));
        thread->SignalMask = 0;
        Scheduler.DrawAttention();
        Scheduler.Select();
        Assert.That(thread->Frame.Rip, Is.EqualTo(Handler));
    }

    /// <summary>Whatever would fault in ring 0 on the way back ends the domain instead.</summary>
    [TestCase(0x8000_0000_0000ul)]
    [TestCase(0xffff_ffff_8010_0000ul)]
    public void AnImpossibleReturnEndsTheDomain(ulong rip)
    {
        using PretendInstance instance = new();
        Thread* thread = Prepare(instance, 0);
        Send(instance, thread);
        Scheduler.Select();
        UserMemory.TryWriteWord(instance.Domain, thread->Frame.Rsp + RipInFrame, rip);
        Return(thread);
        Assert.That(instance.Domain->State, Is.EqualTo(DomainState.Ended));
        Assert.That(instance.Domain->EndStatus, Is.EqualTo(Signal.Segv));
    }

    [Test]
    public void WithoutAHandlerTheDomainEnds()
    {
        using PretendInstance instance = new();
        instance.Call(
            SystemCallNumber.Tgkill,
            (ulong)instance.Domain->Id,
            (ulong)instance.Main->Id,
            Signal.Abort
        );
        instance.AddThread();
        try
        {
            Scheduler.Select();
        }
        catch (PretendCore::Cosmos.Multikernel.CpuDriver.Cores.AsleepForeverException)
        {
            // Its last thread is gone.
        }
        Assert.That(instance.Domain->EndStatus, Is.EqualTo(Signal.Abort));
    }

    // The main thread, with a stack and a handler for UserSignal.
    private static Thread* Prepare(PretendInstance instance, ulong flags)
    {
        ulong stack = instance.Map(16 * 4096);
        instance.Main->Frame.Rsp = stack + (16 * 4096);
        ulong action = instance.Map(4096);
        UserMemory.TryWriteWord(instance.Domain, action, Handler);
        UserMemory.TryWriteWord(instance.Domain, action + 8, RestorerFlag | flags);
        UserMemory.TryWriteWord(instance.Domain, action + 16, Restorer);
        long set = instance.Call(SystemCallNumber.RtSigaction, UserSignal, action, 0, 8);
        Assert.That(set, Is.Zero);
        return instance.Main;
    }

    private static void Send(PretendInstance instance, Thread* thread)
    {
        Thread* sender = instance.AddThread();
        long sent = PretendInstance.Call(
            sender,
            SystemCallNumber.Tgkill,
            (ulong)instance.Domain->Id,
            (ulong)thread->Id,
            UserSignal
        );
        Assert.That(sent, Is.Zero);
        PretendInstance.Call(sender, SystemCallNumber.Exit, 0);
    }

    // What the handler's return and the restorer do.
    private static void Return(Thread* thread)
    {
        thread->Frame.Rsp += 8;
        thread->Frame.Rax = SystemCallNumber.RtSigreturn;
        SystemCalls.Dispatch(thread);
    }

    private static ulong ReadWord(PretendInstance instance, ulong address)
    {
        UserMemory.TryReadWord(instance.Domain, address, out ulong value);
        return value;
    }
}
