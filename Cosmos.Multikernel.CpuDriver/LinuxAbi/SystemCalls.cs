// The system calls of an unmodified static NativeAOT program.
// Principles:
//  1. Exactly what the .NET runtime and its C library need; the rest is ENOSYS and counted by number.
//  2. Files and sockets of the world outside are messages to driver cores, not code here: calls about them are reflected to
//     the instance, which sends the messages (Reflection). What is built in is what the runtime reads about its own core and
//     domain.
//  3. A user's number is a number: addresses go through UserMemory, which checks and never faults; sums that could wrap are
//     written as differences; work in proportion to a user's number is cut into slices.
//  4. A call that has to wait leaves its frame as it was and blocks; when it is woken it either has its result already
//     or is made again (RIP back over the instruction, RAX still its number).
// Each call's deviations from Linux are in its own comment.

using System;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Endpoints;
using Cosmos.Multikernel.CpuDriver.Threads;
using Cosmos.Multikernel.CpuDriver.Traps;
using N = Cosmos.Multikernel.Abi.SystemCallNumber;

namespace Cosmos.Multikernel.CpuDriver.LinuxAbi;

public static unsafe class SystemCalls
{
    /// <summary>Returned by a call that leaves the frame alone: blocked, to be made again, or another context by now.</summary>
    public const long NoResult = long.MinValue;

    /// <summary>Bytes of the SYSCALL instruction (0F 05).</summary>
    public const ulong InstructionLength = 2;

    /// <summary>Numbers from here are our own calls.</summary>
    public const uint FirstOwnNumber = 0x1000;

    private const int CountedNumbers = 512;

    private static UnknownCallCounters s_unknown;

    /// <summary>How often a number that nobody implements was called on this core; numbers above 511 count together as 511.</summary>
    public static uint UnknownCallCount(int number) => s_unknown.Counts[number];

    /// <summary>Serves the call in the thread's frame: number in RAX, arguments in RDI RSI RDX R10 R8 R9, result to RAX.</summary>
    public static void Dispatch(Thread* thread)
    {
        TrapFrame* frame = &thread->Frame;
        thread->Domain->SystemCalls++;
        // Linux takes the number from EAX, too.
        uint number = (uint)frame->Rax;
        if (number >= FirstOwnNumber)
        {
            MultikernelCalls.Dispatch(thread);
            return;
        }
        long result = ReflectedCalls.Include(thread, number)
            ? Reflection.Reflect(thread)
            : Call(
                thread,
                number,
                frame->Rdi,
                frame->Rsi,
                frame->Rdx,
                frame->R10,
                frame->R8,
                frame->R9
            );
        if (result != NoResult)
        {
            frame->Rax = (ulong)result;
        }
    }

    /// <summary>Lets the thread make its call again as soon as it gets the core.</summary>
    public static long Repeat(Thread* thread)
    {
        thread->Frame.Rip -= InstructionLength;
        return NoResult;
    }

