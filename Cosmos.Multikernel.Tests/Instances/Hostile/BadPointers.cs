using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Native;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Hostile;

/// <summary>Every call that takes a pointer is given those it must refuse.</summary>
internal static unsafe class BadPointers
{
    /// <summary>A call that reads or writes memory.</summary>
    /// <param name="Name">For the report.</param>
    /// <param name="Writes">Whether it writes there: then read-only memory is a bad pointer, too.</param>
    /// <param name="Call">Makes the call with this pointer.</param>
    /// <param name="Errors">The only right answers, if there are any.</param>
    private sealed record Probe(
        string Name,
        bool Writes,
        Func<nint, long> Call,
        params long[] Errors
    );

    private const long NoEntry = -2;
    private const long BadPointer = -14;

    // Fresh memory is zero: an empty path.
    private static readonly nint Empty = Arena.ReadOnly;

    // A capability to ask about.
    private static readonly nint Capability = (nint)
        SystemCalls.Invoke(MultikernelCall.AllocateFrame, Arena.PageSize, Arena.PageSize);

    private static readonly List<Probe> Probes =
    [
        new("write", false, p => SystemCalls.Invoke(1, 1, p, 32)),
        new("writev", false, p => SystemCalls.Invoke(20, 1, p, 1)),
        new("open", false, p => SystemCalls.Invoke(2, p)),
        new("openat", false, p => SystemCalls.Invoke(257, -100, p)),
        new("stat", false, p => SystemCalls.Invoke(4, p, Arena.Start)),
        new("readlink", false, p => SystemCalls.Invoke(89, p, Arena.Start, 64)),
        new("lstat", false, p => SystemCalls.Invoke(6, p, Arena.Start)),
        new("access", false, p => SystemCalls.Invoke(21, p, 0)),
        new("faccessat", false, p => SystemCalls.Invoke(269, -100, p, 0)),
        new("readlinkat", false, p => SystemCalls.Invoke(267, -100, p, Arena.Start, 64)),
        new("newfstatat", false, p => SystemCalls.Invoke(262, -100, p, Arena.Start, 0)),
        new("newfstatat of a descriptor", true, p => SystemCalls.Invoke(262, 1, Empty, p, 0x1000)),
        new("uname", true, p => SystemCalls.Invoke(63, p)),
        new("getcwd", true, p => SystemCalls.Invoke(79, p, 64)),
        new("getrlimit", true, p => SystemCalls.Invoke(97, 3, p)),
        new("rt_sigpending", true, p => SystemCalls.Invoke(127, p, 8)),
        new("getcpu", true, p => SystemCalls.Invoke(309, p, 0)),
        new("getcpu node", true, p => SystemCalls.Invoke(309, 0, p)),
        new("pipe", true, p => SystemCalls.Invoke(22, p)),
        new("audit", true, p => SystemCalls.Invoke(MultikernelCall.Audit, p, sizeof(AuditResult))),
        new("fstat", true, p => SystemCalls.Invoke(5, 1, p)),
        new("rt_sigaction in", false, p => SystemCalls.Invoke(13, 10, p, 0, 8)),
        new("rt_sigaction out", true, p => SystemCalls.Invoke(13, 10, 0, p, 8)),
        new("rt_sigprocmask in", false, p => SystemCalls.Invoke(14, 0, p, 0, 8)),
        new("rt_sigprocmask out", true, p => SystemCalls.Invoke(14, 0, 0, p, 8)),
        new("pipe2", true, p => SystemCalls.Invoke(293, p, 0)),
        new("nanosleep", false, p => SystemCalls.Invoke(35, p, 0)),
        new("clock_nanosleep", false, p => SystemCalls.Invoke(230, 1, 0, p, 0)),
        new("clock_gettime", true, p => SystemCalls.Invoke(228, 1, p)),
        new("clock_getres", true, p => SystemCalls.Invoke(229, 1, p)),
        new("gettimeofday", true, p => SystemCalls.Invoke(96, p, 0)),
        new("time", true, p => SystemCalls.Invoke(201, p)),
        new("futex wake", false, p => SystemCalls.Invoke(202, p | 3, 1, 1)),
        new("futex wait", false, p => SystemCalls.Invoke(202, p & ~3, 0, 0x5EED, 0)),
        new("futex timeout", false, p => SystemCalls.Invoke(202, Arena.Start, 0, 0, p)),
        new("sysinfo", true, p => SystemCalls.Invoke(99, p)),
        new("getrusage", true, p => SystemCalls.Invoke(98, 0, p)),
        new("prlimit64", true, p => SystemCalls.Invoke(302, 0, 3, 0, p)),
        new("getrandom", true, p => SystemCalls.Invoke(318, p, 32, 0)),
        new("sched_getaffinity", true, p => SystemCalls.Invoke(204, 0, 8, p)),
        new("arch_prctl", true, p => SystemCalls.Invoke(158, 0x1003, p)),
        new("clone3", false, p => SystemCalls.Invoke(435, p, 88)),
        new("poll", true, p => SystemCalls.Invoke(7, p, 1, 0)),
        new(
            "identity",
            true,
            p => SystemCalls.Invoke(MultikernelCall.Identity, p, sizeof(Identity))
        ),
        new(
            "core statistics",
            true,
            p => SystemCalls.Invoke(MultikernelCall.CoreStatistics, p, sizeof(CoreStatistics))
        ),
        new(
            "declared instance",
            true,
            p =>
                SystemCalls.Invoke(
                    MultikernelCall.DeclaredInstance,
                    0,
                    p,
                    sizeof(InstanceDeclaration)
                )
        ),
        new(
            "connect",
            true,
            p => SystemCalls.Invoke(MultikernelCall.Connect, p, sizeof(ConnectRequest))
        ),
        new(
            "accept",
            true,
            p => SystemCalls.Invoke(MultikernelCall.Accept, p, sizeof(AcceptResult))
        ),
        new(
            "identify",
            true,
            p => Ask(MultikernelCall.IdentifyCapability, p, sizeof(CapabilityDescription)),
            BadPointer
        ),
        new(
            "mint",
            false,
            p => Ask(MultikernelCall.MintCapability, p, sizeof(MintRequest)),
            BadPointer
        ),
        new(
            "bind interrupt",
            true,
            p => Ask(MultikernelCall.BindInterrupt, p, sizeof(InterruptBinding)),
            BadPointer
        ),
        new(
            "permit",
            false,
            p => SystemCalls.Invoke(MultikernelCall.Permit, 0, p, sizeof(PermitRequest)),
            BadPointer
        ),
        // A core that does not trace has nothing to copy.
        new(
            "read trace",
            true,
            p => SystemCalls.Invoke(MultikernelCall.ReadTrace, 0, p, Arena.PageSize),
            BadPointer,
            NoEntry
        ),
    ];

