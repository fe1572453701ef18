using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Boot;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Endpoints;
using Cosmos.Multikernel.CpuDriver.LinuxAbi;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Threads;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Machine;

/// <summary>
/// A domain on the pretended core with one thread, whose system calls the test makes. Disposing ends it and checks that
/// every frame came back. There is one core for all tests, as its state is static: fixtures are not parallel.
/// </summary>
public sealed unsafe class PretendInstance : IDisposable
{
    private const ulong MemoryBytes = 96 << 20;

    private static bool s_booted;
    private readonly ulong _freeBefore;

    public PretendInstance(ulong limitPages = 4096)
    {
        Boot();
        _freeBefore = Frames.FreeCount;
        byte[] name = Encoding.ASCII.GetBytes("test");
        fixed (byte* bytes = name)
        {
            Domain = DomainList.Create(bytes, (uint)name.Length, limitPages);
        }
        Domain->Files.OpenStandard();
        Main = AddThread();
        Scheduler.Select();
    }

    public Domain* Domain { get; }

    public Thread* Main { get; }

    public AddressSpace* Space => &Domain->Space;

    public static void Boot()
    {
        if (s_booted)
        {
            return;
        }
        s_booted = true;
        DirectMap.Start = (byte*)NativeMemory.AlignedAlloc((nuint)MemoryBytes, 4096);
        PhysicalRange range = new() { Start = FrameAllocator.FrameSize, End = MemoryBytes };
        FrameAllocator allocator = default;
        allocator.TryInitialise(&range, 1, DirectMap.Start);
        Frames.Adopt(&allocator);
        ThisCore.KernelRoot = Frames.AllocateZeroed();
        PretendBoot.Record(memoryEnd: MemoryBytes, cores: ThisCore.Count, monitor: false);
        if (!Commitment.TryInitialise() || !Scheduler.TryInitialise())
        {
            throw new InvalidOperationException("the pretended core did not come up");
        }
        RandomGenerator.Seed();
        // The first frames of entries are never given back.
        ChannelEntries.Free(ChannelEntries.Allocate());
    }

    /// <summary>Takes every channel entry that the core can have.</summary>
    /// <returns>Their handles.</returns>
    public static List<uint> TakeChannelEntries()
    {
        Boot();
        List<uint> taken = [];
        for (uint handle; (handle = ChannelEntries.Allocate()) != ChannelEntries.None; )
        {
            taken.Add(handle);
        }
        return taken;
    }

    public static void ReturnChannelEntries(List<uint> handles) =>
        handles.ForEach(ChannelEntries.Free);

    public Thread* AddThread()
    {
        Thread* thread = Thread.Create(Domain);
        thread->Frame.Rip = 0x1000_0000;
        Scheduler.Start(thread);
        return thread;
    }

    /// <summary>Makes a system call and lets the scheduler choose; the result counts only if the call did not block.</summary>
    public static long Call(Thread* thread, uint number, params ReadOnlySpan<ulong> arguments)
    {
        Span<ulong> all = stackalloc ulong[6];
        arguments.CopyTo(all);
        thread->Frame.Rax = number;
        thread->Frame.Rdi = all[0];
        thread->Frame.Rsi = all[1];
        thread->Frame.Rdx = all[2];
        thread->Frame.R10 = all[3];
        thread->Frame.R8 = all[4];
        thread->Frame.R9 = all[5];
        ulong after = thread->Frame.Rip;
        SystemCalls.Dispatch(thread);
        // A long call is made again slice by slice.
        while (thread->State == ThreadState.Ready && thread->Frame.Rip == after - 2)
        {
            thread->Frame.Rip = after;
            SystemCalls.Dispatch(thread);
        }
        return (long)thread->Frame.Rax;
    }

    public long Call(uint number, params ReadOnlySpan<ulong> arguments) =>
        Call(Main, number, arguments);

    /// <summary>Anonymous memory, readable and writable.</summary>
    public ulong Map(ulong bytes, ulong protection = 3, ulong flags = 0x22) =>
        (ulong)Call(SystemCallNumber.Mmap, 0, bytes, protection, flags);

    public void Write(ulong address, uint value)
    {
        if (!UserMemory.TryWriteWord(Domain, address, value))
        {
            throw new InvalidOperationException($"cannot write {address:x}");
        }
    }

    public uint Read(ulong address) =>
        UserMemory.TryReadWord(Domain, address, out uint value)
            ? value
            : throw new InvalidOperationException($"cannot read {address:x}");

    public void Dispose()
    {
        if (Domain->State == DomainState.Running)
        {
            Ending.Exit(Domain, 0);
        }
        while (Reaper.IsBusy)
        {
            Reaper.Step();
        }
        if (Frames.FreeCount != _freeBefore || Commitment.Outstanding != 0)
        {
            throw new InvalidOperationException(
                $"{_freeBefore - Frames.FreeCount} frames and {Commitment.Outstanding} promises left behind"
            );
        }
    }
}
