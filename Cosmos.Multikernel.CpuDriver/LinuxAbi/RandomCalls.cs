using System;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Threads;

namespace Cosmos.Multikernel.CpuDriver.LinuxAbi;

/// <summary>getrandom and what /dev/urandom gives.</summary>
public static unsafe class RandomCalls
{
    // One call hands out at most this much; callers ask again, as read(2) and getrandom(2) tell them to.
    private const ulong MostAtOnce = 0x1_0000;

    /// <summary>getrandom: never blocks; the flags make no difference; at most 64 KB at once.</summary>
    public static long Random(Thread* thread, ulong address, ulong length)
    {
        length = Math.Min(length, MostAtOnce);
        ulong done = 0;
        while (done < length)
        {
            byte* target = UserMemory.At(
                thread->Domain,
                address + done,
                Protection.Write,
                out ulong available
            );
            if (target == null)
            {
                return done == 0 ? -Errno.EFAULT : (long)done;
            }
            ulong piece = Math.Min(available, length - done);
            RandomGenerator.Fill(target, piece);
            done += piece;
        }
        return (long)done;
    }
}
