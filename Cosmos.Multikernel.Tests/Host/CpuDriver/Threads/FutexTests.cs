extern alias PretendCore;

using Cosmos.Multikernel.Abi;
using NUnit.Framework;
using PretendCore::Cosmos.Multikernel.CpuDriver.Cores;
using PretendCore::Cosmos.Multikernel.CpuDriver.LinuxAbi;
using PretendCore::Cosmos.Multikernel.CpuDriver.Memory;
using PretendCore::Cosmos.Multikernel.CpuDriver.Threads;
using PretendCore::Cosmos.Multikernel.Tests.Host.CpuDriver.Machine;
using Thread = PretendCore::Cosmos.Multikernel.CpuDriver.Threads.Thread;
using ThreadState = PretendCore::Cosmos.Multikernel.CpuDriver.Threads.ThreadState;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Threads;

[TestFixture]
[NonParallelizable]
public sealed unsafe class FutexTests
{
    private const ulong Wait = 0;
    private const ulong Wake = 1;
    private const ulong Requeue = 3;
    private const ulong WaitBitset = 9;
    private const ulong WakeBitset = 10;
    private const ulong Realtime = 256;
    private const ulong AnyBits = uint.MaxValue;

    [Test]
    public void AChangedWordDoesNotWait()
    {
        using PretendInstance instance = new();
        ulong word = instance.Map(4096);
        instance.Write(word, 5);
        Assert.That(Futex(instance.Main, word, Wait, 4), Is.EqualTo(-Errno.EAGAIN));
        Assert.That(instance.Main->State, Is.EqualTo(ThreadState.Ready));
    }

    /// <summary>The longest waiting is woken first, each with result 0.</summary>
    [Test]
    public void WakingKeepsTheOrder()
    {
        using PretendInstance instance = new();
        ulong word = instance.Map(4096);
        ulong[] waiting = new ulong[5];
        for (int i = 0; i < waiting.Length; i++)
        {
            Thread* thread = instance.AddThread();
            waiting[i] = (ulong)thread;
            Futex(thread, word, Wait, 0);
        }
        for (int i = 0; i < waiting.Length; i++)
        {
            Assert.That(Futex(instance.Main, word, Wake, 1), Is.EqualTo(1));
            Assert.That(
                waiting.Select(thread => ((Thread*)thread)->State == ThreadState.Ready),
                Is.EqualTo(Enumerable.Range(0, waiting.Length).Select(other => other <= i))
            );
            Assert.That(((Thread*)waiting[i])->Frame.Rax, Is.Zero);
        }
        Assert.That(Futex(instance.Main, word, Wake, 1), Is.Zero);
    }

    [Test]
    public void OnlyMatchingBitsAreWoken()
    {
        using PretendInstance instance = new();
        ulong word = instance.Map(4096);
        Thread* odd = instance.AddThread();
        Thread* even = instance.AddThread();
        PretendInstance.Call(odd, SystemCallNumber.Futex, word, WaitBitset, 0, 0, 0, 1);
        PretendInstance.Call(even, SystemCallNumber.Futex, word, WaitBitset, 0, 0, 0, 2);
        Assert.That(
            instance.Call(SystemCallNumber.Futex, word, WakeBitset, 9, 0, 0, 2),
            Is.EqualTo(1)
        );
        Assert.That(
            (odd->State, even->State),
            Is.EqualTo((ThreadState.Blocked, ThreadState.Ready))
        );
    }

    /// <summary>Relative, absolute and real-time deadlines come when they are due, not before.</summary>
    [TestCase(Wait)]
    [TestCase(WaitBitset)]
    [TestCase(WaitBitset | Realtime)]
    public void ATimeoutComesWhenDue(ulong operation)
    {
        const ulong Span = 5_000_000;
        using PretendInstance instance = new();
        ulong memory = instance.Map(4096);
        ulong from =
            operation == Wait ? 0
            : (operation & Realtime) != 0 ? Clock.Realtime
            : Clock.Monotonic;
        ulong due = Clock.Monotonic + Span;
        WriteTime(instance, memory + 64, from + Span);
        PretendInstance.Call(
            instance.Main,
            SystemCallNumber.Futex,
            memory,
            operation,
            0,
            memory + 64,
            0,
            AnyBits
        );
        Assert.That(instance.Main->State, Is.EqualTo(ThreadState.Blocked));
        Scheduler.Select();
        Assert.Multiple(() =>
        {
            Assert.That((long)instance.Main->Frame.Rax, Is.EqualTo(-Errno.ETIMEDOUT));
            Assert.That(Clock.Monotonic, Is.EqualTo(due));
            // Nothing is left behind to be woken a second time.
            Assert.That(Futex(instance.Main, memory, Wake, 9), Is.Zero);
        });
    }

