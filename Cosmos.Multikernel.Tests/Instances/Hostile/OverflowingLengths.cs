using Cosmos.Multikernel.Native;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Hostile;

/// <summary>Ranges whose end wraps around, reaches the kernel or is absurdly far: refused, and in bounded time.</summary>
internal static class OverflowingLengths
{
    public static string Run()
    {
        nint[] lengths =
        [
            -1,
            -4096,
            nint.MinValue,
            nint.MaxValue,
            nint.MaxValue & ~4095,
            unchecked((nint)0x0000_8000_0000_0000),
            unchecked((nint)0xFFFF_8000_0000_0000),
        ];
        var calls = 0;
        foreach (var length in lengths)
        {
            foreach (
                var start in new[]
                {
                    Arena.Start,
                    0x1000,
                    unchecked((nint)0xFFFF_8000_0000_0000),
                    -4096,
                }
            )
            {
                Refused(
                    SystemCalls.Invoke(9, start, length, 3, 0x32, -1, 0),
                    "mmap fixed",
                    start,
                    length
                );
                Refused(SystemCalls.Invoke(10, start, length, 1), "mprotect", start, length);
                Refused(SystemCalls.Invoke(11, start, length), "munmap", start, length);
                Refused(SystemCalls.Invoke(318, start, length, 0), "getrandom", start, length);
                calls += 4;
            }

            Refused(SystemCalls.Invoke(9, 0, length, 3, 0x22, -1, 0), "mmap", 0, length);
            Refused(SystemCalls.Invoke(20, 1, Arena.Start, length), "writev", Arena.Start, length);
            Refused(SystemCalls.Invoke(7, Arena.Start, length, 0), "poll", Arena.Start, length);
            calls += 3;
        }

        Refused(
            SystemCalls.Invoke(10, Arena.Start, Arena.PageSize, 7),
            "mprotect rwx",
            Arena.Start,
            Arena.PageSize
        );
        Refused(
            SystemCalls.Invoke(10, Arena.Start, Arena.PageSize, 6),
            "mprotect wx",
            Arena.Start,
            Arena.PageSize
        );
        return $"{calls + 2} calls";
    }

    private static void Refused(long result, string call, nint start, nint length)
    {
        // getrandom may give less than was asked for; everything else must refuse.
        var partial = call == "getrandom" && start == Arena.Start && result <= 2 * Arena.PageSize;
        if (result is >= 0 or < -4095 && !partial)
        {
            throw new ExpectationException($"{call}(0x{start:x}, 0x{length:x}) gave {result}");
        }
    }
}
