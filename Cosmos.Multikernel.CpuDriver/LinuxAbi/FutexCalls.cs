using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Threads;

namespace Cosmos.Multikernel.CpuDriver.LinuxAbi;

/// <summary>futex. Source: Linux man-pages, futex(2).</summary>
public static unsafe class FutexCalls
{
    private const ulong Wait = 0;
    private const ulong Wake = 1;
    private const ulong Requeue = 3;
    private const ulong CompareRequeue = 4;
    private const ulong WaitBitset = 9;
    private const ulong WakeBitset = 10;
    private const ulong PrivateFlag = 128;
    private const ulong RealtimeFlag = 256;

    private const uint AnyBits = uint.MaxValue;

    /// <summary>
    /// WAIT, WAKE, WAIT_BITSET, WAKE_BITSET, REQUEUE and CMP_REQUEUE; others are ENOSYS. With and without
    /// FUTEX_PRIVATE_FLAG a futex is known by domain and address: two domains that share memory cannot wait for each
    /// other (channels ring instead). A change of the real-time clock does not move deadlines given in it.
    /// </summary>
    public static long Futex(
        Thread* thread,
        ulong address,
        ulong operation,
        ulong value,
        ulong timeout,
        ulong address2,
        ulong value3
    )
    {
        bool realtime = (operation & RealtimeFlag) != 0;
        switch ((uint)operation & ~(uint)(PrivateFlag | RealtimeFlag))
        {
            case (uint)Wait:
                return DoWait(thread, address, (uint)value, timeout, false, realtime, AnyBits);
            case (uint)WaitBitset:
                return DoWait(thread, address, (uint)value, timeout, true, realtime, (uint)value3);
            case (uint)Wake:
                return DoWake(thread, address, value, AnyBits);
            case (uint)WakeBitset:
                return DoWake(thread, address, value, (uint)value3);
            case (uint)Requeue:
                return DoRequeue(thread, address, value, timeout, address2);
            case (uint)CompareRequeue:
                if (!UserMemory.TryReadWord(thread->Domain, address, out uint seen))
                {
                    return BadAddress(address);
                }
                return seen == (uint)value3
                    ? DoRequeue(thread, address, value, timeout, address2)
                    : -Errno.EAGAIN;
            default:
                return -Errno.ENOSYS;
        }
    }

    private static long DoWait(
        Thread* thread,
        ulong address,
        uint expected,
        ulong timeout,
        bool absolute,
        bool realtime,
        uint bits
    )
    {
        if (bits == 0)
        {
            return -Errno.EINVAL;
        }
        ulong deadline = Scheduler.Never;
        if (timeout != 0)
        {
            long error = TimeCalls.ReadTime(thread, timeout, out ulong time);
            if (error != 0)
            {
                return error;
            }
            deadline =
                !absolute ? TimeCalls.Later(Clock.Monotonic, time)
                : realtime ? TimeCalls.FromRealtime(time)
                : time;
        }
        if (!UserMemory.TryReadWord(thread->Domain, address, out uint value))
        {
            return BadAddress(address);
        }
        if (value != expected)
        {
            return -Errno.EAGAIN;
        }
        if (deadline <= Clock.Monotonic)
        {
            return -Errno.ETIMEDOUT;
        }
        Threads.Futex.Wait(thread, address, bits, deadline);
        return SystemCalls.NoResult;
    }

    private static long DoWake(Thread* thread, ulong address, ulong count, uint bits)
    {
        if (bits == 0 || (address & 3) != 0)
        {
            return -Errno.EINVAL;
        }
        return address < AddressSpace.UserEnd
            ? Threads.Futex.Wake(thread->Domain, address, CountOf(count), bits)
            : -Errno.EFAULT;
    }

    private static long DoRequeue(
        Thread* thread,
        ulong address,
        ulong wakeCount,
        ulong moveCount,
        ulong newAddress
    )
    {
        if (((address | newAddress) & 3) != 0)
        {
            return -Errno.EINVAL;
        }
        return Threads.Futex.Requeue(
            thread->Domain,
            address,
            CountOf(wakeCount),
            CountOf(moveCount),
            newAddress
        );
    }

    private static int CountOf(ulong value) => (int)value < 0 ? 0 : (int)value;

    private static long BadAddress(ulong address) =>
        (address & 3) != 0 ? -Errno.EINVAL : -Errno.EFAULT;
}