    [Test]
    public void RequeuedThreadsAreWokenAtTheNewPlace()
    {
        using PretendInstance instance = new();
        ulong first = instance.Map(4096);
        ulong second = first + 256;
        Thread*[] waiting = new Thread*[4];
        for (int i = 0; i < waiting.Length; i++)
        {
            waiting[i] = instance.AddThread();
            Futex(waiting[i], first, Wait, 0);
        }
        long touched = instance.Call(SystemCallNumber.Futex, first, Requeue, 1, 2, second);
        Assert.Multiple(() =>
        {
            Assert.That(touched, Is.EqualTo(3));
            Assert.That(Futex(instance.Main, second, Wake, 9), Is.EqualTo(2));
            Assert.That(Futex(instance.Main, first, Wake, 9), Is.EqualTo(1));
        });
    }

    [TestCase(0x1ul)]
    [TestCase(0xffff_8000_0000_0000ul)]
    [TestCase(0x7fff_ffff_fffcul)]
    [TestCase(0x10_0000ul)]
    public void BadAddressesAreRefused(ulong address)
    {
        using PretendInstance instance = new();
        Assert.That(
            Futex(instance.Main, address, Wait, 0),
            Is.EqualTo(-Errno.EFAULT).Or.EqualTo(-Errno.EINVAL)
        );
    }

    /// <summary>A random mix of waiting with and without deadline and of waking: nobody is forgotten, nobody woken twice.</summary>
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void NoWakeUpIsLostOrDoubled(int seed)
    {
        Random random = new(seed);
        using PretendInstance instance = new();
        ulong memory = instance.Map(4096);
        ulong[] threads = new ulong[40];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = (ulong)instance.AddThread();
        }
        for (int step = 0; step < 20_000; step++)
        {
            Thread* thread = (Thread*)threads[random.Next(threads.Length)];
            ulong word = memory + (ulong)(random.Next(4) * 4);
            if (thread->State == ThreadState.Ready)
            {
                ulong timeout = random.Next(2) == 0 ? 0 : memory + 64;
                WriteTime(instance, memory + 64, (ulong)random.Next(1, 3_000_000));
                PretendInstance.Call(thread, SystemCallNumber.Futex, word, Wait, 0, timeout);
                Assert.That(thread->State, Is.EqualTo(ThreadState.Blocked));
            }
            else if (random.Next(2) == 0)
            {
                int waiting = threads.Count(other =>
                    ((Thread*)other)->State == ThreadState.Blocked
                    && ((Thread*)other)->FutexAddress == word
                );
                ulong count = (ulong)random.Next(5);
                Assert.That(
                    Futex(instance.Main, word, Wake, count),
                    Is.EqualTo(Math.Min((long)count, waiting))
                );
            }
            else
            {
                Clock.Monotonic += (ulong)random.Next(1_000_000);
                Scheduler.OnTimer();
                Scheduler.Select();
                Assert.That(
                    threads.Any(other =>
                        ((Thread*)other)->InSleepQueue
                        && ((Thread*)other)->Deadline <= Clock.Monotonic
                    ),
                    Is.False
                );
            }
        }
    }

    private static long Futex(Thread* thread, ulong address, ulong operation, ulong value) =>
        PretendInstance.Call(
            thread,
            SystemCallNumber.Futex,
            address,
            operation,
            value,
            0,
            0,
            AnyBits
        );

    private static void WriteTime(PretendInstance instance, ulong address, ulong nanoseconds)
    {
        UserMemory.TryWriteWord(instance.Domain, address, nanoseconds / 1_000_000_000);
        UserMemory.TryWriteWord(instance.Domain, address + 8, nanoseconds % 1_000_000_000);
    }
}
