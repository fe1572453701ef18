using Cosmos.Multikernel.Channels;

namespace Cosmos.Multikernel.Tests.RingModel;

/// <summary>Where a process is between two operations of the ring.</summary>
internal enum Place
{
    Act,
    Flush,
    ReadEventCount,
    Arm,
    Sleep,
    Finished,
}

/// <summary>
/// One end of the channel and the program that runs there: a script of S (send) and R (receive), with the event loop's rule
/// for waiting between (read the event count, arm, look again, sleep).
/// </summary>
internal sealed class Process
{
    public required string Script { get; init; }

    public required bool IsA { get; init; }

    public RingEndpoint Ring;

    public Place Place { get; set; }

    /// <summary>Actions of the script done.</summary>
    public int Done { get; set; }

    /// <summary>After flushing, this process must wait for its action to become possible.</summary>
    public bool MustWait { get; set; }

    /// <summary>The event count has changed since it was read.</summary>
    public bool Rung { get; set; }

    /// <summary>A notification to this process is under way.</summary>
    public bool NotificationUnderWay { get; set; }

    /// <summary>The next step needs an empty store buffer.</summary>
    public bool NeedsEmptyBuffer { get; set; }

    /// <summary>The message being put together.</summary>
    public byte[] Buffer { get; private init; } = new byte[3 * RingLayout.PayloadSize];

    public List<Access> Log { get; private init; } = [];

    public List<BufferedStore> StoreBuffer { get; private init; } = [];

    /// <summary>The action at hand.</summary>
    public bool Sends => Script[Done] == 'S';

    /// <summary>Which message the action at hand sends or receives.</summary>
    public byte Number => (byte)(1 + Script.AsSpan(0, Done).Count(Script[Done]));

    public bool CanStep =>
        Place switch
        {
            Place.Finished => false,
            Place.Sleep => Rung,
            _ => !NeedsEmptyBuffer || StoreBuffer.Count == 0,
        };

    public Process Clone() =>
        new()
        {
            Script = Script,
            IsA = IsA,
            Ring = Ring,
            Place = Place,
            Done = Done,
            MustWait = MustWait,
            Rung = Rung,
            NotificationUnderWay = NotificationUnderWay,
            NeedsEmptyBuffer = NeedsEmptyBuffer,
            Buffer = (byte[])Buffer.Clone(),
            Log = [.. Log],
            StoreBuffer = [.. StoreBuffer],
        };
}
