using System.Collections.Concurrent;

namespace Cosmos.HAL;

/// <summary>
/// Waiting, and calls after a time. The interval timer itself is not touched: times are those of the CPU driver's clock.
/// </summary>
public class PIT
{
    private const int NanosecondsPerMillisecond = 1_000_000;

    private readonly ConcurrentDictionary<int, PITTimer> registered = [];
    private int lastId = -1;

    internal PIT() { }

    /// <summary>Waits; the core does other work meanwhile.</summary>
    public void Wait(uint timeoutMs) => Thread.Sleep(TimeSpan.FromMilliseconds(timeoutMs));

    /// <summary>Waits; the core does other work meanwhile.</summary>
    public void WaitNS(int timeoutNs) => Thread.Sleep(Milliseconds(timeoutNs));

    /// <summary>Starts a timer.</summary>
    /// <returns>Its number, for <see cref="UnregisterTimer"/>.</returns>
    /// <exception cref="InvalidOperationException">It was started already.</exception>
    public int RegisterTimer(PITTimer timer)
    {
        ArgumentNullException.ThrowIfNull(timer);
        int id = Interlocked.Increment(ref lastId);
        timer.Claim(this, id);
        registered[id] = timer;
        // Only now: it may be due at once.
        timer.Start();
        return id;
    }

    /// <summary>Stops a timer. One that is not there, or no more, is none.</summary>
    public void UnregisterTimer(int timerId)
    {
        if (registered.TryRemove(timerId, out PITTimer? timer))
        {
            timer.End();
        }
    }

    // A timer that is due now must not be mistaken for one without end.
    private static TimeSpan Milliseconds(int nanoseconds) =>
        TimeSpan.FromMilliseconds(Math.Max(nanoseconds / (double)NanosecondsPerMillisecond, 0));

    /// <summary>A call after a time, once or again and again. It comes on a thread of the pool, not in an interrupt.</summary>
    public sealed class PITTimer : IDisposable
    {
        private readonly TimeSpan first;
        private Timer? timer;
        private PIT? owner;

        /// <summary>A call after a time.</summary>
        public PITTimer(OnTrigger callback, int nanosecondsTimeout, bool recurring)
        {
            HandleTrigger = callback;
            NanosecondsTimeout = nanosecondsTimeout;
            Recuring = recurring;
            first = Milliseconds(nanosecondsTimeout);
        }

        /// <summary>A call again and again, the first after another time than the others.</summary>
        public PITTimer(OnTrigger callback, int nanosecondsTimeout, int nanosecondsLeft)
            : this(callback, nanosecondsTimeout, recurring: true) =>
            first = Milliseconds(nanosecondsLeft);

        /// <summary>What is called.</summary>
        public delegate void OnTrigger();

        /// <summary>The time between calls.</summary>
        public int NanosecondsTimeout { get; set; }

        /// <summary>Whether it is called again and again.</summary>
        public bool Recuring { get; set; }

        /// <summary>What is called.</summary>
        public OnTrigger HandleTrigger { get; set; }

        /// <summary>Its number while it runs, else -1.</summary>
        public int TimerID { get; private set; } = -1;

        /// <inheritdoc/>
        public void Dispose() => owner?.UnregisterTimer(TimerID);

        internal void Claim(PIT pit, int id)
        {
            if (TimerID != -1)
            {
                throw new InvalidOperationException($"Timer {TimerID} runs already.");
            }
            (owner, TimerID) = (pit, id);
        }

        internal void Start()
        {
            int id = TimerID;
            timer = new Timer(_ => Fire(id));
            timer.Change(first, Timeout.InfiniteTimeSpan);
        }

        internal void End()
        {
            TimerID = -1;
            timer?.Dispose();
        }

        // One call at a time: the next time begins when the call has returned.
        private void Fire(int id)
        {
            HandleTrigger();
            if (TimerID != id)
            {
                return;
            }
            if (!Recuring)
            {
                owner!.UnregisterTimer(id);
                return;
            }
            try
            {
                timer!.Change(Milliseconds(NanosecondsTimeout), Timeout.InfiniteTimeSpan);
            }
            catch (ObjectDisposedException)
            {
                // Stopped at this moment.
            }
        }
    }
}
