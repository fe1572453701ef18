using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Channels;

namespace Cosmos.Multikernel.Messages;

/// <summary>
/// The calling end of a message interface: numbers calls, sends them and hands replies to those who wait.
/// </summary>
/// <remarks>
/// Many calls may wait at a time; replies come in any order. A call ends by its reply, by cancellation, or by the channel's
/// end: then with the same exception the channel has (<see cref="PeerEndedException"/> and so on); none hangs. Used on its
/// event loop only. A call allocates nothing once as many have been waiting at a time before.
/// </remarks>
public sealed class MessageClient : IDisposable
{
    private readonly EventLoop loop = EventLoop.Current;
    private readonly MessageWriter writer = new();
    private readonly Dictionary<uint, PendingCall> pending = [];
    private readonly Dictionary<Type, object> idle = [];
    private object? lastIdle;
    private uint lastNumber;
    private Exception? ended;

    // The last message with capabilities: later ones must not overtake it.
    private Task sealing = Task.CompletedTask;

    private MessageClient(Channel channel)
    {
        Channel = channel;
    }

    /// <summary>The channel below.</summary>
    public Channel Channel { get; }

    /// <summary>Connects to the instance that serves an interface.</summary>
    /// <typeparam name="TProxy">The interface's generated proxy.</typeparam>
    /// <param name="core">The server's core.</param>
    /// <param name="instance">The server's name.</param>
    /// <param name="options">Ring, time limit, and the service's name where it is not the interface's own.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="InterfaceMismatchException">The server has another version of the interface.</exception>
    /// <exception cref="ChannelRefusedException">There is no such instance.</exception>
    public static async Task<TProxy> ConnectAsync<TProxy>(
        int core,
        string instance,
        ChannelOptions? options = null,
        CancellationToken cancellation = default
    )
        where TProxy : IMessageProxy<TProxy>
    {
        options ??= ChannelOptions.Default;
        options = options with
        {
            Service = options.Service.Length == 0 ? TProxy.Service : options.Service,
            InterfaceHash = TProxy.InterfaceHash,
        };
        Channel channel = await Channel.ConnectAsync(core, instance, options, cancellation);
        try
        {
            MessageClient client = new(channel);
            await client.GreetAsync(TProxy.InterfaceHash, TProxy.Service, cancellation);
            client.Listen();
            return TProxy.Create(client);
        }
        catch
        {
            channel.Dispose();
            throw;
        }
    }

    /// <summary>Begins the message of a call; its arguments follow.</summary>
    public MessageWriter Begin(ushort method, MessageKind kind = MessageKind.Call)
    {
        if (ended is not null)
        {
            throw ended;
        }
        writer.Begin(new MessageHeader(++lastNumber, method, kind));
        return writer;
    }

    /// <summary>Sends the call begun and waits for its result.</summary>
    public ValueTask<T> Call<T>(
        MessageDecoder<T> decode,
        CancellationToken cancellation = default
    ) => Start(decode, cancellation).AsValueTaskOfT();

    /// <summary>Sends the call begun and waits for its end.</summary>
    public ValueTask Call(CancellationToken cancellation = default) =>
        Start<Nothing>(Nothing.Read, cancellation).AsValueTask();

    /// <summary>Sends the message begun, of a call nobody waits for. Completes when the message is in the ring.</summary>
    public ValueTask Tell()
    {
        Capability[]? capabilities = writer.TakeCapabilities();
        return capabilities is not null || !sealing.IsCompleted
                ? new(sealing = SealAsync(sealing, writer.Written.ToArray(), capabilities))
            : Channel.TrySend(writer.Written) ? ValueTask.CompletedTask
            : Channel.SendAsync(writer.Written.ToArray());
    }

    /// <summary>Makes a stream of the call begun; it is sent when somebody starts to read.</summary>
    public IAsyncEnumerable<T> Stream<T>(
        MessageDecoder<T> decode,
        CancellationToken cancellation = default
    ) =>
        new PendingStream<T>(
            this,
            loop,
            writer.Written.ToArray(),
            writer.TakeCapabilities(),
            decode,
            cancellation
        );

    /// <summary>Closes the channel; calls that wait fail.</summary>
    public void Dispose()
    {
        Channel.Dispose();
        End(
            Channel.EndReason is { } reason
                ? reason
                : new ObjectDisposedException(nameof(MessageClient))
        );
    }

    internal void StartStream(
        PendingCall stream,
        byte[] call,
        Capability[]? capabilities,
        int window
    )
    {
        if (ended is not null)
        {
            stream.Fail(ended);
            return;
        }
        stream.Number = ++lastNumber;
        BitConverter.TryWriteBytes(call, stream.Number);
        pending.Add(stream.Number, stream);
        Send(call, capabilities, stream);
        Grant(stream.Number, window);
    }

    internal void Grant(uint number, int items)
    {
        if (ended is null)
        {
            writer.Begin(new MessageHeader(number, 0, MessageKind.Credit));
            writer.Write(items);
            Send(writer.Written, null, null);
        }
    }

    /// <summary>Nobody waits any more: a reply that still comes is passed over, and the server may stop.</summary>
    internal void GiveUp(uint number)
    {
        if (pending.Remove(number) && ended is null)
        {
            writer.Begin(new MessageHeader(number, 0, MessageKind.Cancel));
            Send(writer.Written, null, null);
        }
    }

    internal void Recycle<T>(PendingCall<T> call) => IdleCalls<T>().Push(call);

