using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Capabilities;

namespace Cosmos.Multikernel.Channels;

/// <content>Capabilities through the channel.</content>
/// <remarks>
/// A capability travels beside the ring, from CPU driver to CPU driver. The sender gets a number for it, puts that into a
/// message, and the receiver claims the capability by it. What nobody claims before the channel ends is freed.
/// </remarks>
public sealed partial class Channel
{
    // Sends and claims that cannot be done yet, and what to try again when the channel is rung.
    private readonly List<(Func<long> Attempt, PendingOperation<long> Operation)> waiting = [];

    /// <summary>Sends a capability to the peer: the object is closed, the memory no longer mapped here. On the loop only.</summary>
    /// <param name="capability">A frame must have no copies or parts.</param>
    /// <param name="cancellation">Gives up while as many capabilities as may be (32) are under way; nothing was sent then.</param>
    /// <returns>The number by which the peer claims it.</returns>
    /// <exception cref="CapabilityInUseException">Copies or parts of the frame exist.</exception>
    /// <exception cref="NoMemoryForCapabilityException">There is no memory here or there for capabilities under way.</exception>
    /// <exception cref="PeerClosedException">The peer has closed the channel.</exception>
    /// <exception cref="PeerEndedException">The peer's instance has ended.</exception>
    public async ValueTask<uint> SendCapabilityAsync(
        Capability capability,
        CancellationToken cancellation = default
    )
    {
        CheckUsable();
        long number = TrySendCapability(capability);
        return (uint)(
            number >= 0 ? number : await WhenRung(() => TrySendCapability(capability), cancellation)
        );
    }

    /// <summary>Takes a capability that the peer sent; waits until it is here. On the loop only.</summary>
    /// <param name="number">What the peer got for it.</param>
    /// <param name="cancellation">Gives up; it can be claimed later.</param>
    /// <exception cref="NoSuchCapabilityException">None of that number can come any more: it is claimed, or was never sent.</exception>
    /// <exception cref="NoMemoryForCapabilityException">There is no memory for it here.</exception>
    public async ValueTask<Capability> ClaimCapabilityAsync(
        uint number,
        CancellationToken cancellation = default
    )
    {
        CheckUsable();
        long handle = TryClaimCapability(number);
        if (handle < 0)
        {
            handle = await WhenRung(() => TryClaimCapability(number), cancellation);
        }
        return Capability.Adopt(loop.Platform.Capabilities, handle);
    }

    /// <summary>Gives up a capability that the peer sent, now or when it comes. What can never come is nobody's loss.</summary>
    internal async void DiscardCapability(uint number)
    {
        if (disposed)
        {
            return;
        }
        try
        {
            // No honest peer has more under way than the window: who names others again and again is not waited for.
            if (TryDiscardCapability(number) < 0 && waiting.Count < 2 * CapabilityLimits.Window)
            {
                await WhenRung(() => TryDiscardCapability(number), default);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // It was claimed or never sent, or the channel has ended: nothing takes up room.
        }
    }

    private long TryDiscardCapability(uint number)
    {
        long discarded = loop.Platform.Capabilities.Discard(Handle, number);
        return discarded == -CapabilityErrors.TryAgain
            ? discarded
            : CapabilityErrors.Check(discarded, $"give up capability {number}");
    }

    private long TrySendCapability(Capability capability)
    {
        ChannelState status = ReadState();
        if (status > ChannelState.Connected)
        {
            throw EndException(status);
        }
        if (capability.Store != loop.Platform.Capabilities)
        {
            throw new ArgumentException($"The capability is not of the instance of the {this}.");
        }
        long number = loop.Platform.Capabilities.Send(Handle, capability.Number);
        switch (number)
        {
            case -CapabilityErrors.TryAgain:
                return number;
            case -CapabilityErrors.BrokenPipe:
                throw EndException(ReadState());
        }
        CapabilityErrors.Check(number, "send a capability");
        capability.MarkMoved();
        return number;
    }

    private long TryClaimCapability(uint number)
    {
        long claimed = loop.Platform.Capabilities.Claim(Handle, number);
        return claimed == -CapabilityErrors.TryAgain
            ? claimed
            : CapabilityErrors.Check(claimed, $"claim capability {number}");
    }

    private ValueTask<long> WhenRung(Func<long> attempt, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        PendingOperation<long> operation = new(loop);
        operation.Start(Timeout.InfiniteTimeSpan, cancellation);
        waiting.Add((attempt, operation));
        return operation.AsValueTaskOfT();
    }

    /// <summary>The channel was rung: tries again what waited.</summary>
    private void RetryCapabilities()
    {
        for (int i = waiting.Count - 1; i >= 0; i--)
        {
            // A continuation runs later, from the loop's queue: nothing changes the list meanwhile.
            if (waiting[i].Operation.IsCompleted || TryFinish(waiting[i]))
            {
                waiting.RemoveAt(i);
            }
        }
    }

    private static bool TryFinish((Func<long> Attempt, PendingOperation<long> Operation) wish)
    {
        try
        {
            long result = wish.Attempt();
            if (result < 0)
            {
                return false;
            }
            wish.Operation.Complete(result);
        }
        catch (Exception exception)
            when (exception is IOException or ArgumentException or ObjectDisposedException)
        {
            wish.Operation.Fail(exception);
        }
        return true;
    }

    private void FailCapabilities(Exception exception)
    {
        foreach (var wish in waiting)
        {
            if (!wish.Operation.IsCompleted)
            {
                wish.Operation.Fail(exception);
            }
        }
        waiting.Clear();
    }
}
