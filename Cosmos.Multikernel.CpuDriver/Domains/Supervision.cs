// Starts instances again that ended, as the boot media say (restart=always, on-failure or never).
//
// Principles
// - The core's CPU driver does it, for the monitor and for all others alike. It alone learns of every end, that of a program
//   which dies before it has spoken to anybody included, and nothing can survive its own end: no one supervises the supervisor.
// - A new life begins when the last one's memory is back. So two lives never overlap, and a restart needs no more than what
//   was there before.
// - Too many restarts in too short a time (RestartRate), or no memory: the instance stays ended, and the log says so.
// - A new life gets what the boot media grant, as the first did; what its peers gave the last one is gone.

using Cosmos.Multikernel.CpuDriver.Boot;
using Cosmos.Multikernel.CpuDriver.Console;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Endpoints;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Traps;

namespace Cosmos.Multikernel.CpuDriver.Domains;

public static unsafe class Supervision
{
    /// <summary>What is kept about a module that runs on this core.</summary>
    private struct Record
    {
        /// <summary>How often it was started.</summary>
        public uint Lives;

        /// <summary>It starts again when its memory is back.</summary>
        public bool IsDue;

        public RestartRate Rate;
    }

    private static Record* s_records;

    /// <summary>Makes the table; nothing has been started yet.</summary>
    public static void Start()
    {
        ulong bytes = ThisCore.Boot->ModuleCount * (ulong)sizeof(Record);
        uint frames = (uint)((bytes + FrameAllocator.FrameSize - 1) / FrameAllocator.FrameSize);
        if (frames == 0)
        {
            return;
        }
        ulong run = Frames.AllocateRun(frames);
        if (run == FrameAllocator.None)
        {
            Panic.Stop("no memory for the table of instances"u8);
        }
        s_records = (Record*)DirectMap.At(run);
        Cpu.MemorySet(s_records, 0, frames * FrameAllocator.FrameSize);
    }

    /// <summary>A module is started.</summary>
    /// <returns>Which of its lives begins, from 0.</returns>
    public static uint BeginLife(Module* module) => s_records[IndexOf(module)].Lives++;

    /// <summary>A life came to nothing: there was no memory for it.</summary>
    public static void TakeBackLife(Module* module) => s_records[IndexOf(module)].Lives--;

    /// <summary>An instance is ending: decides whether it starts again, and ends the line about it.</summary>
    public static void Decide(Domain* domain, int status)
    {
        uint index = Declarations.ModuleOf(domain);
        if (index == Declarations.None || !Wants(ThisCore.Boot->Modules + index, status))
        {
            return;
        }
        Record* record = s_records + index;
        record->IsDue = record->Rate.TryCount(Clock.Monotonic);
        if (record->IsDue)
        {
            Log.Text("; starts again"u8);
            return;
        }
        Log.Text("; not started again: "u8);
        Log.Number(RestartRate.Most);
        Log.Text(" restarts within "u8);
        Log.Number(RestartRate.Within / Clock.NanosecondsPerSecond);
        Log.Text(" s"u8);
    }

    /// <summary>Whether the instance of a module starts again as soon as it can.</summary>
    public static bool IsDue(uint module) => module != Declarations.None && s_records[module].IsDue;

    /// <summary>An ended instance's memory is back.</summary>
    public static void OnGone(uint module)
    {
        if (IsDue(module))
        {
            s_records[module].IsDue = false;
            Loader.Start(ThisCore.Boot->Modules + module);
        }
    }

    /// <summary>Somebody starts an instance by hand: its restarts are counted anew.</summary>
    public static void Forgive(uint module) => s_records[module].Rate.Forgive();

    private static bool Wants(Module* module, int status) =>
        module->Restart switch
        {
            RestartPolicy.Always => true,
            RestartPolicy.OnFailure => status != 0,
            RestartPolicy.Unsaid => module->IsMonitor,
            _ => false,
        };

    private static uint IndexOf(Module* module) => (uint)(module - ThisCore.Boot->Modules);
}
