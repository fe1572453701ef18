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

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.LinuxAbi;

/// <summary>Pipes, and waiting for several of them with poll.</summary>
[TestFixture]
[NonParallelizable]
public sealed unsafe class PipeTests
{
    private const ulong NonBlocking = 0x800;
    private const ulong Page = 4096;
    private const ushort Readable = 1;
    private const ushort Error = 8;

    /// <summary>Bytes come out as they went in, whatever the sizes, over page borders.</summary>
    [TestCase(1)]
    [TestCase(2)]
    public void BytesComeOutInOrder(int seed)
    {
        Random random = new(seed);
        using PretendInstance instance = new();
        ulong memory = instance.Map(8 * Page);
        (ulong reader, ulong writer) = Open(instance, memory, NonBlocking);
        byte written = 0;
        byte read = 0;
        byte* buffer = stackalloc byte[3 * (int)Page];
        for (int step = 0; step < 4000; step++)
        {
            ulong place = memory + 64 + (ulong)random.Next(4096);
            ulong count = (ulong)random.Next(1, 9000);
            bool isWrite = random.Next(2) == 0;
            if (isWrite)
            {
                for (ulong i = 0; i < count; i++)
                {
                    buffer[i] = (byte)(written + i);
                }
                UserMemory.TryWrite(instance.Domain, place, buffer, count);
            }
            long moved = instance.Call(
                isWrite ? SystemCallNumber.Write : SystemCallNumber.Read,
                isWrite ? writer : reader,
                place,
                count
            );
            if (moved == -Errno.EAGAIN)
            {
                continue;
            }
            Assert.That(moved, Is.InRange(1, (long)count));
            if (isWrite)
            {
                written += (byte)moved;
                continue;
            }
            UserMemory.TryRead(instance.Domain, buffer, place, (ulong)moved);
            for (long i = 0; i < moved; i++)
            {
                Assert.That(buffer[i], Is.EqualTo(read++));
            }
        }
    }

    /// <summary>What fits a pipe goes in whole or waits: the messages of two writers do not mix.</summary>
    [Test]
    public void AWriteThatFitsThePipeIsNotCut()
    {
        using PretendInstance instance = new();
        ulong memory = instance.Map(2 * Page);
        (ulong reader, ulong writer) = Open(instance, memory, 0);
        Assert.That(instance.Call(SystemCallNumber.Write, writer, memory, 4000), Is.EqualTo(4000));
        Thread* other = instance.AddThread();
        PretendInstance.Call(other, SystemCallNumber.Write, writer, memory, 100);
        Assert.That(other->State, Is.EqualTo(ThreadState.Blocked));
        Assert.That(instance.Call(SystemCallNumber.Read, reader, memory, 4000), Is.EqualTo(4000));
        Assert.That(other->State, Is.EqualTo(ThreadState.Ready), "there is room now");
    }

    [TestCase(0x10_0000ul)]
    [TestCase(0xffff_8000_0000_0000ul)]
    public void ABadBufferIsRefused(ulong address)
    {
        using PretendInstance instance = new();
        ulong memory = instance.Map(Page);
        (ulong reader, ulong writer) = Open(instance, memory, 0);
        Assert.That(
            instance.Call(SystemCallNumber.Write, writer, address, 10),
            Is.EqualTo(-Errno.EFAULT)
        );
        instance.Call(SystemCallNumber.Write, writer, memory, 10);
        Assert.That(
            instance.Call(SystemCallNumber.Read, reader, address, 10),
            Is.EqualTo(-Errno.EFAULT)
        );
        // Nothing was lost by the failed read.
        Assert.That(instance.Call(SystemCallNumber.Read, reader, memory, 99), Is.EqualTo(10));
    }

    /// <summary>poll of two pipes is woken by either, not by the passing of time.</summary>
    [TestCase(0)]
    [TestCase(1)]
    public void APollOfSeveralFilesIsWoken(int which)
    {
        using PretendInstance instance = new();
        ulong memory = instance.Map(Page);
        (ulong Reader, ulong Writer)[] pipes =
        [
            Open(instance, memory, 0),
            Open(instance, memory, 0),
        ];
        ulong entries = memory + 256;
        for (int i = 0; i < 2; i++)
        {
            instance.Write(entries + ((ulong)i * 8), (uint)pipes[i].Reader);
            instance.Write(entries + ((ulong)i * 8) + 4, Readable);
        }
        Thread* waiting = instance.AddThread();
        PretendInstance.Call(waiting, SystemCallNumber.Poll, entries, 2, ulong.MaxValue);
        Assert.That(
            (waiting->State, waiting->InSleepQueue),
            Is.EqualTo((ThreadState.Blocked, false))
        );
        instance.Call(SystemCallNumber.Write, pipes[which].Writer, memory, 1);
        Assert.That(waiting->State, Is.EqualTo(ThreadState.Ready));
        waiting->Frame.Rip += 2;
        SystemCalls.Dispatch(waiting);
        Assert.That(waiting->Frame.Rax, Is.EqualTo(1));
        Assert.That(
            instance.Read(entries + ((ulong)which * 8) + 4) >> 16,
            Is.EqualTo((uint)Readable)
        );
    }

    [Test]
    public void APollGivesUpInTime()
    {
        using PretendInstance instance = new();
        ulong memory = instance.Map(Page);
        (ulong reader, _) = Open(instance, memory, 0);
        instance.Write(memory + 256, (uint)reader);
        instance.Write(memory + 260, Readable);
        ulong due = Clock.Monotonic + 30_000_000;
        PretendInstance.Call(instance.Main, SystemCallNumber.Poll, memory + 256, 1, 30);
        Scheduler.Select();
        Assert.That(Clock.Monotonic, Is.EqualTo(due));
        instance.Main->Frame.Rip += 2;
        SystemCalls.Dispatch(instance.Main);
        Assert.That((instance.Main->Frame.Rax, instance.Main->WaitUntil), Is.EqualTo((0ul, 0ul)));
    }

    [Test]
    public void APipeWithoutReadersIsAnError()
    {
        using PretendInstance instance = new();
        ulong memory = instance.Map(Page);
        (ulong reader, ulong writer) = Open(instance, memory, 0);
        instance.Call(SystemCallNumber.Close, reader);
        instance.Write(memory + 256, (uint)writer);
        instance.Write(memory + 260, 4);
        Assert.That(instance.Call(SystemCallNumber.Poll, memory + 256, 1, 0), Is.EqualTo(1));
        Assert.That(instance.Read(memory + 260) >> 16, Is.EqualTo((uint)Error));
    }

    private static (ulong Reader, ulong Writer) Open(
        PretendInstance instance,
        ulong memory,
        ulong flags
    )
    {
        Assert.That(instance.Call(SystemCallNumber.Pipe2, memory, flags), Is.Zero);
        return (instance.Read(memory), instance.Read(memory + 4));
    }
}
