using System.Runtime.CompilerServices;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Ladder.Rungs;

/// <summary>
/// A request that cannot be met is an exception, and the program goes on. (Exhaustion of all memory is the suite
/// <c>out-of-memory</c>: it needs an instance with a limit of its own.)
/// </summary>
internal static class OutOfMemoryIsCatchable
{
    [InlineArray(1024)]
    private struct Kilobyte
    {
        private byte first;
    }

    public static string Run()
    {
        // Two terabytes: more than any core's partition and more than Linux promises a process.
        for (var i = 0; i < 3; i++)
        {
            Expect.Throws<OutOfMemoryException>(() => GC.KeepAlive(new Kilobyte[0x7FFF_0000]));
        }

        Expect.That(new byte[1_000_000].Length == 1_000_000);
        return "";
    }
}
