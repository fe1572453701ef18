using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Native;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Hostile;

/// <summary>Ten thousand calls with random numbers and arguments, the same in every run.</summary>
internal static class RandomCalls
{
    private const int Count = 10_000;
    private const int Seed = 20_261_123;

    // What would rightly end or stop the attacker itself: sleeping, dying, signals, losing its output, its memory or its
    // thread pointer. Each of these has its own attack (bad pointers, the fatal instances).
    private static readonly HashSet<long> Skipped =
    [
        0, // read: waits for the console
        3, // close: of its own output
        7, // poll: waits
        9, // mmap: may replace what is there
        10, // mprotect
        11, // munmap
        12, // brk
        13, // rt_sigaction: the runtime's handlers
        14, // rt_sigprocmask: the collector's signal
        15, // rt_sigreturn
        22, // pipe: uses up its descriptors
        23, // select: waits
        25, // mremap
        28, // madvise
        32, // dup
        33, // dup2
        34, // pause
        35, // nanosleep
        56, // clone
        57, // fork
        58, // vfork
        59, // execve
        60, // exit
        61, // wait4
        62, // kill
        72, // fcntl: duplicates
        130, // rt_sigsuspend
        158, // arch_prctl: FS
        200, // tkill
        202, // futex: waits
        218, // set_tid_address: its thread's end
        230, // clock_nanosleep
        231, // exit_group
        234, // tgkill
        271, // ppoll: waits
        292, // dup3
        293, // pipe2
        435, // clone3
        MultikernelCall.Power,
        MultikernelCall.ReflectCalls, // from then on calls about files would wait for an answer
        MultikernelCall.CopyMemory, // as memcpy does what it is told with the attacker's own memory
    ];

    public static string Run()
    {
        var random = new Random(Seed);
        nint[] interesting =
        [
            .. Arena.NeverOurs,
            0,
            2,
            3,
            63,
            4096,
            int.MaxValue,
            int.MinValue,
            Arena.Start,
            Arena.Start + 8,
            Arena.Start + 4093,
            Arena.ReadOnly,
            Arena.Unreachable,
        ];
        var succeeded = 0;
        for (var i = 0; i < Count; i++)
        {
            var number = Number(random);
            var arguments = new nint[6];
            for (var a = 0; a < arguments.Length; a++)
            {
                arguments[a] =
                    random.Next(4) == 0
                        ? (nint)random.NextInt64()
                        : interesting[random.Next(interesting.Length)];
            }

            // Writing to the console what lies in the arena says nothing; to standard output or error it would only be noise.
            if (number is 1 or 18 or 20)
            {
                arguments[0] = 1_000 + random.Next(100);
            }

            var result = SystemCalls.Invoke(
                number,
                arguments[0],
                arguments[1],
                arguments[2],
                arguments[3],
                arguments[4],
                arguments[5]
            );
            succeeded += result >= 0 ? 1 : 0;
        }

        return $"{Count} calls, {succeeded} succeeded";
    }

    private static long Number(Random random)
    {
        while (true)
        {
            var number = random.Next(10) switch
            {
                < 6 => random.Next(0, 460),
                < 9 => random.Next((int)MultikernelCall.First, (int)MultikernelCall.End + 4),
                _ => random.NextInt64(),
            };
            if (!Skipped.Contains(number))
            {
                return number;
            }
        }
    }
}
