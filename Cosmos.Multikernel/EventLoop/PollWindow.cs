using System.Runtime.Intrinsics.X86;

namespace Cosmos.Multikernel;

/// <summary>
/// How long an idle loop polls before it arms its doorbells and sleeps.
/// </summary>
/// <remarks>
/// Polling as long as a sleep and its wake-up cost wastes at most as much again as always knowing what comes would (the
/// ski-rental bound). The window shrinks while sleeps turn out long, so that an instance with nothing to do does not poll
/// at all, and grows back as soon as one turns out short. It is counted in looks, measured against the clock at each
/// sleep: reading the clock at each look would cost more than the look.
/// </remarks>
internal struct PollWindow(long wakeCost)
{
    // An answer on its way arrives within these; they are not worth a look at the clock.
    private const int UntimedLooks = 32;
    private const int FewestLooks = 64;
    private const int MostLooks = 1 << 16;

    private int full = 1024;
    private int limit = wakeCost == 0 ? 0 : 1024;
    private int looks;
    private long idleSince;

    /// <summary>Something happened: polling starts anew.</summary>
    public void Reset() => looks = 0;

    /// <summary>One more look found nothing: true while polling should go on.</summary>
    public bool KeepPolling(long now)
    {
        if (looks++ == UntimedLooks)
        {
            idleSince = now;
        }
        return Again();
    }

    /// <summary>Whether the next call of <see cref="KeepPolling"/> needs the time.</summary>
    public readonly bool NeedsTime => looks == UntimedLooks;

    /// <summary>The loop goes to sleep.</summary>
    public void BeforeSleep(long now)
    {
        if (limit != 0 && looks > 2 * UntimedLooks)
        {
            // As many looks as the wake cost has time for, moved half-way there at each measurement.
            long took = Math.Max(1, now - idleSince);
            full = (int)(
                (
                    full
                    + Math.Clamp((looks - UntimedLooks) * wakeCost / took, FewestLooks, MostLooks)
                ) / 2
            );
        }
    }

    /// <summary>The loop woke after this many nanoseconds.</summary>
    public void AfterSleep(long slept)
    {
        looks = 0;
        if (wakeCost == 0)
        {
            return;
        }
        if (slept > 10 * wakeCost)
        {
            limit = Math.Max(FewestLooks, limit / 2);
        }
        else if (slept < 2 * wakeCost)
        {
            limit = full;
        }
    }

    private readonly bool Again()
    {
        if (X86Base.IsSupported)
        {
            X86Base.Pause();
        }
        return looks < limit;
    }
}
