using System;
using System.Text;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Boot;
using Cosmos.Multikernel.CpuDriver.Capabilities;
using Cosmos.Multikernel.CpuDriver.Console;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Endpoints;
using Cosmos.Multikernel.CpuDriver.LinuxAbi;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Threads;
using Cosmos.Multikernel.CpuDriver.Traps;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Machine;

/// <summary>
/// One core of a pretended machine with several: this assembly is loaded once for each core, as each has its own statics. Only plain
/// numbers go in and out, since every core has its own types as well. The test carries the cores' messages.
/// </summary>
public static unsafe class PretendMachineCore
{
    /// <summary>Brings the core up on its partition of memory that all share.</summary>
    public static void Start(
        int index,
        int count,
        nint memory,
        ulong start,
        ulong end,
        Func<uint, nint, uint, bool, bool> carrier,
        Action<uint> looker,
        Action<uint> ringer
    )
    {
        DirectMap.Start = (byte*)memory;
        PhysicalRange range = new() { Start = start, End = end };
        FrameAllocator allocator = default;
        allocator.TryInitialise(&range, 1, DirectMap.Start);
        Frames.Adopt(&allocator);
        ThisCore.Index = (uint)index;
        ThisCore.Count = (uint)count;
        ThisCore.KernelRoot = Frames.AllocateZeroed();
        Links.Carrier = carrier;
        Links.Looker = looker;
        Links.Ringer = ringer;
        Declarations.AreOnMedia = true;
        PretendBoot.Record(end * (ulong)count, (uint)count, monitor: true);
        if (!Commitment.TryInitialise() || !Scheduler.TryInitialise())
        {
            throw new InvalidOperationException("the pretended core did not come up");
        }
        RandomGenerator.Seed();
        if (ThisCore.Index == ThisCore.Boot->ConsoleCore)
        {
            ScreenFeed.Start();
        }
    }

    /// <summary>Starts an instance; 0 when it could not be.</summary>
    public static nint StartInstance(string name)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(name);
        for (uint i = 0; i < ThisCore.Boot->ModuleCount; i++)
        {
            Module* module = ThisCore.Boot->Modules + i;
            if (new ReadOnlySpan<byte>(module->Name, (int)module->NameLength).SequenceEqual(bytes))
            {
                return Loader.Start(module) == StartResult.Started ? Find(name) : 0;
            }
        }
        return 0;
    }

    /// <summary>The running instance of a name, or 0.</summary>
    public static nint Find(string name)
    {
        fixed (byte* bytes = Encoding.ASCII.GetBytes(name))
        {
            return (nint)DomainList.FindByName(bytes, (ulong)name.Length);
        }
    }

    /// <summary>Makes a system call in an instance.</summary>
    public static long Call(nint domain, long number, ulong a, ulong b, ulong c, ulong d, ulong e)
    {
        Thread* thread = ((Domain*)domain)->Threads.First;
        return PretendInstance.Call(thread, (uint)number, a, b, c, d, e);
    }

    /// <summary>Memory of an instance for the structs of its calls.</summary>
    public static ulong MapScratch(nint domain) =>
        (ulong)Call(domain, SystemCallNumber.Mmap, 0, 4096, 3, 0x22, ulong.MaxValue);

    public static bool Write(nint domain, ulong address, byte[] bytes)
    {
        fixed (byte* source = bytes)
        {
            return UserMemory.TryWrite((Domain*)domain, address, source, (ulong)bytes.Length);
        }
    }

    public static bool Read(nint domain, ulong address, byte[] bytes)
    {
        fixed (byte* target = bytes)
        {
            return UserMemory.TryRead((Domain*)domain, target, address, (ulong)bytes.Length);
        }
    }

    /// <summary>Ends an instance. Its memory comes back by <see cref="Reap"/>.</summary>
    public static void End(nint domain) => EndWith(domain, 0);

    /// <summary>Ends an instance with an exit status.</summary>
    public static void EndWith(nint domain, int status) => Ending.Exit((Domain*)domain, status);

    /// <summary>The CPU driver's lines so far.</summary>
    public static string[] Lines() => [.. Log.Lines];

    /// <summary>The console core shows text.</summary>
    public static void Show(byte[] text)
    {
        fixed (byte* bytes = text)
        {
            ScreenFeed.Add(bytes, (uint)text.Length);
        }
    }

    /// <summary>What the CPU driver's own screen shows; null when it has not got the screen.</summary>
    public static byte[]? Shown() => TextScreen.IsRunning ? [.. TextScreen.Shown] : null;

    /// <summary>All that was typed.</summary>
    public static byte[] Typed() => [.. InstanceInput.Typed];

    /// <summary>Columns and rows of the terminal.</summary>
    public static int[] TerminalSize() => [InstanceInput.Columns, InstanceInput.Rows];

    /// <summary>How often the CPU driver took the keyboard back.</summary>
    public static int KeyboardsTaken() => ConsoleService.KeyboardsTaken;

    /// <summary>Time passes.</summary>
    public static void Wait(ulong nanoseconds) => Clock.Monotonic += nanoseconds;

    /// <summary>Takes ended instances apart, as far as it can be done now.</summary>
    public static void Reap()
    {
        while (Reaper.IsBusy)
        {
            Reaper.Step();
        }
    }

    /// <summary>A message from another core arrives.</summary>
    public static bool Deliver(int from, byte[] message)
    {
        fixed (byte* bytes = message)
        {
            return LinkDelivery.TryDeliver((uint)from, bytes, (uint)message.Length);
        }
    }

    /// <summary>There is room in the link to a core.</summary>
    public static void OnRoom(int core) => LinkDelivery.SendPending((uint)core);

    /// <summary>An interrupt line is raised; false when it is masked.</summary>
    public static bool Raise(int line)
    {
        if (IoApics.Masked[line])
        {
            return false;
        }
        uint vector = Vector.FirstDevice + (uint)line;
        DeviceInterrupts.Silence(vector);
        DeviceInterrupts.OnInterrupt(vector);
        return true;
    }

    public static void Interrupt(int vector) => DeviceInterrupts.OnInterrupt((uint)vector);

    public static bool IsMasked(int line) => IoApics.Masked[line];

    /// <summary>Free frames, frames out, bad returns, leaks, pages of others that are visible, in this order.</summary>
    public static ulong[] Counts() =>
        [
            Frames.FreeCount,
            FrameHomes.Count,
            FrameHomes.BadReturns,
            (ulong)Log.Lines.FindAll(line => line.Contains("left behind")).Count,
            (ulong)SharedFrames.Shown,
        ];

    /// <summary>Pages that an instance can write to and should not.</summary>
    public static ulong Mistakes(nint domain) => Audit.Of((Domain*)domain).SharedByMistake;
}
