using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Native;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Hostile;

/// <summary>Numbers that mean nothing answer ENOSYS and are counted.</summary>
internal static class UnknownCalls
{
    public static string Run()
    {
        var before = Machine.ReadStatistics().UnknownSystemCalls;
        // As on Linux the lower 32 bits say which call is meant.
        long[] numbers =
        [
            512,
            600,
            0xFFF,
            MultikernelCall.First + 0x100,
            0x1_0000,
            int.MaxValue,
            uint.MaxValue,
            long.MaxValue,
            -1,
            -4096,
        ];
        foreach (var number in numbers)
        {
            Expect.Equal(-SystemCalls.NotImplemented, SystemCalls.Invoke(number, 1, 2, 3, 4, 5, 6));
        }

        var counted = Machine.ReadStatistics().UnknownSystemCalls - before;
        Expect.That(counted >= (ulong)numbers.Length);
        return $"{numbers.Length} refused, {counted} counted";
    }
}
