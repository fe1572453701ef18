using System.Numerics;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Channels.Platforms;

namespace Cosmos.Multikernel;

/// <content>The turns of the loop: work, timers, channels, doorbells, and sleep when there is nothing.</content>
public sealed partial class EventLoop
{
    private Interrupt?[]? interrupts;

    /// <summary>Turns made so far. A loop that sleeps makes none.</summary>
    public long Turns { get; private set; }

    internal void Register(Channel channel) => byBit[channel.Handle & 63].Add(channel);

    internal void Unregister(Channel channel)
    {
        byBit[channel.Handle & 63].Remove(channel);
        hot.Remove(channel);
        owing.Remove(channel);
    }

    /// <summary>From now on a bit of the domain page means this interrupt.</summary>
    internal void RegisterInterrupt(int bit, Interrupt interrupt) =>
        (interrupts ??= new Interrupt[64])[bit] = interrupt;

    internal void UnregisterInterrupt(int bit, Interrupt interrupt)
    {
        if (interrupts is not null && interrupts[bit] == interrupt)
        {
            interrupts[bit] = null;
        }
    }

    /// <summary>Somebody waits on the channel: look at it in every turn.</summary>
    internal void MakeHot(Channel channel)
    {
        if (!channel.IsHot)
        {
            channel.IsHot = true;
            channel.VainLooks = 0;
            hot.Add(channel);
        }
    }

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

    /// <summary>One turn; sleeps when there is nothing to do and the poll window is over.</summary>
    internal void Turn()
    {
        Turns++;
        bool worked = work.RunPending();
        worked |= TakeEvents();
        worked |= LookAtChannels();
        FlushDoorbells();
        if (worked)
        {
            window.Reset();
            RunTimersWhenBusy();
            return;
        }
        long next = timers.Next;
        long now = next != long.MaxValue || window.NeedsTime ? platform.Now : 0;
        if (next <= now && timers.RunDue(now))
        {
            window.Reset();
            return;
        }
        if (!window.KeepPolling(now))
        {
            Sleep();
        }
    }

    /// <summary>A busy loop looks at the clock only now and then.</summary>
    private void RunTimersWhenBusy()
    {
        if (timers.Next != long.MaxValue && (Turns & 15) == 0)
        {
            timers.RunDue(platform.Now);
        }
    }

    private bool TakeEvents()
    {
        uint events = platform.EventCount;
        if (events == seenEvents)
        {
            return false;
        }
        seenEvents = events;
        bool any = false;
        for (ulong rung = platform.TakeRungChannels(); rung != 0; rung &= rung - 1)
        {
            foreach (Channel channel in byBit[BitOperations.TrailingZeroCount(rung)])
            {
                channel.Rung();
                any = true;
            }
        }
        for (ulong came = platform.TakeRungInterrupts(); came != 0; came &= came - 1)
        {
            int bit = BitOperations.TrailingZeroCount(came);
            interrupts?[bit]?.Ring(bit);
            any = true;
        }
        return AcceptOffers() || any;
    }

    private bool LookAtChannels()
    {
        bool worked = false;
        for (int i = hot.Count - 1; i >= 0; i--)
        {
            Channel channel = hot[i];
            if (channel.Look())
            {
                channel.VainLooks = 0;
                worked = true;
            }
            if (i == hot.Count || hot[i] != channel)
            {
                // It was refused, and so disposed: it has left the list, and only channels already looked at moved up.
                continue;
            }
            if (!channel.IsWaitedFor)
            {
                Cool(i);
            }
            else if (++channel.VainLooks > VainLooks && channel.Arm())
            {
                Cool(i);
            }
        }
        return worked;
    }

    /// <summary>Order does not matter in the list of hot channels: the last takes the place of the one removed.</summary>
    private void Cool(int index)
    {
        hot[index].IsHot = false;
        hot[index] = hot[^1];
        hot.RemoveAt(hot.Count - 1);
    }

    private void FlushDoorbells()
    {
        if (owing.Count == 0)
        {
            return;
        }
        RingDoorbell.FenceBeforeRinging();
        foreach (Channel channel in owing)
        {
            channel.IsOwing = false;
            channel.LookAtPeersDoorbell();
        }
        owing.Clear();
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
            window.BeforeSleep(before);
            long next = timers.Next;
            if (next > before)
            {
                platform.Sleep(seen, next == long.MaxValue ? -1 : next - before);
                window.AfterSleep(platform.Now - before);
            }
        }
        Volatile.Write(ref sleeping, 0);
    }
}
