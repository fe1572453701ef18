using Cosmos.Multikernel.Drivers.Network.Stack;

namespace Cosmos.Multikernel.Drivers.Network;

/// <summary>A UDP port that somebody on the stack's core has opened. On the event loop only.</summary>
public sealed class UdpSocket : IDisposable
{
    /// <summary>Most datagrams that wait to be received; further ones are dropped and counted.</summary>
    public const int MostWaiting = 1024;

    /// <summary>Most bytes that wait.</summary>
    public const int MostWaitingBytes = 1 << 20;

    private readonly NetworkStack stack;
    private readonly Queue<UdpDatagram> waiting = new();
    private TaskCompletionSource? reader;
    private int waitingBytes;
    private bool isClosed;

    internal UdpSocket(NetworkStack stack, ushort port, IUdpHandler? handler)
    {
        this.stack = stack;
        Port = port;
        Handler = handler;
    }

    /// <summary>Its port.</summary>
    public ushort Port { get; }

    /// <summary>Whether it may send to everybody on the network.</summary>
    public bool AllowsBroadcast { get; set; }

    /// <summary>Routers that what it sends may pass, and one.</summary>
    public byte TimeToLive { get; set; } = Ipv4Layer.DefaultTimeToLive;

    /// <summary>Datagrams dropped because too much waited.</summary>
    public long Overflows { get; private set; }

    /// <summary>Datagrams that wait to be received.</summary>
    public int Waiting => waiting.Count;

    /// <summary>Whether somebody waits in <see cref="WaitAsync"/>.</summary>
    internal bool IsWaitedFor => reader is not null;

    /// <summary>Bytes of the datagram that <see cref="TryReceive"/> gives next; 0 without one.</summary>
    internal int NextLength => waiting.TryPeek(out UdpDatagram next) ? next.Data.Length : 0;

    /// <summary>A part of the stack itself, that takes datagrams where they lie; else they wait here.</summary>
    internal IUdpHandler? Handler { get; }

    /// <summary>Sends a datagram.</summary>
    /// <param name="to">To whom.</param>
    /// <param name="data">What; at most 65,507 bytes.</param>
    public NetworkError Send(Ipv4Endpoint to, ReadOnlySpan<byte> data)
    {
        ObjectDisposedException.ThrowIf(isClosed, this);
        NetworkError error = stack.Udp.Send(this, to, data);
        stack.Settle();
        return error;
    }

    /// <summary>Takes a datagram when one waits.</summary>
    public bool TryReceive(out UdpDatagram datagram)
    {
        if (!waiting.TryDequeue(out datagram))
        {
            return false;
        }
        waitingBytes -= datagram.Data.Length;
        return true;
    }

    /// <summary>Completes when a datagram waits, or the socket is closed. One may wait at a time.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellation = default)
    {
        if (waiting.Count != 0 || isClosed)
        {
            return;
        }
        if (reader is not null)
        {
            throw new InvalidOperationException($"Somebody else waits at UDP port {Port}.");
        }
        reader = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = cancellation.UnsafeRegister(
            static (waiter, token) => ((TaskCompletionSource)waiter!).TrySetCanceled(token),
            reader
        );
        try
        {
            await reader.Task;
        }
        finally
        {
            reader = null;
        }
    }

    /// <summary>Gives the port back. What waits is lost.</summary>
    public void Dispose()
    {
        if (isClosed)
        {
            return;
        }
        isClosed = true;
        stack.Udp.Close(this);
        while (waiting.TryDequeue(out UdpDatagram datagram))
        {
            datagram.Dispose();
        }
        reader?.TrySetResult();
    }

    /// <summary>A datagram came for it.</summary>
    /// <returns>False when there is no room.</returns>
    internal bool TryPut(Ipv4Endpoint from, Ipv4Address to, ReadOnlySpan<byte> data)
    {
        if (waiting.Count >= MostWaiting || waitingBytes + data.Length > MostWaitingBytes)
        {
            Overflows++;
            return false;
        }
        waitingBytes += data.Length;
        waiting.Enqueue(new UdpDatagram(from, to, data));
        reader?.TrySetResult();
        return true;
    }

    /// <summary>One that it sent did not arrive. Word of it goes where the datagrams go; what finds no room is only word.</summary>
    internal void PutError(Ipv4Endpoint destination, NetworkError error)
    {
        if (waiting.Count < MostWaiting)
        {
            waiting.Enqueue(new UdpDatagram(destination, error));
            reader?.TrySetResult();
        }
    }
}

/// <summary>A part of the stack that speaks UDP itself.</summary>
internal interface IUdpHandler
{
    /// <summary>A datagram came; its bytes are lent.</summary>
    void Received(UdpSocket socket, Ipv4Endpoint from, ReadOnlySpan<byte> data);

    /// <summary>One that was sent did not arrive.</summary>
    void Undeliverable(UdpSocket socket, Ipv4Endpoint destination, NetworkError error);
}
