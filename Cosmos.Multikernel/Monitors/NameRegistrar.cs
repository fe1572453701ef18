using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Monitors;

/// <summary>
/// The names of this core's instances, and the way to every name's home. When a home dies, its names are registered at the
/// next one; when it comes back, there again.
/// </summary>
/// <remarks>
/// Principles.
/// <list type="number">
/// <item>A name's home is the first of its possible homes that is not dead, and dead is only whom its CPU driver says not to
/// run. What fails for any other reason is asked again.</item>
/// <item>A name that is not at its first home looks for it again and again. So whatever went wrong on the way, all monitors
/// agree on its home soon after the last death or return.</item>
/// <item>What no home has confirmed is a wish, and nobody is told of it as if its instance had the name.</item>
/// </list>
/// </remarks>
internal sealed class NameRegistrar(CoreMonitor monitor)
{
    private const int MostNames = 4096;
    private const int NoHome = -1;

    // How soon to ask a home again that had no time or no room: a full one answers at once, perhaps without any wait.
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(10);

    private readonly Dictionary<string, Entry> entries = [];
    private ulong lastNumber;
    private bool isLookingForReturns;

    /// <summary>A name of an instance of this core.</summary>
    private sealed class Entry(
        ClientDesk holder,
        NameRecord record,
        ulong number,
        int firstHome,
        ChangeSignal decided
    )
    {
        public ClientDesk Holder => holder;

        public NameRecord Record => record;

        public ulong Number => number;

        public string Name { get; } = record.Name.ToString();

        public int FirstHome => firstHome;

        /// <summary>The core of the monitor that holds it now.</summary>
        public int Home { get; set; } = NoHome;

        /// <summary>A home has confirmed it: its instance has the name, and until then only wishes for it.</summary>
        public bool IsConfirmed { get; set; }

        /// <summary>Set when the wish has been confirmed or has come to nothing.</summary>
        public ChangeSignal Decided => decided;

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
        while (entries.TryGetValue(name, out Entry? held))
        {
            if (held.IsConfirmed)
            {
                return new NameAnswer(NameVerdict.Taken, held.Record);
            }
            // Another of this core wishes for the same name: whether it gets it is its home's to say.
            try
            {
                await held.Decided.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                return new NameAnswer(NameVerdict.NotYet);
            }
        }
        if (entries.Count == MostNames)
        {
            return new NameAnswer(NameVerdict.Busy);
        }
        Entry entry = new(
            holder,
            record,
            ++lastNumber,
            Homes.First(name, monitor.Declared.Cores),
            new ChangeSignal(monitor.Loop)
        )
        {
            IsMoving = true,
        };
        entries.Add(name, entry);
        NameAnswer answer = await PlaceAsync(entry, isRenewal, deadline);
        entry.IsMoving = false;
        entry.Decided.Set();
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
        (NameAnswer answer, _) = await AskHomeAsync(
            name,
            home =>
                home is null
                    ? new(monitor.Home.LookupAsync(name, wait))
                    : home.LookupAsync(name, wait.Milliseconds, reply.Token),
            reply.Token
        );
        return answer;
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
        entry.Decided.Set();
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

    /// <summary>Registers an entry at its home.</summary>
    private async Task<NameAnswer> PlaceAsync(Entry entry, bool isRenewal, Deadline deadline)
    {
        (NameAnswer answer, int core) = await AskHomeAsync(
            entry.Name,
            home =>
                home is null
                    ? new(
                        monitor.Home.RegisterAsync(
                            registrar: null,
                            entry.Record,
                            entry.Number,
                            isRenewal,
                            deadline
                        )
                    )
                    : home.RegisterAsync(
                        entry.Record,
                        entry.Number,
                        isRenewal,
                        deadline.Milliseconds,
                        deadline.Token
                    ),
            deadline.Token
        );
        if (answer.Verdict == NameVerdict.Done)
        {
            entry.Home = core;
            entry.IsConfirmed = true;
            LookForReturns();
        }
        return answer;
    }

    /// <summary>Asks a name's home: the first of its possible homes that is not dead.</summary>
    /// <param name="name">The name.</param>
    /// <param name="ask">The question; of this monitor itself when there is no connection.</param>
    /// <param name="cancellation">Ends the asking: the answer is NotYet.</param>
    /// <returns>The answer, and the core it is from.</returns>
    private async Task<(NameAnswer Answer, int Core)> AskHomeAsync(
        string name,
        Func<MonitorPeerProxy?, ValueTask<NameAnswer>> ask,
        CancellationToken cancellation
    )
    {
        foreach (int core in Homes.Of(name, monitor.Declared.Cores))
        {
            try
            {
                return core == monitor.Core
                    ? (await ask(null), core)
                    : (await monitor.Peers.AskAsync(core, ask, cancellation), core);
            }
            catch (ChannelRefusedException)
            {
                // Dead: the next has its names.
            }
            catch (OperationCanceledException)
            {
                // Late: whoever wants to wait longer asks again.
                break;
            }
        }
        return (new NameAnswer(NameVerdict.NotYet), NoHome);
    }

    /// <summary>While names are away from their first homes: looks whether those live again, and brings them back.</summary>
    /// <remarks>A monitor that returns announces itself. Names must not stay elsewhere because that did not arrive.</remarks>
    private async void LookForReturns()
    {
        if (isLookingForReturns)
        {
            return;
        }
        isLookingForReturns = true;
        while (FindPassedOver() is { Length: > 0 } passedOver)
        {
            await monitor.Loop.Delay(Deadline.Slice);
            foreach (int core in passedOver)
            {
                if (await monitor.Peers.IsThereAsync(core))
                {
                    PeerReturned(core);
                }
            }
        }
        isLookingForReturns = false;
    }

    /// <summary>The cores at which a name would be if their monitors lived.</summary>
    private int[] FindPassedOver() =>
        [
            .. entries
                .Values.Where(entry => entry.Home != NoHome && entry.Home != entry.FirstHome)
                .SelectMany(entry =>
                    Homes
                        .Of(entry.Name, monitor.Declared.Cores)
                        .TakeWhile(core => core != entry.Home)
                )
                .Distinct(),
        ];

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
