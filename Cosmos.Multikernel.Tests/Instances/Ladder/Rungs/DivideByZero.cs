using System.Runtime.CompilerServices;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Ladder.Rungs;

/// <summary>Integer division faults become exceptions; floating-point division does not fault.</summary>
internal static class DivideByZero
{
    public static string Run()
    {
        for (var i = 0; i < 100; i++)
        {
            Expect.Throws<DivideByZeroException>(() => Divide(i, 0));
            Expect.Throws<DivideByZeroException>(() => Remainder(i, 0));
        }

        Expect.Throws<OverflowException>(() => Divide(int.MinValue, -1));
        Expect.Throws<OverflowException>(() => _ = checked(int.MaxValue + Divide(2, 2)));
        Expect.Equal(double.PositiveInfinity, 1.0 / Divide(0, 1));
        Expect.Equal(5, Divide(10, 2));
        return "";
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Divide(int a, int b) => a / b;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Remainder(int a, uint b) => (ulong)a % b;
}
