using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Threads;

namespace Cosmos.Multikernel.CpuDriver.LinuxAbi;

/// <summary>Starting and ending threads.</summary>
public static unsafe class ThreadCalls
{
    // VM | FS | FILES | SIGHAND | THREAD | SYSVSEM | SETTLS | PARENT_SETTID | CHILD_CLEARTID: what pthread_create asks for.
    private const ulong ThreadFlags = 0x3d_0f00;

    private const ulong SetFs = 0x1002;
    private const ulong GetFs = 0x1003;

    private const ulong BarrierQuery = 0;
    private const long BarrierCommands = 0x18;

    /// <summary>struct clone_args, as far as a thread needs it (Linux, include/uapi/linux/sched.h: version 0).</summary>
    private struct CloneArguments
    {
        public ulong Flags;
        public ulong PidFile;
        public ulong ChildTid;
        public ulong ParentTid;
        public ulong ExitSignal;
        public ulong Stack;
        public ulong StackSize;
        public ulong Tls;
    }

    /// <summary>clone: threads only, flags exactly as pthread_create gives them; everything else (fork) is EINVAL.</summary>
    public static long Clone(
        Thread* thread,
        ulong flags,
        ulong stack,
        ulong parentTid,
        ulong childTid,
        ulong tls
    ) => Create(thread, flags, stack, parentTid, childTid, tls);

    /// <summary>clone3: as <see cref="Clone"/>; fields after the thread pointer are ignored.</summary>
    public static long Clone3(Thread* thread, ulong address, ulong size)
    {
        CloneArguments arguments;
        if (size < (ulong)sizeof(CloneArguments) || size > AddressSpace.PageSize)
        {
            return -Errno.EINVAL;
        }
        if (!UserMemory.TryRead(thread->Domain, &arguments, address, (ulong)sizeof(CloneArguments)))
        {
            return -Errno.EFAULT;
        }
        return Create(
            thread,
            arguments.Flags,
            arguments.Stack + arguments.StackSize,
            arguments.ParentTid,
            arguments.ChildTid,
            arguments.Tls
        );
    }

    /// <summary>exit: ends the thread; the last one's status becomes the domain's.</summary>
    public static long Exit(Thread* thread, ulong status)
    {
        Domain* domain = thread->Domain;
        if (domain->Threads.Count == 1)
        {
            Ending.Exit(domain, (int)status);
            return SystemCalls.NoResult;
        }
        if (thread->ClearOnExit != 0)
        {
            UserMemory.TryWriteWord(domain, thread->ClearOnExit, 0u);
            Futex.Wake(domain, thread->ClearOnExit, 1);
        }
        domain->EndedRunTime += Scheduler.RunTimeOf(thread);
        Scheduler.Retire(thread);
        Thread.Destroy(thread);
        return SystemCalls.NoResult;
    }

    /// <summary>exit_group: ends the domain.</summary>
    public static long ExitGroup(Thread* thread, ulong status)
    {
        Ending.Exit(thread->Domain, (int)status);
        return SystemCalls.NoResult;
    }

    /// <summary>sched_yield.</summary>
    public static long Yield(Thread* thread)
    {
        Scheduler.Yield(thread);
        return 0;
    }

    /// <summary>set_tid_address: as on Linux it returns the thread's identifier.</summary>
    public static long SetClearAddress(Thread* thread, ulong address)
    {
        thread->ClearOnExit = address;
        return thread->Id;
    }

    /// <summary>arch_prctl: ARCH_SET_FS and ARCH_GET_FS; others are EINVAL.</summary>
    public static long ArchitectureControl(Thread* thread, ulong code, ulong address)
    {
        switch (code)
        {
            case SetFs:
                // A non-canonical base would fault in WRMSR.
                if (address >= AddressSpace.UserEnd)
                {
                    return -Errno.EPERM;
                }
                thread->FsBase = address;
                Cores.Cpu.WriteFsBase(address);
                return 0;
            case GetFs:
                return UserMemory.TryWriteWord(thread->Domain, address, thread->FsBase)
                    ? 0
                    : -Errno.EFAULT;
            default:
                return -Errno.EINVAL;
        }
    }

    /// <summary>membarrier: a domain runs on one core, so there is never anything to wait for.</summary>
    public static long Barrier(ulong command) => command == BarrierQuery ? BarrierCommands : 0;

    private static long Create(
        Thread* parent,
        ulong flags,
        ulong stack,
        ulong parentTid,
        ulong childTid,
        ulong tls
    )
    {
        if (flags != ThreadFlags || tls >= AddressSpace.UserEnd)
        {
            return -Errno.EINVAL;
        }
        Domain* domain = parent->Domain;
        Thread* child = Thread.Create(domain);
        if (child == null)
        {
            return -Errno.EAGAIN;
        }
        if (!UserMemory.TryWriteWord(domain, parentTid, (uint)child->Id))
        {
            Thread.Destroy(child);
            return -Errno.EFAULT;
        }
        Bytes.Copy(child->FpArea, parent->FpArea, Traps.Fpu.AreaSize);
        child->Frame = parent->Frame;
        child->Frame.Rax = 0;
        child->Frame.Rsp = stack;
        child->FsBase = tls;
        child->ClearOnExit = childTid;
        child->SignalMask = parent->SignalMask;
        child->Priority = parent->Priority;
        Scheduler.Start(child);
        return child->Id;
    }
}
