extern alias PretendCore;

using NUnit.Framework;
using PretendCore::Cosmos.Multikernel.CpuDriver.Domains;
using PretendCore::Cosmos.Multikernel.CpuDriver.LinuxAbi;
using PretendCore::Cosmos.Multikernel.CpuDriver.Threads;
using PretendCore::Cosmos.Multikernel.Tests.Host.CpuDriver.Machine;
using Thread = PretendCore::Cosmos.Multikernel.CpuDriver.Threads.Thread;
using ThreadState = PretendCore::Cosmos.Multikernel.CpuDriver.Threads.ThreadState;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.LinuxAbi;

/// <summary>
/// Any call with any arguments is answered, by a result, by waiting or by the end of the domain; a fault in the CPU driver
/// would end this process. What the domain held comes back (<see cref="PretendInstance.Dispose"/>).
/// </summary>
[TestFixture]
[NonParallelizable]
public sealed unsafe class RandomCallsTests
{
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    [TestCase(4)]
    [TestCase(5)]
    public void AnyCallIsAnswered(int seed)
    {
        Random random = new(seed);
        for (int domain = 0; domain < 40; domain++)
        {
            using PretendInstance instance = new(limitPages: 2048);
            ulong memory = instance.Map(64 * 4096);
            ulong[] arguments = new ulong[6];
            for (int call = 0; call < 2500 && instance.Domain->State == DomainState.Running; call++)
            {
                Thread* thread = Pick(instance, random);
                if (thread == null)
                {
                    // All wait: for a time that may be years away, or for each other.
                    break;
                }
                for (int i = 0; i < arguments.Length; i++)
                {
                    arguments[i] = Value(random, memory);
                }
                uint number = (uint)random.Next(random.Next(10) == 0 ? 0x1010 : 340);
                PretendInstance.Call(thread, number, arguments);
                AssertHarmless(instance);
            }
        }
    }

    private static void AssertHarmless(PretendInstance instance)
    {
        if (instance.Domain->State != DomainState.Running)
        {
            return;
        }
        for (
            Thread* thread = instance.Domain->Threads.First;
            thread != null;
            thread = thread->NextInDomain
        )
        {
            // What IRET would refuse in ring 0: the next program counter, selectors and flags.
            bool harmless =
                thread->Frame.Rip < 0x8000_0000_0000
                && thread->Frame.Cs == 0x23
                && thread->Frame.Ss == 0x1b
                && (thread->Frame.Rflags & 0x3200) == 0x200;
            Assert.That(harmless, Is.True);
        }
        Assert.That(
            instance.Space->PrivateFrames,
            Is.LessThanOrEqualTo(instance.Space->LimitPages + 8)
        );
    }

    private static Thread* Pick(PretendInstance instance, Random random)
    {
        Thread* picked = null;
        int seen = 0;
        for (
            Thread* thread = instance.Domain->Threads.First;
            thread != null;
            thread = thread->NextInDomain
        )
        {
            if (thread->State == ThreadState.Ready && random.Next(++seen) == 0)
            {
                picked = thread;
            }
        }
        return picked;
    }

    private static ulong Value(Random random, ulong memory) =>
        random.Next(12) switch
        {
            0 => 0,
            1 => (ulong)random.Next(8),
            2 => ulong.MaxValue,
            3 => memory + (ulong)random.Next(64 * 4096),
            4 => memory + ((ulong)random.Next(64) * 4096),
            5 => 1ul << random.Next(64),
            6 => 0xffff_8000_0000_0000 + (ulong)random.Next(0x10_0000),
            7 => 0x7fff_ffff_e000 + (ulong)random.Next(0x4000),
            8 => (ulong)random.NextInt64(),
            9 => (ulong)random.Next(4096),
            10 => 4096 * (ulong)random.Next(64),
            _ => 0x3d_0f00,
        };
}
