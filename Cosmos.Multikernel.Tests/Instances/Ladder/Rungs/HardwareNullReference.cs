using System.Runtime.CompilerServices;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Ladder.Rungs;

/// <summary>A null reference is a page fault of the CPU that becomes a catchable exception.</summary>
internal static class HardwareNullReference
{
    private sealed class Node
    {
        public int Value = 1;
        public Node? Next;
    }

    public static string Run()
    {
        const int Rounds = 500;
        for (var i = 0; i < Rounds; i++)
        {
            // Locals live across the fault: the handler must give every register back.
            long a = i,
                b = i * 3L,
                c = i * 5L,
                d = i * 7L;
            double e = i * 0.5;
            try
            {
                Read(None());
                throw new ExpectationException("nothing was thrown");
            }
            catch (NullReferenceException)
            {
                Expect.Equal(i * 16L, a + b + c + d);
                Expect.Equal(i * 0.5, e);
            }
        }

        Expect.Throws<NullReferenceException>(() => None()!.Next = new Node());
        Expect.Throws<NullReferenceException>(() => _ = None()!.Next!.Next);
        Expect.Throws<NullReferenceException>(() => None()!.ToString());
        return $"{Rounds} caught";
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Read(Node? node) => node!.Value;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Node? None() => null;
}
