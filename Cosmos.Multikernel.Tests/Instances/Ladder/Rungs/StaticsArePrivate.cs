using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Ladder.Rungs;

/// <summary>
/// The same static, at the same address in every core's instance, holds a different value on each: nobody else's
/// write is ever seen.
/// </summary>
internal static unsafe class StaticsArePrivate
{
    private static long marker;

    public static string Run()
    {
        Expect.Equal(0, Volatile.Read(ref marker));
        var mine = 1_000 + Core.Current;
        Volatile.Write(ref marker, mine);

        // The other cores write theirs in the meantime: they all started the ladder at about the same time.
        for (var i = 0; i < 10; i++)
        {
            Thread.Sleep(5);
            Expect.Equal(mine, Volatile.Read(ref marker));
        }

        fixed (long* address = &marker)
        {
            return $"{mine} at 0x{(ulong)address:x}";
        }
    }
}
