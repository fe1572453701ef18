using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Monitors;

/// <summary>
/// The names of this core's instances, and the way to every name's home. When a home dies, its names are registered at the
/// next one; when it comes back, there again.
/// </summary>
internal sealed class NameRegistrar(CoreMonitor monitor)
{
    private const int MostNames = 4096;
    private const int NoHome = -1;

    // How soon to ask a home again that had no time or no room: a full one answers at once, perhaps without any wait.
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(10);

    private readonly Dictionary<string, Entry> entries = [];
    private ulong lastNumber;

    /// <summary>A name of an instance of this core.</summary>
    private sealed class Entry(ClientDesk holder, NameRecord record, ulong number)
    {
        public ClientDesk Holder => holder;

        public NameRecord Record => record;

        public ulong Number => number;

        public string Name { get; } = record.Name.ToString();

        /// <summary>The core of the monitor that holds it now.</summary>
        public int Home { get; set; } = NoHome;

        /// <summary>Somebody is looking for a home for it.</summary>
        public bool IsMoving { get; set; }

        /// <summary>Something has changed while it was moving: look again.</summary>
        public bool MustMoveAgain { get; set; }
    }

    /// <summary>Registers a name of an instance of this core.</summary>
    public async Task<NameAnswer> RegisterAsync(
        ClientDesk holder,
        NameRecord record,
        bool isRenewal,
        Deadline deadline
    )
    {
        string name = record.Name.ToString();
        if (entries.TryGetValue(name, out Entry? held))
        {
            return new NameAnswer(NameVerdict.Taken, held.Record);
        }
        if (entries.Count == MostNames)
        {
            return new NameAnswer(NameVerdict.Busy);
        }
        Entry entry = new(holder, record, ++lastNumber) { IsMoving = true };
        entries.Add(name, entry);
        NameAnswer answer = await PlaceAsync(entry, isRenewal, deadline);
        entry.IsMoving = false;
        if (answer.Verdict != NameVerdict.Done)
        {
            // A home that was too slow to say so may have registered it all the same.
            Remove(entry);
        }
        else if (!IsKept(entry))
        {
            Withdraw(entry);
        }
        else if (entry.MustMoveAgain)
        {
            MoveLater(entry);
        }
        return answer;
    }

    /// <summary>Gives back a name of an instance.</summary>
    public void Unregister(ClientDesk holder, string name)
    {
        if (entries.TryGetValue(name, out Entry? entry) && entry.Holder == holder)
        {
            Remove(entry);
        }
    }

    /// <summary>An instance has ended, and with it all that it has registered.</summary>
    public void Left(ClientDesk holder)
    {
        foreach (Entry entry in entries.Values.Where(entry => entry.Holder == holder).ToArray())
        {
            Remove(entry);
        }
    }

    /// <summary>A monitor has died: the names that it held need another home.</summary>
    public void PeerEnded(int core)
    {
        foreach (Entry entry in entries.Values.Where(entry => entry.Home == core).ToArray())
        {
            entry.Home = NoHome;
            MoveLater(entry);
        }
    }

    /// <summary>A monitor has come back: names of which it is an earlier home than the present one go there.</summary>
    public void PeerReturned(int core)
    {
        foreach (
            Entry entry in entries
                .Values.Where(entry =>
                    entry.Home != core
                    && (entry.Home == NoHome || Homes.IsBefore(entry.Name, core, entry.Home))
                )
                .ToArray()
        )
        {
            MoveLater(entry);
        }
    }

