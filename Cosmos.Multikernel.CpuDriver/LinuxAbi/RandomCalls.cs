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
        UserWalk walk = new(
            thread->Domain,
            address,
            Math.Min(length, MostAtOnce),
            Protection.Write
        );
        while (walk.TryPiece(out byte* target, out ulong piece))
        {
            RandomGenerator.Fill(target, piece);
            walk.Advance(piece);
        }
        return walk.Result;
    }
}
