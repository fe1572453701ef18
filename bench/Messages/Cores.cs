using System.Runtime.InteropServices;

namespace Cosmos.Multikernel.Bench.Messages;

/// <summary>Keeps threads on cores: sched_setaffinity(2).</summary>
internal static unsafe class Cores
{
    /// <summary>Binds the calling thread to one core.</summary>
    public static void Pin(int core)
    {
        ulong mask = 1UL << core;
        _ = SetAffinity(0, sizeof(ulong), &mask);
    }

    /// <summary>Runs the answering side on core 1 while the asking side runs here, on core 0.</summary>
    public static void RunPair(Action answer, Action ask)
    {
        Thread thread = new(() =>
        {
            Pin(1);
            answer();
        });
        Pin(0);
        thread.Start();
        ask();
        thread.Join();
    }

    [DllImport("libc", EntryPoint = "sched_setaffinity")]
    private static extern int SetAffinity(int thread, nuint size, ulong* mask);
}