    private static long Ask(long call, nint pointer, nint size) =>
        SystemCalls.Invoke(call, Capability, pointer, size);

    public static string Run()
    {
        List<string> wrong = [];
        var calls = 0;
        foreach (var probe in Probes)
        {
            // The last bytes of reachable memory, the rest beyond: what straddles must fail as a whole.
            List<nint> pointers = [.. Arena.NeverOurs, Arena.Unreachable, Arena.Unreachable - 2];
            if (probe.Writes)
            {
                pointers.Add(Arena.ReadOnly);
            }

            foreach (var pointer in pointers)
            {
                if (probe.Name == "write" && pointer == Arena.Unreachable - 2)
                {
                    // The two bytes that can be read are rightly written.
                    continue;
                }

                calls++;
                var result = probe.Call(pointer);
                if (
                    result is >= 0 or < -4095
                    || (probe.Errors.Length != 0 && !probe.Errors.Contains(result))
                )
                {
                    wrong.Add($"{probe.Name}(0x{pointer:x}) gave {result}");
                }
            }
        }

        foreach (var line in wrong)
        {
            Console.WriteLine(line);
        }

        Expect.Equal(0, wrong.Count);
        Expect.That(
            new ReadOnlySpan<byte>((void*)Arena.ReadOnly, (int)Arena.PageSize).IndexOfAnyExcept(
                (byte)0
            ) < 0
        );
        return $"{calls} calls";
    }
}
