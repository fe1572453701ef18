using System.Runtime.InteropServices;

namespace Cosmos.Multikernel.Channels.Platforms.Hosted;

/// <summary>
/// Tells when another instance ends, however it ends: one background thread for each instance watched. A launcher's word is
/// waited for where there is a launcher; otherwise the thread sleeps on the process's pidfd (pidfd_open(2)), which no crash
/// can keep from becoming readable.
/// </summary>
internal sealed unsafe class PeerWatcher(string machine, Action<int, string, uint> ended)
{
    private const nint PidfdOpenCall = 434;
    private const short PollIn = 1;
    private readonly HashSet<(int Core, string Name, uint Life)> watched = [];

    /// <summary>Watches a life of an instance once; one that has ended already is reported at once.</summary>
    /// <param name="core">Its core.</param>
    /// <param name="name">Its name.</param>
    /// <param name="life">Which of its lives.</param>
    /// <param name="process">The process that is this life, 0 when it has not started yet.</param>
    public void Watch(int core, string name, uint life, int process)
    {
        HostedDomain? peer = HostedDomain.TryOpen(machine, core, name);
        bool supervised = peer is { IsSupervised: true };
        lock (watched)
        {
            if (
                (!supervised && process == Environment.ProcessId)
                || !watched.Add((core, name, life))
            )
            {
                peer?.Dispose();
                return;
            }
        }
        new Thread(() =>
        {
            bool isOther = true;
            if (supervised)
            {
                peer!.WaitForEnd(life);
            }
            else
            {
                int started = process != 0 ? process : peer!.WaitForStart();
                isOther = started != Environment.ProcessId;
                if (isOther)
                {
                    WaitForProcess(started);
                }
            }
            peer?.Dispose();
            if (isOther)
            {
                ended(core, name, life);
            }
        })
        {
            IsBackground = true,
            Name = $"watch {name} on core {core}",
        }.Start();
    }

    private static void WaitForProcess(int process)
    {
        int descriptor = (int)Call(PidfdOpenCall, process, 0);
        if (descriptor < 0)
        {
            // It is gone already.
            return;
        }
        PollEntry entry = new(descriptor, PollIn, 0);
        while (Poll(&entry, 1, -1) < 1)
        {
            // Interrupted by a signal: the process still lives.
        }
        _ = CloseDescriptor(descriptor);
    }

    [DllImport("libc", EntryPoint = "syscall")]
    private static extern nint Call(nint number, nint a, nint b);

    [DllImport("libc", EntryPoint = "poll")]
    private static extern int Poll(PollEntry* entries, nuint count, int milliseconds);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int CloseDescriptor(int descriptor);

    private readonly record struct PollEntry(int Descriptor, short Events, short Returned);
}
