using Cosmos.Multikernel.Tests.Instances.Ladder.Rungs;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Ladder;

/// <summary>
/// What of .NET works on a core, from the simplest to the hardest: a rung that breaks explains the ones above it.
/// The same source runs in the VM, natively on Linux and is enumerated by the NUnit fixtures.
/// </summary>
internal static class LadderTable
{
    public const string Suite = "ladder";

    /// <summary>Generous: four cores under an emulator on two busy host CPUs are up to a hundred times slower than Linux.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    public static IReadOnlyList<TestCase> Cases { get; } =
    [
        new("collections-and-linq", CollectionsAndLinq.Run),
        new("statics-are-private", StaticsArePrivate.Run),
        new("shares-nothing", SharesNothing.Run, OnMetalOnly: true),
        new("environment-and-arguments", EnvironmentAndArguments.Run),
        new("exceptions-with-stack-trace", ExceptionsWithStackTrace.Run),
        new("hardware-null-reference", HardwareNullReference.Run),
        new("divide-by-zero", DivideByZero.Run),
        new("two-gigabytes-of-garbage", TwoGigabytesOfGarbage.Run),
        new("finalizers", Finalizers.Run),
        new("out-of-memory-is-catchable", OutOfMemoryIsCatchable.Run),
        new("threads", Threads.Run, Limit),
        new("locks", Locks.Run, Limit),
        new("monitor-wait-and-pulse", MonitorWaitAndPulse.Run, Limit),
        new("thread-pool", PooledWork.Run, Limit),
        new("tasks", Tasks.Run, Limit),
        new("async-await", AsyncAwait.Run, Limit),
        new("timers", Timers.Run, Limit),
        new("cancellation", Cancellation.Run, Limit),
        new("exceptions-on-many-threads", ExceptionsOnManyThreads.Run, Limit),
        new("floating-point-across-preemption", FloatingPointAcrossPreemption.Run, Limit),
        new("gc-against-tight-loops", GcAgainstTightLoops.Run, Limit),
        new("gc-with-many-threads", GcWithManyThreads.Run, Limit),
        new("clock-without-system-calls", ClockWithoutSystemCalls.Run, OnMetalOnly: true),
        new("time-random-guid", TimeRandomGuid.Run, Limit),
        new("text", TextAndNumbers.Run, Limit),
        new("parallel", ParallelLoops.Run, Limit),
    ];
}
