using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Channels;

namespace Cosmos.Multikernel.Messages;

/// <summary>
/// The calling end of a message interface: numbers calls, sends them and hands replies to those who wait.
/// </summary>
/// <remarks>
/// Many calls may wait at a time; replies come in any order. A call ends by its reply, by cancellation, or by the channel's
/// end: then with the same exception the channel has (<see cref="PeerEndedException"/> and so on); none hangs. Used on its
/// event loop only. A call allocates nothing once as many have been waiting at a time before. The server says in its
/// greeting how many calls may wait there; further ones wait here for their turn.
/// </remarks>
public sealed class MessageClient : ChannelListener, IDisposable
{
    private readonly EventLoop loop = EventLoop.Current;
    private readonly MessageWriter writer = new();
    private readonly PendingCallTable pending = new();
    private readonly Dictionary<Type, object> idle = [];
    private readonly LinkedList<HeldMessage> held = new();
    private object? lastIdle;
    private uint mostCalls = 1;
    private uint callsThere;
    private bool isSendingHeld;
    private Exception? ended;

    // The last message with capabilities: later ones must not overtake it.
    private Task sealing = Task.CompletedTask;
    private bool isOpening;

    private MessageClient(Channel channel)
        : base(readsWhileSending: true)
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
            await client.GreetAsync<TProxy>(options.ConnectTimeout, cancellation);
            channel.Listen(client);
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
        writer.Begin(new MessageHeader(0, method, kind));
        return writer;
    }

    /// <summary>Sends the call begun and waits for its result.</summary>
    public ValueTask<T> Call<T>(
        MessageDecoder<T> decode,
        CancellationToken cancellation = default
    ) => Start(decode, cancellation).AsValueTaskOfT();

    /// <summary>Sends the call begun and waits for its result, and for the bytes that come with it.</summary>
    /// <param name="into">Where they go: as many as there is room for. Written once, before the call completes, or never.</param>
    /// <param name="decode">Reads the result.</param>
    /// <param name="cancellation">Gives the call up.</param>
    public ValueTask<T> Fill<T>(
        Memory<byte> into,
        MessageDecoder<T> decode,
        CancellationToken cancellation = default
    ) => Start(decode, cancellation, into).AsValueTaskOfT();

    /// <summary>Sends the call begun and waits for its end.</summary>
    public ValueTask Call(CancellationToken cancellation = default) =>
        Start<Nothing>(Nothing.Read, cancellation).AsValueTask();

    /// <summary>Sends the message begun, of a call nobody waits for. Completes when the message is in the ring.</summary>
    public ValueTask Tell()
    {
        Capability[]? capabilities = writer.TakeCapabilities();
        if (held.Count == 0)
        {
            return Tell(writer.Written, capabilities);
        }
        // It must not overtake calls that wait for their turn.
        PendingOperation<bool> sent = new(loop);
        sent.Start(Timeout.InfiniteTimeSpan, default);
        held.AddLast(new HeldMessage(writer.Written.ToArray(), capabilities, null, sent));
        return sent.AsValueTask();
    }

    private ValueTask Tell(ReadOnlySpan<byte> message, Capability[]? capabilities)
    {
        return capabilities is not null || !sealing.IsCompleted
                ? new(sealing = SealAsync(sealing, message.ToArray(), capabilities))
            : Channel.TrySend(message) ? ValueTask.CompletedTask
            : Channel.SendAsync(message.ToArray());
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

    internal void StartStream(PendingCall stream, byte[] call, Capability[]? capabilities)
    {
        if (ended is not null)
        {
            stream.Fail(ended);
            return;
        }
        pending.Add(stream);
        BitConverter.TryWriteBytes(call, stream.Number);
        SendCall(call, capabilities, stream);
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
        if (pending.Remove(number) is not { } call || ended is not null)
        {
            return;
        }
        if (!Unhold(call))
        {
            writer.Begin(new MessageHeader(number, 0, MessageKind.Cancel));
            Send(writer.Written, null, null);
        }
    }

    internal void Recycle<T>(PendingCall<T> call) => IdleCalls<T>().Push(call);

    private PendingCall<T> Start<T>(
        MessageDecoder<T> decode,
        CancellationToken cancellation,
        Memory<byte>? into = null
    )
    {
        cancellation.ThrowIfCancellationRequested();
        if (!IdleCalls<T>().TryPop(out PendingCall<T>? call))
        {
            call = new PendingCall<T>(this, loop);
        }
        call.Start(decode, into, cancellation);
        pending.Add(call);
        writer.SetCall(call.Number);
        SendCall(writer.Written, writer.TakeCapabilities(), call);
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

    /// <summary>Sends a call, or keeps it until the server has answered one of those that wait there.</summary>
    private void SendCall(ReadOnlySpan<byte> message, Capability[]? capabilities, PendingCall call)
    {
        if (callsThere >= mostCalls || (held.Count != 0 && !isSendingHeld))
        {
            held.AddLast(new HeldMessage(message.ToArray(), capabilities, call, null));
            return;
        }
        callsThere++;
        Send(message, capabilities, call);

        // An answer is on its way: worth polling for.
        Channel.ListenOn();
        call.Sent();
    }

    /// <summary>Takes a call that is given up out of those that wait for their turn; false when it has had its turn.</summary>
    private bool Unhold(PendingCall call)
    {
        for (LinkedListNode<HeldMessage>? node = held.First; node is not null; node = node.Next)
        {
            if (node.Value.Call == call)
            {
                held.Remove(node);
                // What had to wait behind it may be free to go.
                SendHeld();
                return true;
            }
        }
        return false;
    }

    /// <summary>The server has answered a call, wanted or not.</summary>
    private void Answered()
    {
        if (callsThere != 0)
        {
            callsThere--;
        }
        SendHeld();
    }

    /// <summary>Sends what waits for its turn, in its order, up to the first call that the server has no room for.</summary>
    private void SendHeld()
    {
        if (isSendingHeld)
        {
            // One that cannot be sent makes room for the next: the loop below goes on, however many they are.
            return;
        }
        isSendingHeld = true;
        while (
            held.First is { Value: HeldMessage next }
            && (next.Call is null || callsThere < mostCalls)
        )
        {
            held.RemoveFirst();
            if (next.Call is null)
            {
                TellHeld(next);
            }
            else
            {
                SendCall(next.Message, next.Capabilities, next.Call);
            }
        }
        isSendingHeld = false;
    }

    private async void TellHeld(HeldMessage message)
    {
        try
        {
            await Tell(message.Message, message.Capabilities);
            message.Told!.Complete(true);
        }
        catch (Exception exception) when (IsOfSending(exception))
        {
            message.Told!.Fail(exception);
        }
    }

    private void Send(ReadOnlySpan<byte> message, Capability[]? capabilities, PendingCall? call)
    {
        try
        {
            if (capabilities is not null || !sealing.IsCompleted)
            {
                sealing = SealAsync(sealing, message.ToArray(), capabilities);
                Watch(sealing, call);
            }
            else if (!Channel.TrySend(message))
            {
                Watch(Channel.SendAsync(message.ToArray()).AsTask(), call);
            }
        }
        catch (Exception exception) when (IsOfSending(exception))
        {
            FailUnsent(call, call?.Number ?? 0, exception);
        }
    }

    private async Task SealAsync(Task before, byte[] message, Capability[]? capabilities)
    {
        // Whatever became of the one before: it has told its own caller. On the loop: the channel belongs to it.
        await before.ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext
        );
        byte[] letter = capabilities is null
            ? message
            : await Enclosure.SealAsync(Channel, message, capabilities);
        await Channel.SendAsync(letter);
    }

    private async void Watch(Task sending, PendingCall? call)
    {
        // A call that is given up meanwhile is used again, under another number.
        uint number = call?.Number ?? 0;
        try
        {
            await sending;
        }
        catch (Exception exception) when (IsOfSending(exception))
        {
            FailUnsent(call, number, exception);
        }
    }

    private static bool IsOfSending(Exception exception) =>
        exception is IOException or ObjectDisposedException or ArgumentException;

    /// <summary>A message could not be sent; it concerns a call, or nobody.</summary>
    private void FailUnsent(PendingCall? call, uint number, Exception exception)
    {
        if (call is null)
        {
            return;
        }
        if (pending.Find(number) == call)
        {
            pending.Remove(number);
            call.Fail(exception);
        }
        if (!Channel.HasEnded)
        {
            // It never went out, so no answer will say that there is room for another.
            Answered();
        }
    }

    private async Task GreetAsync<TProxy>(TimeSpan patience, CancellationToken cancellation)
        where TProxy : IMessageProxy<TProxy>
    {
        ulong hash = TProxy.InterfaceHash;
        writer.Begin(new MessageHeader(0, 0, MessageKind.Hello));
        writer.Write(hash);
        await Tell();
        ulong theirs = ReadGreeting(
            (await Channel.ReceiveAsync(patience, cancellation)).Span,
            out mostCalls
        );
        if (theirs != hash)
        {
            throw new InterfaceMismatchException(
                $"{TProxy.Service} of {Channel.PeerName} on core {Channel.PeerCore} has version {theirs:x16}, this program {hash:x16}: build both from the same interface."
            );
        }
    }

    private static ulong ReadGreeting(ReadOnlySpan<byte> message, out uint mostCalls)
    {
        MessageReader reader = new(message);
        if (reader.Read<MessageHeader>().Kind != MessageKind.Hello)
        {
            throw new MalformedMessageException("The server did not greet.");
        }
        ulong hash = reader.Read<ulong>();
        mostCalls = reader.Read<uint>();
        return mostCalls != 0
            ? hash
            : throw new MalformedMessageException("The server takes no calls at all.");
    }

    /// <inheritdoc/>
    internal override bool IsBusy => isOpening;

    /// <inheritdoc/>
    internal override void Received(ReadOnlySpan<byte> message)
    {
        if (Enclosure.IsIn(message))
        {
            Open(message.ToArray());
        }
        else
        {
            Handle(message, null);
        }
    }

    /// <inheritdoc/>
    internal override void Ended(Exception exception) => End(exception);

    /// <inheritdoc/>
    internal override void Dropped(
        ReadOnlySpan<byte> beginning,
        MalformedMessageException exception
    )
    {
        if (beginning.Length >= MessageHeader.Size)
        {
            Enclosure.Discard(Channel, beginning);
            FailCall(beginning, exception);
        }
    }

    /// <summary>Waits for the capabilities of a message; those after it stay in the ring meanwhile.</summary>
    private async void Open(byte[] message)
    {
        isOpening = true;
        try
        {
            await HandleEnclosedAsync(message);
        }
        catch (Exception exception) when (exception is ChannelException or ObjectDisposedException)
        {
            End(exception);
        }
        isOpening = false;
        Channel.ListenOn();
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

    // What came for it cannot be read. More of a stream would still come: the server is told to stop.
    private void FailCall(ReadOnlySpan<byte> message, Exception exception)
    {
        MessageHeader header = new MessageReader(message).Read<MessageHeader>();
        PendingCall? call = pending.Find(header.Call);
        if (header.Kind is MessageKind.Reply or MessageKind.Error)
        {
            pending.Remove(header.Call);
            Answered();
        }
        else
        {
            GiveUp(header.Call);
        }
        call?.Fail(exception);
    }

    private void Handle(ReadOnlySpan<byte> message, Enclosure? enclosure)
    {
        MessageReader reader = new(message, enclosure);
        PendingCall? call = null;
        try
        {
            MessageHeader header = reader.Read<MessageHeader>();
            if (header.Kind is MessageKind.Reply or MessageKind.Error)
            {
                Answered();
            }
            call = pending.Find(header.Call);
            if (call is null)
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
                // Nothing to give up where the answer has ended the call already.
                GiveUp(call.Number);
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
        foreach (HeldMessage message in held)
        {
            message.Told?.Fail(exception);
        }
        held.Clear();
        foreach (PendingCall call in pending.TakeAll())
        {
            call.Fail(exception);
        }
    }

    /// <summary>
    /// A call that waits for the server to have room for it, or a message nobody waits for that comes after one.
    /// </summary>
    private readonly record struct HeldMessage(
        byte[] Message,
        Capability[]? Capabilities,
        PendingCall? Call,
        PendingOperation<bool>? Told
    );
}
