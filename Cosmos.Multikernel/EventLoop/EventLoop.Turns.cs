using System.Numerics;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Channels.Platforms;

namespace Cosmos.Multikernel;

/// <content>The turns of the loop: work, timers, channels, doorbells, and sleep when there is nothing.</content>
public sealed partial class EventLoop
{
    private NotificationBit?[]? bits;

    /// <summary>Turns made so far. A loop that sleeps makes none.</summary>
    public long Turns { get; private set; }

    internal void Register(Channel channel) => byBit[channel.Handle & 63].Add(channel);

    internal void Unregister(Channel channel)
    {
        byBit[channel.Handle & 63].Remove(channel);
        hot.Remove(channel);
        owing.Remove(channel);
    }

    /// <summary>From now on a bit of the domain page (<see cref="DomainPage.RungInterrupts"/>) is looked for.</summary>
    internal void RegisterBit(int number, NotificationBit bit) =>
        (bits ??= new NotificationBit[64])[number] = bit;

    internal void UnregisterBit(int number, NotificationBit bit)
    {
        if (bits is not null && bits[number] == bit)
        {
            bits[number] = null;
        }
    }

    /// <summary>Somebody waits on the channel: look for news of it.</summary>
    internal void MakeHot(Channel channel)
    {
        if (!channel.IsHot)
        {
            channel.IsHot = true;
            channel.VainLooks = 0;
            hot.Add(channel);
        }
    }

    /// <summary>Somebody begins to wait on a channel that has ended: no notification will come to say so.</summary>
    internal void LookOnce() => looksOnce = true;

    /// <summary>The channel has stored something its peer may be asleep for.</summary>
    internal void Owe(Channel channel)
    {
        if (!channel.IsOwing)
        {
            channel.IsOwing = true;
            owing.Add(channel);
        }
    }

    /// <summary>Makes turns on the calling thread until done: the simulator makes one at a time.</summary>
    internal void RunUntil(Func<bool> done)
    {
        EventLoop? outer = current;
        SynchronizationContext? outerContext = global::System
            .Threading
            .SynchronizationContext
            .Current;
        current = this;
        global::System.Threading.SynchronizationContext.SetSynchronizationContext(
            SynchronizationContext
        );
        try
        {
            while (!done())
            {
                Turn();
            }
            FlushDoorbells();
        }
        finally
        {
            current = outer;
            global::System.Threading.SynchronizationContext.SetSynchronizationContext(outerContext);
        }
    }

    /// <summary>One turn: waits until there is something to do, polling first and then asleep, and does it.</summary>
    /// <remarks>
    /// Channels come before work: what a message completes runs in the turn that found it, and what that sends leaves in
    /// the same turn.
    /// </remarks>
    internal void Turn()
    {
        Turns++;
        if (!HasNews() && !Idle())
        {
            return;
        }
        window.Reset();
        TakeEvents();
        bool served = LookAtChannels();
        work.RunPending();
        if (served)
        {
            CoolUnwanted();
        }
        FlushDoorbells();
        if (timers.Next != long.MaxValue && (Turns & TurnsForTheClock) == 0)
        {
            timers.RunDue(platform.Now);
        }
    }

    /// <summary>Polls until something comes, a timer is due or the window is over; then sleeps.</summary>
    /// <returns>Whether something came while it polled.</returns>
    private bool Idle()
    {
        long next = timers.Next;
        bool polls = HasPeersElsewhere();
        for (int look = 0; ; look++)
        {
            bool timed = next != long.MaxValue && look % LooksForTheClock == 0;
            long now = timed || window.NeedsTime ? platform.Now : 0;
            if (next <= now && timers.RunDue(now))
            {
                return true;
            }
            if (!polls || !window.KeepPolling(now))
            {
                Sleep();
                return false;
            }
            if (HasNews())
            {
                return true;
            }
        }
    }