    private static long Call(
        Thread* thread,
        uint number,
        ulong a,
        ulong b,
        ulong c,
        ulong d,
        ulong e,
        ulong f
    ) =>
        number switch
        {
            N.Read => TransferCalls.Read(thread, a, b, c),
            N.Write => TransferCalls.Write(thread, a, b, c),
            N.Open => FileCalls.Open(thread, a, b),
            N.Close => FileCalls.Close(thread, a),
            N.Stat or N.Lstat => FileStatusCalls.Stat(thread, a, b),
            N.Fstat => FileStatusCalls.Fstat(thread, a, b),
            N.Poll => PollCalls.Poll(thread, a, b, c),
            N.Lseek => FileCalls.Seek(thread, a, b, c),
            N.Mmap => MemoryCalls.Map(thread, a, b, c, d, e, f),
            N.Mprotect => MemoryCalls.Protect(thread, a, b, c),
            N.Munmap => MemoryCalls.Unmap(thread, a, b),
            N.Brk => MemoryCalls.Break(thread, a),
            N.RtSigaction => SignalCalls.Action(thread, a, b, c, d),
            N.RtSigprocmask => SignalCalls.Mask(thread, a, b, c, d),
            N.RtSigreturn => SignalCalls.Return(thread),
            N.Ioctl => TerminalCalls.Control(thread, a, b, c),
            N.Pread64 => TransferCalls.ReadAt(thread, a, b, c, d),
            N.Pwrite64 => TransferCalls.WriteAt(thread, a),
            N.Readv => TransferCalls.ReadVector(thread, a, b, c),
            N.Writev => TransferCalls.WriteVector(thread, a, b, c),
            N.Access => FileStatusCalls.Access(thread, a),
            N.Pipe => PipeCalls.Pipe(thread, a, 0),
            N.SchedYield => ThreadCalls.Yield(thread),
            N.Mremap => -Errno.ENOMEM,
            N.Madvise => MemoryCalls.Advise(thread, a, b, c),
            N.Dup => FileCalls.Duplicate(thread, a, 0),
            N.Nanosleep => TimeCalls.Nanosleep(thread, a, b),
            N.Getpid => thread->Domain->Id,
            N.Clone => ThreadCalls.Clone(thread, a, b, c, d, e),
            N.Exit => ThreadCalls.Exit(thread, a),
            N.Kill => SignalCalls.Kill(thread, a, b),
            N.Uname => IdentityCalls.Uname(thread, a),
            N.Fcntl => FileCalls.Fcntl(thread, a, b, c),
            N.Flock => FileCalls.Lock(thread, a),
            N.Ftruncate or N.Fallocate => FileCalls.Refuse(thread, a),
            N.Fsync or N.Fdatasync => FileCalls.Refuse(thread, a),
            N.Getcwd => IdentityCalls.CurrentDirectory(thread, a, b),
            N.Readlink => FileStatusCalls.ReadLink(thread, a),
            N.Gettimeofday => TimeCalls.TimeOfDay(thread, a),
            N.Getrlimit => ResourceCalls.Limit(thread, a, b),
            N.Getrusage => ResourceCalls.Usage(thread, a, b),
            N.Sysinfo => ResourceCalls.SystemInformation(thread, a),
            N.Getuid or N.Getgid or N.Geteuid or N.Getegid or N.Getppid => 0,
            N.RtSigpending => SignalCalls.Pending(thread, a, b),
            N.Statfs or N.Fstatfs => -Errno.ENOENT,
            N.Prctl => -Errno.EINVAL,
            N.ArchPrctl => ThreadCalls.ArchitectureControl(thread, a, b),
            N.Gettid => thread->Id,
            N.Tkill => SignalCalls.ThreadKill(thread, (ulong)thread->Domain->Id, a, b),
            N.Time => TimeCalls.Time(thread, a),
            N.Futex => FutexCalls.Futex(thread, a, b, c, d, e, f),
            N.SchedGetaffinity => IdentityCalls.Affinity(thread, a, b, c),
            N.SetTidAddress => ThreadCalls.SetClearAddress(thread, a),
            N.ClockGettime => TimeCalls.ClockTime(thread, a, b),
            N.ClockGetres => TimeCalls.ClockResolution(thread, a, b),
            N.ClockNanosleep => TimeCalls.ClockNanosleep(thread, a, b, c, d),
            N.ExitGroup => ThreadCalls.ExitGroup(thread, a),
            N.Tgkill => SignalCalls.ThreadKill(thread, a, b, c),
            N.Openat => FileCalls.Open(thread, b, c),
            N.Newfstatat => FileStatusCalls.StatAt(thread, a, b, c, d),
            N.Readlinkat => FileStatusCalls.ReadLink(thread, b),
            N.Faccessat => FileStatusCalls.Access(thread, b),
            N.Pipe2 => PipeCalls.Pipe(thread, a, b),
            N.Prlimit64 => ResourceCalls.LimitOf(thread, b, c, d),
            N.Getcpu => IdentityCalls.Cpu(thread, a, b),
            N.Getrandom => RandomCalls.Random(thread, a, b),
            N.Membarrier => ThreadCalls.Barrier(a),
            N.Clone3 => ThreadCalls.Clone3(thread, a, b),
            // glibc and .NET ask and do without.
            N.SetRobustList or N.Rseq or N.Sendfile or N.CopyFileRange => -Errno.ENOSYS,
            _ => Unknown(thread, number),
        };

    /// <summary>Counts a call with a number that means nothing; ENOSYS.</summary>
    public static long Unknown(Thread* thread, uint number)
    {
        thread->Domain->UnknownCalls++;
        s_unknown.Counts[Math.Min(number, CountedNumbers - 1)]++;
        return -Errno.ENOSYS;
    }

    private struct UnknownCallCounters
    {
        public fixed uint Counts[CountedNumbers];
    }
}
