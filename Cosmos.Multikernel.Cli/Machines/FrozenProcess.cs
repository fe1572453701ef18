using System.Runtime.InteropServices;

namespace Cosmos.Multikernel.Cli.Machines;

/// <summary>A process of Linux that stands still until this is disposed of.</summary>
internal sealed partial class FrozenProcess : IDisposable
{
    // signal(7).
    private const int Continue = 18;
    private const int Stop = 19;

    private readonly int _id;

    /// <summary>Stops it; returns when all its threads stand.</summary>
    /// <exception cref="MachineException">There is no such process.</exception>
    public FrozenProcess(int id)
    {
        _id = id;
        Send(Stop);
        while (!StandsStill())
        {
            Thread.Sleep(1);
        }
    }

    /// <summary>Lets it go on.</summary>
    public void Dispose() => Send(Continue);

    private void Send(int signal)
    {
        if (Kill(_id, signal) != 0)
        {
            throw new MachineException($"process {_id} is gone");
        }
    }

    // proc(5): the state follows the name, which is in parentheses. One that has ended does not run either.
    private bool StandsStill()
    {
        try
        {
            return Directory
                .EnumerateDirectories($"/proc/{_id}/task")
                .Select(thread => File.ReadAllText(Path.Combine(thread, "stat")))
                .All(status => status[status.LastIndexOf(')') + 2] is 'T' or 't' or 'Z' or 'X');
        }
        catch (IOException)
        {
            // A thread ended while we looked; or all of it did, and then whoever waits for it hears of that.
            return !Directory.Exists($"/proc/{_id}");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int id, int signal);
}
