using System.Runtime.InteropServices;
using Cosmos.Multikernel.CpuDriver.Console;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Console;

[TestFixture]
public sealed unsafe class ByteQueueTests
{
    [Test]
    public void AgreesWithAnOrdinaryQueue() =>
        Check.One(
            Damage.Properties(300),
            Prop.ForAll(
                Gen.Choose(-9000, 9000).ArrayOf().ToArbitrary(),
                ArbMap.Default.ArbFor<uint>(),
                (moves, turned) => Run(moves, turned)
            )
        );

    /// <summary>The running counts pass 2^32 after 4 GB: a matter of days on a busy console.</summary>
    [TestCase(0u)]
    [TestCase(uint.MaxValue)]
    [TestCase(uint.MaxValue - 20_000)]
    public void TheCountsMayWrapAround(uint turned) =>
        Assert.That(Run([16_384, -10, 10, -16_384, 9000, -8000, 9000], turned), Is.True);

    // Positive: so many bytes are added; negative: taken.
    private static bool Run(int[] moves, uint turned)
    {
        ByteQueue* queue = (ByteQueue*)NativeMemory.AllocZeroed((nuint)sizeof(ByteQueue));
        try
        {
            // The two counts are the first fields.
            ((uint*)queue)[0] = turned;
            ((uint*)queue)[1] = turned;
            Queue<byte> model = [];
            byte next = 0;
            foreach (int move in moves)
            {
                for (int i = 0; i < move && queue->Room > 0; i++)
                {
                    queue->Add(next);
                    model.Enqueue(next++);
                }
                for (int i = 0; i > move && !queue->IsEmpty; i--)
                {
                    if (queue->Take() != model.Dequeue())
                    {
                        return false;
                    }
                }
                bool agreed =
                    queue->Count == model.Count
                    && queue->Room == ByteQueue.Capacity - model.Count
                    && queue->IsEmpty == (model.Count == 0);
                uint offset = 0;
                foreach (byte value in model)
                {
                    agreed &= queue->Peek(offset++) == value;
                }
                if (!agreed)
                {
                    return false;
                }
            }
            return true;
        }
        finally
        {
            NativeMemory.Free(queue);
        }
    }
}