    /// <summary>Finds who has a name; waits for somebody for the time given.</summary>
    public async Task<NameAnswer> LookupAsync(
        string name,
        int milliseconds,
        CancellationToken cancellation
    )
    {
        using Deadline wait = Deadline.OfSlice(monitor.Loop, milliseconds, cancellation);
        using Deadline reply = Deadline.OfReply(monitor.Loop, milliseconds, cancellation);
        foreach (int core in Homes.Of(name, monitor.Declared.Cores))
        {
            try
            {
                if (core == monitor.Core)
                {
                    return await monitor.Home.LookupAsync(name, wait);
                }
                MonitorPeerProxy peer = await monitor.Peers.GetAsync(core, reply.Token);
                return await peer.LookupAsync(name, wait.Milliseconds, reply.Token);
            }
            catch (ChannelException)
            {
                // That home is dead: the next one has its names.
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }
        return new NameAnswer(NameVerdict.NotYet);
    }

    /// <summary>All names, from all living homes.</summary>
    public async IAsyncEnumerable<NameRecord> AllAsync()
    {
        foreach (int core in monitor.Declared.Cores)
        {
            foreach (NameRecord record in await AllAtAsync(core))
            {
                yield return record;
            }
        }
    }

    private async Task<IReadOnlyList<NameRecord>> AllAtAsync(int core)
    {
        if (core == monitor.Core)
        {
            return [.. monitor.Home.All];
        }
        List<NameRecord> records = [];
        using Deadline deadline = new(monitor.Loop, Deadline.Slice);
        try
        {
            MonitorPeerProxy peer = await monitor.Peers.GetAsync(core, deadline.Token);
            await foreach (NameRecord record in peer.NamesAsync().WithCancellation(deadline.Token))
            {
                records.Add(record);
            }
        }
        catch (Exception exception)
            when (exception is ChannelException or OperationCanceledException)
        {
            // Dead: its names are at other homes or on their way there. Slow: what it told in time counts.
        }
        return records;
    }

    private bool IsKept(Entry entry) => entries.GetValueOrDefault(entry.Name) == entry;

    private void Remove(Entry entry)
    {
        if (IsKept(entry))
        {
            entries.Remove(entry.Name);
        }
        Withdraw(entry);
    }

    /// <summary>Takes an entry back from where it is or may be.</summary>
    private void Withdraw(Entry entry)
    {
        IEnumerable<int> homes =
            entry.Home == NoHome ? Homes.Of(entry.Name, monitor.Declared.Cores) : [entry.Home];
        foreach (int core in homes)
        {
            WithdrawFrom(core, entry);
        }
    }

    private async void WithdrawFrom(int core, Entry entry)
    {
        if (core == monitor.Core)
        {
            monitor.Home.Unregister(core, entry.Name, entry.Number);
        }
        else if (monitor.Peers.Find(core) is { } peer)
        {
            try
            {
                await peer.UnregisterAsync(entry.Name, entry.Number);
            }
            catch (Exception exception)
                when (exception is ChannelException or ObjectDisposedException)
            {
                // It has died, and the registration with it.
            }
        }
    }

    /// <summary>Finds the first living home for an entry and registers it there.</summary>
    private async Task<NameAnswer> PlaceAsync(Entry entry, bool isRenewal, Deadline deadline)
    {
        while (true)
        {
            foreach (int core in Homes.Of(entry.Name, monitor.Declared.Cores))
            {
                try
                {
                    if (core == monitor.Core)
                    {
                        NameAnswer own = await monitor.Home.RegisterAsync(
                            registrar: null,
                            entry.Record,
                            entry.Number,
                            isRenewal,
                            deadline
                        );
                        entry.Home = own.Verdict == NameVerdict.Done ? core : entry.Home;
                        return own;
                    }
                    MonitorPeerProxy peer = await monitor.Peers.GetAsync(core, deadline.Token);
                    NameAnswer answer = await peer.RegisterAsync(
                        entry.Record,
                        entry.Number,
                        isRenewal,
                        deadline.Milliseconds,
                        deadline.Token
                    );
                    if (answer.Verdict == NameVerdict.Done)
                    {
                        if (!monitor.Peers.IsCurrent(core, peer))
                        {
                            // It has died since it answered.
                            break;
                        }
                        entry.Home = core;
                    }
                    return answer;
                }
                catch (ChannelException)
                {
                    // Dead: the next.
                }
                catch (OperationCanceledException)
                {
                    return new NameAnswer(NameVerdict.NotYet);
                }
            }
        }
    }

    /// <summary>Moves an entry to the first living home, however long that takes; loses it when another has the name there.</summary>
    private async void MoveLater(Entry entry)
    {
        if (entry.IsMoving)
        {
            entry.MustMoveAgain = true;
            return;
        }
        entry.IsMoving = true;
        NameAnswer answer;
        while (true)
        {
            entry.MustMoveAgain = false;
            int before = entry.Home;
            using (Deadline deadline = new(monitor.Loop, Deadline.Slice))
            {
                answer = await PlaceAsync(entry, isRenewal: true, deadline);
            }
            if (before != NoHome && before != entry.Home)
            {
                WithdrawFrom(before, entry);
            }
            bool isNotYet = answer.Verdict is NameVerdict.NotYet or NameVerdict.Busy;
            if (!IsKept(entry) || !(isNotYet || entry.MustMoveAgain))
            {
                break;
            }
            if (isNotYet)
            {
                await monitor.Loop.Delay(Retry);
            }
        }
        entry.IsMoving = false;
        if (!IsKept(entry))
        {
            Withdraw(entry);
        }
        else if (answer.Verdict == NameVerdict.Taken)
        {
            Remove(entry);
            entry.Holder.TellLost(entry.Name, answer.Record);
        }
    }
}
