using System.Runtime.InteropServices;

namespace Cosmos.Multikernel.Channels.Platforms.Hosted;

/// <summary>
/// Tells when another process ends, however it ends: one background thread for each process watched sleeps on its pidfd
/// (pidfd_open(2)), which no crash can keep from becoming readable.
/// </summary>
internal sealed unsafe class PeerWatcher(Action<int> ended)
{
    private const nint PidfdOpenCall = 434;
    private const short PollIn = 1;
    private readonly HashSet<int> watched = [];

    /// <summary>Watches a process once; one that is already gone is reported at once.</summary>
    public void Watch(int process)
    {
        lock (watched)
        {
            if (process == Environment.ProcessId || !watched.Add(process))
            {
                return;
            }
        }
        int descriptor = (int)Call(PidfdOpenCall, process, 0);
        if (descriptor < 0)
        {
            ended(process);
            return;
        }
        new Thread(() => Wait(process, descriptor))
        {
            IsBackground = true,
            Name = $"watch {process}",
        }.Start();
    }

    private void Wait(int process, int descriptor)
    {
        PollEntry entry = new(descriptor, PollIn, 0);
        while (Poll(&entry, 1, -1) < 1)
        {
            // Interrupted by a signal: the process still lives.
        }
        _ = CloseDescriptor(descriptor);
        ended(process);
    }

    [DllImport("libc", EntryPoint = "syscall")]
    private static extern nint Call(nint number, nint a, nint b);

    [DllImport("libc", EntryPoint = "poll")]
    private static extern int Poll(PollEntry* entries, nuint count, int milliseconds);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int CloseDescriptor(int descriptor);

    private readonly record struct PollEntry(int Descriptor, short Events, short Returned);
}
