using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Cosmos.Multikernel.Cli.Machines;

/// <summary>Where and when one of this host's threads runs: sched_setaffinity(2), sched_setscheduler(2).</summary>
internal static unsafe class HostThread
{
    private const int Fifo = 1;

    // sched_setattr(2), and nanoseconds: the shortest turn that Linux takes.
    private const long SetAttributes = 314;
    private const ulong ShortTurn = 100_000;

    // glibc's cpu_set_t, and the thread that asks.
    private const int SetBytes = 128;
    private const int Caller = 0;

    /// <summary>The processors that the calling thread may use.</summary>
    /// <exception cref="MachineException">They cannot be read.</exception>
    public static IReadOnlyList<int> Processors()
    {
        var set = ReadSet();
        return
        [
            .. Enumerable.Range(0, SetBytes * 8).Where(i => (set[i / 8] & (1 << (i % 8))) != 0),
        ];
    }

    /// <summary>Keeps the calling thread on one processor.</summary>
    /// <exception cref="MachineException">It may not use that processor.</exception>
    public static void Bind(int processor)
    {
        if (!TryBind(Caller, processor))
        {
            throw new MachineException(
                $"running on processor {processor}: {new Win32Exception().Message}"
            );
        }
    }

    /// <summary>Does something with the calling thread on one processor: what it starts begins there.</summary>
    /// <exception cref="MachineException">It may not use that processor.</exception>
    public static T OnProcessor<T>(int processor, Func<T> work)
    {
        var own = ReadSet();
        Bind(processor);
        try
        {
            return work();
        }
        finally
        {
            fixed (byte* set = own)
            {
                _ = SetAffinity(Caller, SetBytes, set);
            }
        }
    }

    /// <summary>Does that with the calling thread; see the other.</summary>
    public static bool TakeProcessor(int processor, int priority) =>
        TakeProcessor(Caller, processor, priority);

    /// <summary>
    /// Binds a thread to one processor, where it comes before all threads of ordinary priority, and of two such threads the
    /// one with the higher priority. False when this user may not do that.
    /// </summary>
    public static bool TakeProcessor(int thread, int processor, int priority) =>
        TryBind(thread, processor) && GoFirst(thread, priority);

    /// <summary>Lets a thread go before all of ordinary priority. False when this user may not do that.</summary>
    public static bool GoFirst(int thread, int priority) =>
        // The parameter structure has one member, the priority.
        SetScheduler(thread, Fifo, &priority) == 0;

    /// <summary>
    /// Has a thread run in short turns: when it wakes, it need not wait until the longer turns of others are over, and it gets no more than its
    /// share. False when this user may not do that; a Linux before 6.12 does not heed it.
    /// </summary>
    public static bool TakeShortTurns(int thread)
    {
        SchedulingAttributes attributes = new()
        {
            Size = (uint)sizeof(SchedulingAttributes),
            Runtime = ShortTurn,
        };
        return SystemCall(SetAttributes, thread, &attributes, 0) == 0;
    }

    /// <summary>Keeps a thread on one processor. False when this user may not do that.</summary>
    public static bool TryBind(int thread, int processor)
    {
        var set = stackalloc byte[SetBytes];
        set[processor / 8] = (byte)(1 << (processor % 8));
        return SetAffinity(thread, SetBytes, set) == 0;
    }

    private static byte[] ReadSet()
    {
        var bytes = new byte[SetBytes];
        fixed (byte* set = bytes)
        {
            if (GetAffinity(Caller, SetBytes, set) < 0)
            {
                throw new MachineException(
                    $"reading the processors we may use: {new Win32Exception().Message}"
                );
            }
        }

        return bytes;
    }

    [DllImport("libc", EntryPoint = "sched_getaffinity", SetLastError = true)]
    private static extern int GetAffinity(int thread, nuint size, byte* set);

    [DllImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static extern int SetAffinity(int thread, nuint size, byte* set);

    [DllImport("libc", EntryPoint = "syscall")]
    private static extern long SystemCall(
        long number,
        long thread,
        SchedulingAttributes* attributes,
        long flags
    );

    // struct sched_attr; ordinary scheduling, and no niceness, are zeros.
    [StructLayout(LayoutKind.Sequential)]
    private struct SchedulingAttributes
    {
        public uint Size;
        public uint Policy;
        public ulong Flags;
        public int Nice;
        public uint Priority;
        public ulong Runtime;
        public ulong Deadline;
        public ulong Period;
    }

    [DllImport("libc", EntryPoint = "sched_setscheduler")]
    private static extern int SetScheduler(int thread, int policy, int* priority);
}
