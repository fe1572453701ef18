namespace Cosmos.Multikernel.Monitors;

/// <summary>
/// A time limit on the event loop's own clock, so that it means the same in virtual time. Its token is cancelled when the
/// time has passed or the caller's token is.
/// </summary>
internal sealed class Deadline : ITimed, IDisposable
{
    /// <summary>Longest single wait inside a monitor; who wants to wait longer asks again.</summary>
    public static readonly TimeSpan Slice = TimeSpan.FromSeconds(1);

    /// <summary>What an answer may take longer than the wait it was given: after that its absence is an answer too.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource source;
    private readonly EventLoop loop;
    private readonly long due;
    private bool over;

    public Deadline(EventLoop loop, TimeSpan timeout, CancellationToken outer = default)
    {
        this.loop = loop;
        source = CancellationTokenSource.CreateLinkedTokenSource(outer);
        due = timeout == Timeout.InfiniteTimeSpan ? long.MaxValue : loop.TimeAfter(timeout);
        if (due != long.MaxValue)
        {
            loop.AddTimer(this, due);
        }
    }

    /// <summary>A limit in milliseconds as messages carry it: at most a slice.</summary>
    public static Deadline OfSlice(EventLoop loop, int milliseconds, CancellationToken outer) =>
        new(loop, TimeSpan.FromMilliseconds(Clamp(milliseconds)), outer);

    /// <summary>The limit for the reply to a call that may itself wait so long.</summary>
    public static Deadline OfReply(EventLoop loop, int milliseconds, CancellationToken outer) =>
        new(loop, TimeSpan.FromMilliseconds(Clamp(milliseconds)) + Grace, outer);

    public CancellationToken Token => source.Token;

    /// <summary>Whether the time is over (and not merely the caller's token cancelled).</summary>
    public bool HasPassed => due != long.MaxValue && loop.Platform.Now >= due;

    public TimeSpan Remaining =>
        due == long.MaxValue
            ? Timeout.InfiniteTimeSpan
            : TimeSpan.FromMilliseconds(Math.Max(0, (due - loop.Platform.Now) / 1e6));

    /// <summary>The next wait to ask for: what remains, at most a slice.</summary>
    public int Milliseconds =>
        due == long.MaxValue
            ? (int)Slice.TotalMilliseconds
            : (int)
                Math.Clamp(
                    Math.Ceiling((due - loop.Platform.Now) / 1e6),
                    0,
                    Slice.TotalMilliseconds
                );

    /// <inheritdoc/>
    void ITimed.Due(long due)
    {
        if (!over)
        {
            source.Cancel();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        over = true;
        source.Dispose();
    }

    private static double Clamp(int milliseconds) =>
        Math.Clamp(milliseconds, 0, Slice.TotalMilliseconds);
}