    private PendingCall<T> Start<T>(MessageDecoder<T> decode, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (!IdleCalls<T>().TryPop(out PendingCall<T>? call))
        {
            call = new PendingCall<T>(this, loop);
        }
        call.Start(lastNumber, decode, cancellation);
        pending.Add(lastNumber, call);
        Send(writer.Written, writer.TakeCapabilities(), call);
        return call;
    }

    private Stack<PendingCall<T>> IdleCalls<T>()
    {
        // Most calls have the result type of the call before.
        if (lastIdle is Stack<PendingCall<T>> same)
        {
            return same;
        }
        if (idle.TryGetValue(typeof(T), out object? calls))
        {
            lastIdle = calls;
            return (Stack<PendingCall<T>>)calls;
        }
        Stack<PendingCall<T>> none = new();
        idle.Add(typeof(T), none);
        return none;
    }

    private void Send(ReadOnlySpan<byte> message, Capability[]? capabilities, PendingCall? call)
    {
        if (capabilities is not null || !sealing.IsCompleted)
        {
            sealing = SealAsync(sealing, message.ToArray(), capabilities);
            Watch(sealing, call);
            return;
        }
        try
        {
            if (!Channel.TrySend(message))
            {
                Watch(Channel.SendAsync(message.ToArray()).AsTask(), call);
            }
        }
        catch (ChannelException exception)
        {
            // Whoever waits learns it from the channel's end, which the listener sees too, after what came before it.
            call?.Fail(exception);
        }
    }

    private async Task SealAsync(Task before, byte[] message, Capability[]? capabilities)
    {
        // Whatever became of the one before: it has told its own caller.
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        byte[] letter = capabilities is null
            ? message
            : await Enclosure.SealAsync(Channel, message, capabilities);
        await Channel.SendAsync(letter);
    }

    private async void Watch(Task sending, PendingCall? call)
    {
        try
        {
            await sending;
        }
        catch (Exception exception)
            when (exception is IOException or ObjectDisposedException or ArgumentException)
        {
            if (call is not null)
            {
                pending.Remove(call.Number);
                call.Fail(exception);
            }
        }
    }

    private async Task GreetAsync(ulong hash, string service, CancellationToken cancellation)
    {
        writer.Begin(new MessageHeader(0, 0, MessageKind.Hello));
        writer.Write(hash);
        await Tell();
        ulong theirs = ReadGreeting((await Channel.ReceiveAsync(cancellation)).Span);
        if (theirs != hash)
        {
            throw new InterfaceMismatchException(
                $"{service} of {Channel.PeerName} on core {Channel.PeerCore} has version {theirs:x16}, this program {hash:x16}: build both from the same interface."
            );
        }
    }

    private static ulong ReadGreeting(ReadOnlySpan<byte> message)
    {
        MessageReader reader = new(message);
        if (reader.Read<MessageHeader>().Kind != MessageKind.Hello)
        {
            throw new MalformedMessageException("The server did not greet.");
        }
        return reader.Read<ulong>();
    }

    private async void Listen()
    {
        while (ended is null)
        {
            try
            {
                await Channel.WaitToReceiveAsync(Timeout.InfiniteTimeSpan);
                while (ended is null && Channel.TryReceive(out ReadOnlyMemory<byte> message))
                {
                    if (Enclosure.IsIn(message.Span))
                    {
                        await HandleEnclosedAsync(message.ToArray());
                    }
                    else
                    {
                        Handle(message.Span, null);
                    }
                }
            }
            catch (MalformedMessageException)
            {
                // Counted by the channel. Which call it was for cannot be known; the others go on.
            }
            catch (Exception exception)
                when (exception is ChannelException or ObjectDisposedException)
            {
                End(exception);
            }
        }
    }

    private async ValueTask HandleEnclosedAsync(byte[] message)
    {
        Enclosure enclosure;
        try
        {
            enclosure = await Enclosure.OpenAsync(Channel, message);
        }
        catch (CapabilityException exception)
        {
            FailCall(message, exception);
            return;
        }
        catch (MalformedMessageException exception)
        {
            Channel.CountMalformed();
            FailCall(message, exception);
            return;
        }
        Handle(Enclosure.Strip(message), enclosure);
        enclosure.DropRest();
    }

    private void FailCall(byte[] message, Exception exception)
    {
        if (pending.Remove(BitConverter.ToUInt32(message), out PendingCall? call))
        {
            call.Fail(exception);
        }
    }

    private void Handle(ReadOnlySpan<byte> message, Enclosure? enclosure)
    {
        MessageReader reader = new(message, enclosure);
        PendingCall? call = null;
        try
        {
            MessageHeader header = reader.Read<MessageHeader>();
            if (!pending.TryGetValue(header.Call, out call))
            {
                // The answer to a call that was given up, or never made.
                return;
            }
            switch (header.Kind)
            {
                case MessageKind.Item:
                    call.Item(ref reader);
                    return;
                case MessageKind.Reply:
                    pending.Remove(header.Call);
                    call.Complete(ref reader);
                    return;
                case MessageKind.Error:
                    pending.Remove(header.Call);
                    call.Fail(RemoteException.Create(reader.ReadString(), reader.ReadString()));
                    return;
                default:
                    throw new MalformedMessageException(
                        $"A message of kind {header.Kind} is no answer."
                    );
            }
        }
        catch (MalformedMessageException exception)
        {
            Channel.CountMalformed();
            enclosure?.Drop();
            if (call is not null)
            {
                pending.Remove(call.Number);
                call.Fail(exception);
            }
        }
    }

    private void End(Exception exception)
    {
        if (ended is not null)
        {
            return;
        }
        ended = exception;
        PendingCall[] waiting = [.. pending.Values];
        pending.Clear();
        foreach (PendingCall call in waiting)
        {
            call.Fail(exception);
        }
    }
}
