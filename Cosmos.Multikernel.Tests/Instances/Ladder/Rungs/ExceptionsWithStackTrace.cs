using System.Runtime.CompilerServices;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Ladder.Rungs;

/// <summary>Throwing, filters, finally, rethrow and the names in the trace.</summary>
internal static class ExceptionsWithStackTrace
{
    public static string Run()
    {
        var finallies = 0;
        for (var i = 0; i < 200; i++)
        {
            try
            {
                try
                {
                    Outer(i);
                }
                finally
                {
                    finallies++;
                }
            }
            catch (InvalidOperationException exception) when (exception.Message == $"round {i}")
            {
                continue;
            }

            throw new ExpectationException("nothing was thrown");
        }

        Expect.Equal(200, finallies);
        var caught = Expect.Throws<InvalidOperationException>(() => Outer(7));
        var trace = caught.StackTrace ?? "";
        Expect.That(trace.Contains(nameof(Inner)));
        Expect.That(trace.Contains(nameof(Outer)));

        var wrapped = Expect.Throws<AggregateException>(() => throw new AggregateException(caught));
        Expect.That(ReferenceEquals(caught, wrapped.InnerException));
        Expect.Throws<IndexOutOfRangeException>(() => _ = Empty()[3]);
        Expect.Throws<InvalidCastException>(() => _ = (string)(object)finallies);
        return trace.Split('\n')[0].Trim();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Outer(int round)
    {
        try
        {
            Inner(round);
        }
        catch (InvalidOperationException)
        {
            throw;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Inner(int round) => throw new InvalidOperationException($"round {round}");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int[] Empty() => [];
}
