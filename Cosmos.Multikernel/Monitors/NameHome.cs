using System.Runtime.CompilerServices;

namespace Cosmos.Multikernel.Monitors;

/// <summary>
/// The names whose home this monitor is: who has them, and who waits for them. It holds only what the registrars of the
/// holders' cores have told it, and forgets it when they die.
/// </summary>
internal sealed class NameHome(CoreMonitor monitor)
{
    private const int MostWaiting = 16_384;

    // How long names of dead homes may take to arrive here before somebody else may take them. Their registrars begin when
    // the CPU drivers tell them of the death; under an emulator with busy host CPUs that is not at once.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, Entry> entries = [];
    private readonly Dictionary<string, ChangeSignal> awaited = [];
    private readonly long start = monitor.Loop.Platform.Now;
    private int waiting;

    private sealed record Entry(PeerDesk? Registrar, NameRecord Record, ulong Number);

    /// <summary>How many names it takes.</summary>
    public int MostNames { get; set; } = 16_384;

    /// <summary>How many names somebody waits for.</summary>
    public int Awaited => awaited.Count;

    /// <summary>The names held now.</summary>
    public IEnumerable<NameRecord> All => entries.Values.Select(entry => entry.Record);

    /// <summary>Registers a name.</summary>
    /// <param name="registrar">The holder's monitor; null for this one.</param>
    /// <param name="record">The name and who has it.</param>
    /// <param name="number">Grows with each registration of the registrar.</param>
    /// <param name="isRenewal">It was registered before, at a home that has died.</param>
    /// <param name="deadline">Longest wait.</param>
    public async Task<NameAnswer> RegisterAsync(
        PeerDesk? registrar,
        NameRecord record,
        ulong number,
        bool isRenewal,
        Deadline deadline
    )
    {
        string name = record.Name.ToString();
        if (!isRenewal && !entries.ContainsKey(name) && SettlingTime(name) is { } settling)
        {
            try
            {
                await monitor.Loop.Delay(settling, deadline.Token);
            }
            catch (OperationCanceledException)
            {
                return new NameAnswer(NameVerdict.NotYet);
            }
            // It may have been given up, and even taken back, in the very turn in which the time was over.
            if (deadline.Token.IsCancellationRequested || registrar is { IsSuperseded: true })
            {
                return new NameAnswer(NameVerdict.NotYet);
            }
        }
        if (entries.TryGetValue(name, out Entry? held))
        {
            // The registrar of a core is the authority on what its instances have; a late message of its own is older.
            if (held.Record.Core != record.Core)
            {
                return new NameAnswer(NameVerdict.Taken, held.Record);
            }
            if (number < held.Number)
            {
                return new NameAnswer(NameVerdict.NotYet);
            }
        }
        else if (entries.Count >= MostNames)
        {
            return new NameAnswer(NameVerdict.Busy);
        }
        entries[name] = new Entry(registrar, record, number);
        if (awaited.Remove(name, out ChangeSignal? signal))
        {
            signal.Set();
        }
        return new NameAnswer(NameVerdict.Done, record);
    }

    /// <summary>Takes back a registration of a core, unless it has made a newer one of the name.</summary>
    public void Unregister(int core, string name, ulong number)
    {
        if (
            entries.TryGetValue(name, out Entry? held)
            && held.Record.Core == core
            && held.Number <= number
        )
        {
            entries.Remove(name);
        }
    }

    /// <summary>A registrar has died, and with it all that it has registered.</summary>
    public void Forget(PeerDesk registrar)
    {
        foreach (
            string name in entries
                .Where(entry => entry.Value.Registrar == registrar)
                .Select(entry => entry.Key)
                .ToArray()
        )
        {
            entries.Remove(name);
        }
    }

    /// <summary>Finds a name, waiting for it until the deadline.</summary>
    public async Task<NameAnswer> LookupAsync(string name, Deadline deadline)
    {
        while (true)
        {
            if (entries.TryGetValue(name, out Entry? held))
            {
                return new NameAnswer(NameVerdict.Done, held.Record);
            }
            if (deadline.Milliseconds == 0 || deadline.Token.IsCancellationRequested)
            {
                return new NameAnswer(NameVerdict.NotFound);
            }
            if (waiting == MostWaiting)
            {
                return new NameAnswer(NameVerdict.Busy);
            }
            if (!awaited.TryGetValue(name, out ChangeSignal? signal))
            {
                signal = new ChangeSignal(monitor.Loop);
                awaited.Add(name, signal);
            }
            waiting++;
            try
            {
                await signal.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                return new NameAnswer(NameVerdict.NotFound);
            }
            finally
            {
                waiting--;
                if (signal.Waiting == 0 && awaited.GetValueOrDefault(name) == signal)
                {
                    // The last who waited: a name that never came is not remembered.
                    awaited.Remove(name);
                }
            }
        }
    }

    /// <summary>The names held now, as a stream.</summary>
    public async IAsyncEnumerable<NameRecord> AllAsync(
        [EnumeratorCancellation] CancellationToken cancellation = default
    )
    {
        foreach (NameRecord record in All.ToArray())
        {
            cancellation.ThrowIfCancellationRequested();
            yield return record;
        }
        await ValueTask.CompletedTask;
    }

    /// <summary>
    /// How long a new registration has to wait for those that may be on their way here: where this is not the name's first home
    /// (so that has died), and after a restart.
    /// </summary>
    private TimeSpan? SettlingTime(string name)
    {
        // A slice's worth in pieces: the waiting side asks again and again, and each time waits.
        if (Homes.First(name, monitor.Declared.Cores) != monitor.Core)
        {
            return Settling / 2;
        }
        if (!monitor.IsRestarted)
        {
            return null;
        }
        TimeSpan since = TimeSpan.FromMicroseconds((monitor.Loop.Platform.Now - start) / 1e3);
        return since < Settling ? Settling - since : null;
    }
}
