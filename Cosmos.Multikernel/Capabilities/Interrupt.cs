using Cosmos.Multikernel.Abi;

namespace Cosmos.Multikernel.Capabilities;

/// <summary>
/// A device's interrupt: a line, or a block of messages (MSI, MSI-X). Bound, each arrives as a notification on the event loop;
/// those that come before the last was taken are one.
/// </summary>
public sealed class Interrupt : Capability
{
    private readonly List<NotificationBit> bits = [];
    private InterruptBinding binding;

    internal Interrupt(CapabilityStore store, long number, in CapabilityDescription description)
        : base(store, number)
    {
        IsLine = description.Type == CapabilityType.InterruptLine;
        Line = IsLine ? (int)description.Start : -1;
        Count = (int)description.Length;
    }

    /// <summary>Whether it is a line; else messages.</summary>
    public bool IsLine { get; }

    /// <summary>The global system interrupt, -1 for messages.</summary>
    public int Line { get; }

    /// <summary>How many lines or messages it has.</summary>
    public int Count { get; }

    /// <summary>How often any of them came.</summary>
    public long Received => bits.Sum(bit => bit.Received);

    /// <summary>Messages: where the device has to write; valid once bound.</summary>
    public ulong MessageAddress => binding.MessageAddress;

    /// <summary>Messages: what it has to write for the first; each further one is greater by 1.</summary>
    public uint MessageData => binding.MessageData;

    /// <summary>
    /// From now on it arrives here. On the loop only; a line's capability must be for one line, and arrives once soon after, whether its
    /// device has asked for something or not.
    /// </summary>
    /// <param name="trigger">How a line signals.</param>
    /// <exception cref="CapabilityException">This core has no vector, or this instance no bit left.</exception>
    public void Bind(LineTrigger trigger = LineTrigger.AsFirmwareSays)
    {
        binding.Trigger = trigger;
        CapabilityErrors.Check(Store.Bind(Number, ref binding), $"bind {this}");
        for (int i = 0; i < Count; i++)
        {
            bits.Add(NotificationBit.Open((int)binding.FirstBit + i, ToString()));
        }
    }

    /// <summary>Waits until it comes; at once when it came since the last wait. On the loop only.</summary>
    /// <param name="message">Which of several messages.</param>
    /// <param name="cancellation">Gives up.</param>
    public ValueTask WaitAsync(int message = 0, CancellationToken cancellation = default) =>
        WaitAsync(message, Timeout.InfiniteTimeSpan, cancellation);

    /// <summary>Waits until it comes, at most the time given.</summary>
    /// <exception cref="TimeoutException">It did not come in time.</exception>
    public ValueTask WaitAsync(
        int message,
        TimeSpan timeout,
        CancellationToken cancellation = default
    ) =>
        bits.Count == 0
            ? throw new InvalidOperationException($"The {this} is not bound.")
            : bits[message].WaitAsync(timeout, cancellation);

    /// <summary>The device was served: a line that signals by level is heard again.</summary>
    public void Acknowledge() =>
        CapabilityErrors.Check(Store.Acknowledge(Number), $"acknowledge {this}");

    /// <summary>A capability for one of its lines.</summary>
    public Interrupt Mint(int line)
    {
        MintRequest request = new()
        {
            Type = CapabilityType.InterruptLine,
            Rights = CapabilityRights.All,
            Start = (ulong)line,
            Length = 1,
        };
        return (Interrupt)Adopt(
            Store,
            CapabilityErrors.Check(Store.Mint(Number, in request), "mint a line")
        );
    }

    /// <inheritdoc/>
    public override string ToString() =>
        IsLine ? $"interrupt line {Line}" : $"block of {Count} interrupt messages";

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        Forget();
        return base.ReleaseHandle();
    }

    private protected override void OnMoved() => Forget();

    private void Forget()
    {
        foreach (NotificationBit bit in bits)
        {
            bit.Close();
        }
        bits.Clear();
    }
}
