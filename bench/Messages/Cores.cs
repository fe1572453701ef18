using Cosmos.Multikernel.Cli.Machines;

namespace Cosmos.Multikernel.Bench.Messages;

/// <summary>Two threads that talk, each on a core of its own.</summary>
internal static class Cores
{
    /// <summary>Runs the answering side on core 1 while the asking side runs here, on core 0.</summary>
    public static void RunPair(Action answer, Action ask)
    {
        Thread thread = new(() =>
        {
            HostThread.Bind(1);
            answer();
        });
        HostThread.Bind(0);
        thread.Start();
        ask();
        thread.Join();
    }
}
