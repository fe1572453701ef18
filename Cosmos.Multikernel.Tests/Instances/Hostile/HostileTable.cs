using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Hostile;

/// <summary>
/// An instance that means harm. Each attack must be answered with an error number, and afterwards the instance, its core
/// and all others work as before. Only on the metal: as root on Linux, random system calls do real damage.
/// </summary>
internal static class HostileTable
{
    public const string Suite = "hostile";

    public static IReadOnlyList<TestCase> Cases { get; } =
    [
        new("bad-pointers", BadPointers.Run),
        new("overflowing-lengths", OverflowingLengths.Run),
        new("unknown-calls", UnknownCalls.Run),
        new("wrong-sizes-and-handles", WrongSizesAndHandles.Run),
        new("wrong-capabilities", WrongCapabilities.Run),
        new("signal-flags", SignalFlags.Run),
        new("random-calls", RandomCalls.Run),
        new("still-works", StillWorks),
    ];

    private static string StillWorks()
    {
        var sum = 0L;
        var thread = new Thread(() =>
            sum = Enumerable.Range(0, 100_000).Select(i => new int[] { i }[0]).Sum(i => (long)i)
        );
        thread.Start();
        thread.Join();
        GC.Collect();
        Thread.Sleep(5);
        Expect.Equal(4_999_950_000, sum);
        return "survived";
    }
}
