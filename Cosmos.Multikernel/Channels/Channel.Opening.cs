using System.Text;
using Cosmos.Multikernel.Monitors;

namespace Cosmos.Multikernel.Channels;

/// <content>The opening: the first message of a channel, in which the connecting side names the service it wants.</content>
/// <remarks>
/// The CPU driver knows instances, not services; an instance offers several (its author's, the built-in one). The ring is
/// there as soon as the channel is offered, so the opening costs no round trip: whatever is sent next follows it.
/// </remarks>
public sealed partial class Channel
{
    /// <summary>Longest name of a service, bytes of UTF-8.</summary>
    public const int MaximumServiceLength = 48;

    /// <summary>What the connecting side wants the channel for; empty for what an instance's author accepts by default.</summary>
    public string Service { get; private set; } = "";

    /// <summary>Connecting side: has the instance asked first, and the CPU driver told that it may be connected to.</summary>
    private static async ValueTask<Channel> ConnectThroughMonitorAsync(
        EventLoop loop,
        int core,
        string instance,
        ChannelOptions options,
        CancellationToken cancellation
    )
    {
        using Deadline deadline = new(loop, options.ConnectTimeout, cancellation);
        await loop.Monitor!.BindAsync(
            core,
            instance,
            options.Service,
            options.InterfaceHash,
            deadline
        );
        return await Connect(
            loop,
            core,
            instance,
            options with
            {
                ConnectTimeout = deadline.Remaining,
            },
            cancellation
        );
    }

    /// <summary>Connecting side: says what the channel is for, before anything else is sent.</summary>
    private unsafe void SendOpening()
    {
        Service = options.Service;
        TraceNumber = loop.NextChannelNumber();
        *(uint*)((byte*)binding.Memory + RingLayout.NumberOffset) = TraceNumber;
        if (!TrySend(Encoding.UTF8.GetBytes(Service)))
        {
            throw new ChannelException($"There is no room for the opening of the {this}.");
        }
        ring.Counters = default;
    }

    /// <summary>Accepting side: learns what the channel is for.</summary>
    /// <exception cref="ChannelException">The peer ended, closed or opened with nonsense.</exception>
    /// <exception cref="TimeoutException">The peer never said.</exception>
    internal async Task ReceiveOpeningAsync(TimeSpan timeout)
    {
        // Who has not even said what it wants gets no memory for it.
        longestMessage = MaximumServiceLength;
        ReadOnlyMemory<byte> opening = await ReceiveAsync(timeout);
        if (opening.Length > MaximumServiceLength)
        {
            throw new MalformedMessageException(
                $"The {this} opens with {opening.Length} bytes where a service's name has at most {MaximumServiceLength}."
            );
        }
        longestMessage = options.MaximumMessageLength;
        Service = Encoding.UTF8.GetString(opening.Span);
        TraceNumber = ReadNumber();
        ring.Counters = default;
    }

    // Before the opening was sent, so that it is there with it; a peer that changes it later spoils only pictures.
    private unsafe uint ReadNumber() => *(uint*)((byte*)binding.Memory + RingLayout.NumberOffset);
}