    /// <summary>
    /// Whether something that would not ring can happen while this loop keeps its core. Peers on this core run only once it is
    /// given away, and so do other threads; channels that are not hot ring.
    /// </summary>
    private bool HasPeersElsewhere()
    {
        for (int i = 0; i < hot.Count; i++)
        {
            if (!hot[i].PeerIsHere)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>A look that touches as little as can be: the event count, and one word of each hot channel's ring.</summary>
    private bool HasNews()
    {
        if (platform.EventCount != seenEvents || !work.IsEmpty || looksOnce)
        {
            return true;
        }
        for (int i = 0; i < hot.Count; i++)
        {
            if (hot[i].HasNews)
            {
                return true;
            }
        }
        return false;
    }

    private void TakeEvents()
    {
        uint events = platform.EventCount;
        if (events == seenEvents)
        {
            return;
        }
        seenEvents = events;
        for (ulong rung = platform.TakeRungChannels(); rung != 0; rung &= rung - 1)
        {
            List<Channel> channels = byBit[BitOperations.TrailingZeroCount(rung)];
            for (int i = 0; i < channels.Count; i++)
            {
                channels[i].Rung();
            }
        }
        for (ulong came = platform.TakeRungInterrupts(); came != 0; came &= came - 1)
        {
            bits?[BitOperations.TrailingZeroCount(came)]?.Ring();
        }
        Notified?.Invoke();
        if (platform.PendingOffers != 0)
        {
            AcceptOffers();
        }
    }

    /// <returns>Whether a channel got what was waited for.</returns>
    private bool LookAtChannels()
    {
        looksOnce = false;
        bool served = false;
        for (int i = hot.Count - 1; i >= 0; i--)
        {
            if (i >= hot.Count)
            {
                continue;
            }
            Channel channel = hot[i];
            if (channel.Look())
            {
                channel.VainLooks = 0;
            }
            if (i >= hot.Count || hot[i] != channel)
            {
                // What it brought closed channels: the list is shorter. One missed here is looked at in the next turn.
                continue;
            }
            if (!channel.IsWaitedFor)
            {
                served = true;
            }
            else if (++channel.VainLooks > VainLooks && channel.Arm())
            {
                Cool(i);
            }
        }
        return served;
    }

    /// <summary>
    /// Takes out the channels that nobody waits for any more. After the work of the turn: whoever took a message waits for
    /// the next by now, and his channel never left.
    /// </summary>
    private void CoolUnwanted()
    {
        for (int i = hot.Count - 1; i >= 0; i--)
        {
            if (!hot[i].IsWaitedFor)
            {
                Cool(i);
            }
        }
    }

    private void Cool(int index)
    {
        hot[index].IsHot = false;
        hot.RemoveAt(index);
    }

    private void FlushDoorbells()
    {
        if (owing.Count == 0)
        {
            return;
        }
        RingDoorbell.FenceBeforeRinging();
        for (int i = 0; i < owing.Count; i++)
        {
            owing[i].IsOwing = false;
            owing[i].LookAtPeersDoorbell();
            ExpectAnswer(owing[i]);
        }
        owing.Clear();
    }

    /// <summary>
    /// Somebody who was told something may have something to say to that: worth polling for, which spares him to ring.
    /// </summary>
    private void ExpectAnswer(Channel channel)
    {
        if (!channel.IsHot && !channel.PeerIsHere && window.IsOpen && channel.IsWaitedFor)
        {
            channel.Disarm();
            MakeHot(channel);
        }
    }

    private void Sleep()
    {
        uint seen = platform.EventCount;
        if (seen != seenEvents)
        {
            return;
        }
        for (int i = hot.Count - 1; i >= 0; i--)
        {
            if (!hot[i].Arm())
            {
                window.Reset();
                return;
            }
            Cool(i);
        }

        // Full fence: the flag is raised before the last look at the queue; see Enqueue.
        Interlocked.Exchange(ref sleeping, 1);
        if (work.IsEmpty && !stopping)
        {
            long before = platform.Now;
            long next = timers.Next;
            if (next > before)
            {
                platform.Sleep(seen, next == long.MaxValue ? -1 : next - before);
                long after = platform.Now;
                window.AfterSleep(after - before);
                Trace?.AddSleep(before, after);
            }
        }
        Volatile.Write(ref sleeping, 0);
    }
}
