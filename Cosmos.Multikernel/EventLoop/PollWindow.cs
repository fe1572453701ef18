using System.Runtime.Intrinsics.X86;

namespace Cosmos.Multikernel;

/// <summary>
/// How long an idle loop polls before it arms its doorbells and sleeps.
/// </summary>
/// <remarks>
/// Polling as long as a sleep and its wake-up cost wastes at most as much again as always knowing what comes would (the
/// ski-rental bound). The window shrinks while sleeps turn out long, so that an instance with nothing to do does not poll
/// at all, and is whole again as soon as one turns out short. The clock is read once in so many looks. What passed between two
/// readings counts as at most a part of the window: more was not spent polling, somebody had taken the processor away.
/// </remarks>
internal struct PollWindow
{
    // An answer on its way arrives within these; they are not worth a reading of the clock.
    private const int LooksForAReading = 32;
    private const int ReadingsForAWindow = 8;

    // An emulator turns to its other processors at a PAUSE, which is well when something has just been sent; later it takes locks that its devices
    // need.
    private const int PausesAtFirst = 8;

    // Sleeps beyond the one multiple of the wake cost shrink the window, those within the other restore it: a sleep is as long as what
    // was waited for, and the wake-ups on both sides that polling would have spared.
    private const int Long = 10;
    private const int Short = 4;

    private readonly long wakeCost;
    private long limit;
    private int looks;
    private long polled;
    private long lastReading;

    /// <param name="wakeCost">What a sleep and its wake-up cost, nanoseconds; 0 for no polling at all.</param>
    public PollWindow(long wakeCost)
    {
        this.wakeCost = wakeCost;
        limit = wakeCost;
    }

    /// <summary>Whether the loop would poll if it were idle.</summary>
    public readonly bool IsOpen => limit > 0;

    /// <summary>Whether the next call of <see cref="KeepPolling"/> needs the time.</summary>
    public readonly bool NeedsTime => looks % LooksForAReading == LooksForAReading - 1;

    /// <summary>Something happened: polling starts anew.</summary>
    public void Reset()
    {
        looks = 0;
        polled = 0;
    }

    /// <summary>One more look found nothing: true while polling should go on.</summary>
    public bool KeepPolling(long now)
    {
        if (wakeCost == 0)
        {
            return false;
        }
        if (NeedsTime)
        {
            bool isFirst = looks < LooksForAReading;
            polled += isFirst ? 0 : Math.Min(now - lastReading, wakeCost / ReadingsForAWindow);
            lastReading = now;
            if (polled >= limit)
            {
                return false;
            }
        }
        if ((looks < PausesAtFirst || NeedsTime) && X86Base.IsSupported)
        {
            X86Base.Pause();
        }
        looks++;
        return true;
    }

    /// <summary>The loop woke after this many nanoseconds.</summary>
    public void AfterSleep(long slept)
    {
        Reset();
        if (slept > Long * wakeCost)
        {
            limit = limit < wakeCost / 8 ? 0 : limit / 2;
        }
        else if (slept < Short * wakeCost)
        {
            limit = wakeCost;
        }
    }
}
