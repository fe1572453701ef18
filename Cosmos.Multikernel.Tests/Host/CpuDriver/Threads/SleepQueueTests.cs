extern alias PretendCore;

using System.Runtime.InteropServices;
using NUnit.Framework;
using PretendCore::Cosmos.Multikernel.CpuDriver.Threads;
using Thread = PretendCore::Cosmos.Multikernel.CpuDriver.Threads.Thread;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Threads;

[TestFixture]
public sealed unsafe class SleepQueueTests
{
    private const int ThreadCount = 200;

    /// <summary>Against a sorted list: after every step the first is one of the earliest.</summary>
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void TheFirstIsAlwaysTheEarliest(int seed)
    {
        Random random = new(seed);
        Thread* threads = (Thread*)NativeMemory.AllocZeroed(ThreadCount, (nuint)sizeof(Thread));
        SleepQueue queue = default;
        HashSet<int> asleep = [];
        for (int step = 0; step < 20_000; step++)
        {
            int chosen = random.Next(ThreadCount);
            if (asleep.Add(chosen))
            {
                threads[chosen].Deadline = (ulong)random.Next(50);
                queue.Add(threads + chosen);
            }
            else
            {
                asleep.Remove(chosen);
                queue.Remove(threads + chosen);
            }
            bool right =
                asleep.Count == 0
                    ? queue.First == null
                    : queue.First->Deadline == asleep.Min(index => threads[index].Deadline)
                        && asleep.Contains((int)(queue.First - threads));
            Assert.That(right, Is.True, $"step {step}");
        }
        NativeMemory.Free(threads);
    }

    [Test]
    public void AllComeOutInOrder()
    {
        Random random = new(7);
        Thread* threads = (Thread*)NativeMemory.AllocZeroed(ThreadCount, (nuint)sizeof(Thread));
        SleepQueue queue = default;
        for (int i = 0; i < ThreadCount; i++)
        {
            threads[i].Deadline = (ulong)random.Next(1000);
            queue.Add(threads + i);
        }
        ulong last = 0;
        int count = 0;
        for (; queue.First != null; count++)
        {
            Assert.That(queue.First->Deadline, Is.GreaterThanOrEqualTo(last));
            last = queue.First->Deadline;
            queue.Remove(queue.First);
        }
        Assert.That(count, Is.EqualTo(ThreadCount));
        NativeMemory.Free(threads);
    }
}
