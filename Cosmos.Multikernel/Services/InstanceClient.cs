using System.Runtime.InteropServices;
using Cosmos.Multikernel.Channels;

namespace Cosmos.Multikernel.Services;

/// <summary>Asks another instance's built-in service. Belongs to the event loop it was connected on.</summary>
public sealed class InstanceClient : IDisposable
{
    private readonly Channel channel;
    private ulong sequence;

    private InstanceClient(Channel channel)
    {
        this.channel = channel;
    }

    /// <summary>Connects to an instance.</summary>
    /// <exception cref="ChannelRefusedException">There is no such instance.</exception>
    /// <exception cref="PeerEndedException">It has ended; the exception says how.</exception>
    /// <exception cref="TimeoutException">It did not answer in time.</exception>
    public static async Task<InstanceClient> ConnectAsync(
        int core,
        string instance,
        TimeSpan timeout,
        CancellationToken cancellation = default
    ) =>
        new(
            await Channel.ConnectAsync(
                core,
                instance,
                new ChannelOptions { Service = InstanceService.Name, ConnectTimeout = timeout },
                cancellation
            )
        );

    /// <summary>Why nothing can be asked any more; null while the instance lives.</summary>
    public ChannelException? EndReason => channel.EndReason;

    /// <summary>How it is.</summary>
    public Task<InstanceStatus> StatusAsync(
        TimeSpan timeout,
        CancellationToken cancellation = default
    ) => CallAsync(ServiceCall.Status, default, timeout, cancellation);

    /// <summary>One message there and one back.</summary>
    public Task PingAsync(TimeSpan timeout, CancellationToken cancellation = default) =>
        CallAsync(ServiceCall.Ping, default, timeout, cancellation);

    /// <summary>Makes it collect all generations.</summary>
    public Task<InstanceStatus> CollectAsync(
        TimeSpan timeout,
        CancellationToken cancellation = default
    ) => CallAsync(ServiceCall.Collect, default, timeout, cancellation);

    /// <summary>Makes it die. Completes when the request has been taken.</summary>
    public Task CrashAsync(
        CrashKind kind,
        TimeSpan timeout,
        CancellationToken cancellation = default
    ) => CallAsync(ServiceCall.Crash, kind, timeout, cancellation);

    /// <summary>Waits until the instance has ended.</summary>
    /// <returns>How it ended.</returns>
    public async Task<PeerEndedException> EndAsync(
        TimeSpan timeout,
        CancellationToken cancellation = default
    )
    {
        try
        {
            await channel.ReceiveAsync(timeout, cancellation);
            throw new MalformedMessageException($"{channel} sent what nobody asked for");
        }
        catch (PeerEndedException end)
        {
            return end;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => channel.Dispose();

    private async Task<InstanceStatus> CallAsync(
        ServiceCall call,
        CrashKind crash,
        TimeSpan timeout,
        CancellationToken cancellation
    )
    {
        ServiceRequest request = new(call, crash, ++sequence);
        if (!channel.TrySend(in request))
        {
            // An instance that is stuck leaves earlier requests unread.
            byte[] bytes = MemoryMarshal
                .AsBytes(new ReadOnlySpan<ServiceRequest>(in request))
                .ToArray();
            await channel.SendAsync(bytes, timeout, cancellation);
        }
        while (true)
        {
            await channel.WaitToReceiveAsync(timeout, cancellation);
            var answer = await channel.ReceiveAsync<InstanceStatus>(cancellation);

            // An older number answers a request that was given up (cancelled, timed out): not this one's.
            if (answer.Sequence == sequence)
            {
                return answer;
            }
        }
    }
}
