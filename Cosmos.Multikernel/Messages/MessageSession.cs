using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Channels;

namespace Cosmos.Multikernel.Messages;

/// <summary>
/// One client as its server sees it: reads calls, has them dispatched, sends back what becomes of them.
/// </summary>
/// <remarks>
/// Calls run concurrently on the event loop: one that awaits does not hold up the next. While replies wait for room in the
/// ring no further call is read, so a client that does not read its replies holds back itself. What a method throws goes
/// back to its caller; it never ends the session or the server.
/// </remarks>
public sealed class MessageSession : ChannelListener
{
    /// <summary>
    /// Calls of one client that may wait for their replies at a time, open streams included. The greeting tells the client,
    /// which holds further ones back; what still comes above it is refused and counted as malformed. While as many one-way
    /// methods run, nothing more of that client is read.
    /// </summary>
    public const int MostCalls = 1024;

    /// <summary>Most bytes that one call may want filled (a parameter of type <see cref="Memory{T}"/>).</summary>
    public const int MostFilled = 64 << 10;

    // So much memory to be filled is kept for the client's next calls.
    private const int IdleRooms = 8;

    private readonly Channel channel;
    private readonly IMessageDispatcher dispatcher;
    private readonly MessageWriter writer = new();
    private readonly Dictionary<uint, CancellationTokenSource> tokens = [];
    private readonly Dictionary<uint, StreamCredit> streams = [];
    private readonly Stack<byte[]> rooms = [];
    private readonly CancellationTokenSource left = new();
    private readonly PendingOperation<bool> over = new(EventLoop.Current);
    private int waitingCalls;
    private int runningOneWays;

    // What must be done before the next message is read, the last of it; null while that never was.
    private Task? draining;

    internal MessageSession(Channel channel, IMessageDispatcher dispatcher)
        : base(readsWhileSending: false)
    {
        this.channel = channel;
        this.dispatcher = dispatcher;
    }

    /// <summary>Cancelled when the call is cancelled or its client leaves.</summary>
    public CancellationToken TokenOf(MessageHeader header)
    {
        if (tokens.ContainsKey(header.Call))
        {
            throw new MalformedMessageException($"Call {header.Call} is already being served.");
        }
        CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(
            left.Token
        );
        tokens.Add(header.Call, source);
        return source.Token;
    }

    /// <summary>Sends a method's result when it is there.</summary>
    public void Reply<T>(MessageHeader header, ValueTask<T> result, MessageEncoder<T> encode)
    {
        if (result.IsCompletedSuccessfully)
        {
            SendReply(header, result.Result, encode);
            return;
        }
        _ = ReplyLater(header, result, encode);
    }

    /// <summary>
    /// Memory for a method to fill. What it does not write are zeros, or what earlier calls of the same client were given: nobody else's.
    /// </summary>
    /// <param name="length">What the client asks for.</param>
    /// <exception cref="MalformedMessageException">That cannot be.</exception>
    public Memory<byte> TakeRoom(int length)
    {
        if (length is < 0 or > MostFilled)
        {
            throw new MalformedMessageException($"A call wants {length} bytes filled.");
        }
        byte[] room =
            rooms.TryPeek(out byte[]? idle) && idle.Length >= length
                ? rooms.Pop()
                : new byte[(int)BitOperations.RoundUpToPowerOf2((uint)length)];
        return room.AsMemory(0, length);
    }

    /// <summary>Sends a method's result when it is there, and the memory that the method has filled by then.</summary>
    public void ReplyFilled<T>(
        MessageHeader header,
        ValueTask<T> result,
        Memory<byte> room,
        MessageEncoder<T> encode
    )
    {
        if (result.IsCompletedSuccessfully)
        {
            SendFilled(header, result.Result, room, encode);
            return;
        }
        _ = ReplyFilledLater(header, result, room, encode);
    }

    /// <summary>Tells the caller when a method without a result has ended.</summary>
    public void Reply(MessageHeader header, ValueTask result)
    {
        if (result.IsCompletedSuccessfully)
        {
            result.GetAwaiter().GetResult();
            SendReply<Nothing>(header, default, static (_, _) => { });
            return;
        }
        _ = ReplyLater(header, AsNothing(result), static (_, _) => { });
    }

    /// <summary>Looks after a method nobody waits for: what it throws is counted as one the caller cannot learn of.</summary>
    public void Forget(ValueTask result)
    {
        if (result.IsCompletedSuccessfully)
        {
            result.GetAwaiter().GetResult();
            return;
        }
        _ = Watch(result);
    }

    /// <summary>Sends the items of a stream as credit allows.</summary>
    public void Stream<T>(
        MessageHeader header,
        Func<CancellationToken, IAsyncEnumerable<T>> open,
        MessageEncoder<T> encode
    )
    {
        CancellationToken token = TokenOf(header);
        StreamCredit credit = new(EventLoop.Current);
        streams.Add(header.Call, credit);
        _ = StreamItems(header, open(token), encode, credit, token);
    }

    /// <summary>One-way methods of this client that threw.</summary>
    public int OneWayFailures { get; private set; }

    internal async Task RunAsync(Func<ValueTask> beforeClosing, CancellationToken cancellation)
    {
        try
        {
            if (!await GreetAsync(cancellation))
            {
                return;
            }
            over.Start(Timeout.InfiniteTimeSpan, cancellation);
            channel.Listen(this);
            await over.AsValueTask();
        }
        catch (Exception exception)
            when (exception is ChannelException or OperationCanceledException)
        {
            // The client has left, or the server stops: either way the session is over.
        }
        finally
        {
            left.Cancel();
            try
            {
                await beforeClosing();
            }
            finally
            {
                channel.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    internal override bool IsBusy =>
        draining is { IsCompleted: false } || runningOneWays == MostCalls;

    /// <inheritdoc/>
    internal override void Received(ReadOnlySpan<byte> message)
    {
        if (Enclosure.IsIn(message))
        {
            Drain(HandleEnclosedAsync(message.ToArray(), draining));
        }
        else
        {
            Handle(message, null);
        }
    }

    /// <inheritdoc/>
    internal override void Dropped(
        ReadOnlySpan<byte> beginning,
        MalformedMessageException exception
    )
    {
        if (beginning.Length >= MessageHeader.Size)
        {
            Enclosure.Discard(channel, beginning);
            Reject(new MessageReader(beginning).Read<MessageHeader>(), exception);
        }
    }

    /// <inheritdoc/>
    internal override void Ended(Exception exception)
    {
        if (!over.IsCompleted)
        {
            over.Complete(true);
        }
    }

    private async ValueTask<bool> GreetAsync(CancellationToken cancellation)
    {
        ulong theirs = ReadGreeting((await channel.ReceiveAsync(cancellation)).Span);
        writer.Begin(new MessageHeader(0, 0, MessageKind.Hello));
        writer.Write(dispatcher.InterfaceHash);
        writer.Write(MostCalls);
        Send();
        return theirs == dispatcher.InterfaceHash;
    }

    private static ulong ReadGreeting(ReadOnlySpan<byte> message)
    {
        MessageReader reader = new(message);
        return reader.Read<MessageHeader>().Kind == MessageKind.Hello
            ? reader.Read<ulong>()
            : throw new MalformedMessageException("The client did not greet.");
    }

    private async Task HandleEnclosedAsync(byte[] message, Task? before)
    {
        if (before is not null)
        {
            await Ended(before);
        }
        Enclosure enclosure;
        try
        {
            enclosure = await Enclosure.OpenAsync(channel, message);
        }
        catch (Exception exception)
            when (exception
                    is MalformedMessageException
                        or CapabilityException
                        or ObjectDisposedException
            )
        {
            if (exception is MalformedMessageException)
            {
                channel.CountMalformed();
            }
            Reject(new MessageReader(message).Read<MessageHeader>(), exception);
            return;
        }
        Handle(Enclosure.Strip(message), enclosure);
        enclosure.DropRest();
    }

    private void Handle(ReadOnlySpan<byte> message, Enclosure? enclosure)
    {
        MessageReader reader = new(message, enclosure);
        MessageHeader header = default;
        try
        {
            // What goes back has capabilities of its own.
            header = reader.Read<MessageHeader>() with
            {
                Capabilities = 0,
            };
            switch (header.Kind)
            {
                case MessageKind.Call when waitingCalls == MostCalls:
                    channel.CountMalformed();
                    Reject(
                        header,
                        new InvalidOperationException(
                            $"{MostCalls} calls of this client wait already."
                        )
                    );
                    break;
                case MessageKind.Call:
                    waitingCalls++;
                    dispatcher.Dispatch(this, header, ref reader);
                    break;
                case MessageKind.OneWay:
                    dispatcher.Dispatch(this, header, ref reader);
                    break;
                case MessageKind.Cancel:
                    if (tokens.TryGetValue(header.Call, out CancellationTokenSource? source))
                    {
                        source.Cancel();
                    }
                    break;
                case MessageKind.Credit:
                    uint more = reader.Read<uint>();
                    if (streams.TryGetValue(header.Call, out StreamCredit? credit))
                    {
                        credit.Add(more);
                    }
                    break;
                case MessageKind.Discard:
                    enclosure?.Drop();
                    break;
                default:
                    throw new MalformedMessageException(
                        $"A message of kind {header.Kind} is no call."
                    );
            }
        }
        catch (Exception exception)
        {
            if (exception is MalformedMessageException)
            {
                channel.CountMalformed();
                enclosure?.Drop();
            }
            Fail(header, exception);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ReplyLater<T>(
        MessageHeader header,
        ValueTask<T> result,
        MessageEncoder<T> encode
    )
    {
        try
        {
            SendReply(header, await result, encode);
        }
        catch (Exception exception)
        {
            Fail(header, exception);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ReplyFilledLater<T>(
        MessageHeader header,
        ValueTask<T> result,
        Memory<byte> room,
        MessageEncoder<T> encode
    )
    {
        try
        {
            SendFilled(header, await result, room, encode);
        }
        catch (Exception exception)
        {
            // Whoever threw may still have the memory: it is not used again.
            Fail(header, exception);
        }
    }

    private void SendFilled<T>(
        MessageHeader header,
        T result,
        Memory<byte> room,
        MessageEncoder<T> encode
    )
    {
        BeginReply(header, result, encode);
        writer.WriteArray<byte>(room.Span);
        if (
            rooms.Count < IdleRooms
            && MemoryMarshal.TryGetArray(room, out ArraySegment<byte> array)
        )
        {
            rooms.Push(array.Array!);
        }
        Send();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<Nothing> AsNothing(ValueTask result)
    {
        await result;
        return default;
    }

    private async Task Watch(ValueTask result)
    {
        runningOneWays++;
        try
        {
            await result;
        }
        catch (Exception)
        {
            OneWayFailures++;
        }
        if (runningOneWays-- == MostCalls)
        {
            channel.ListenOn();
        }
    }

    private async Task StreamItems<T>(
        MessageHeader header,
        IAsyncEnumerable<T> items,
        MessageEncoder<T> encode,
        StreamCredit credit,
        CancellationToken token
    )
    {
        try
        {
            await foreach (T item in items.WithCancellation(token))
            {
                try
                {
                    await credit.TakeAsync(token);
                }
                catch
                {
                    Drop(header, item, encode);
                    throw;
                }
                if (draining is { IsCompleted: false } before)
                {
                    // One at a time waits for room in the ring, whatever credit the client gave.
                    await Ended(before);
                }
                writer.Begin(header with { Kind = MessageKind.Item });
                encode(writer, item);
                Send();
            }
            SendReply<Nothing>(header, default, static (_, _) => { });
        }
        catch (Exception exception)
        {
            Fail(header, exception);
        }
        finally
        {
            streams.Remove(header.Call);
        }
    }

    // The capabilities in what will not be sent are nobody's.
    private static void Drop<T>(MessageHeader header, T value, MessageEncoder<T> encode)
    {
        MessageWriter dropped = new();
        dropped.Begin(header);
        encode(dropped, value);
        Drop(dropped.TakeCapabilities());
    }

    private static void Drop(Capability[]? capabilities)
    {
        foreach (Capability capability in capabilities ?? [])
        {
            capability.Dispose();
        }
    }

    private void SendReply<T>(MessageHeader header, T result, MessageEncoder<T> encode)
    {
        BeginReply(header, result, encode);
        Send();
    }

    private void BeginReply<T>(MessageHeader header, T result, MessageEncoder<T> encode)
    {
        Forget(header);
        writer.Begin(header with { Kind = MessageKind.Reply });
        encode(writer, result);
        waitingCalls--;
    }

    private void Fail(MessageHeader header, Exception exception)
    {
        Forget(header);
        if (header.Kind == MessageKind.Call)
        {
            waitingCalls--;
        }
        Reject(header, exception);
    }

    /// <summary>Answers a call that is not among those that wait, or no longer.</summary>
    private void Reject(MessageHeader header, Exception exception)
    {
        if (header.Kind == MessageKind.OneWay)
        {
            OneWayFailures++;
        }
        else if (header.Kind == MessageKind.Call)
        {
            SendError(header with { Capabilities = 0 }, exception);
        }
    }

    private void SendError(MessageHeader header, Exception exception)
    {
        writer.Begin(header with { Kind = MessageKind.Error });
        writer.WriteString(
            exception is RemoteException remote ? remote.RemoteType : exception.GetType().FullName
        );
        writer.WriteString(exception.Message);
        Send();
    }

    private void Forget(MessageHeader header)
    {
        if (tokens.Remove(header.Call, out CancellationTokenSource? source))
        {
            source.Dispose();
        }
    }

    private void Send()
    {
        Capability[]? capabilities = writer.TakeCapabilities();
        try
        {
            if (capabilities is not null || draining is { IsCompleted: false })
            {
                Drain(SendLaterAsync(writer.Written.ToArray(), capabilities, draining));
            }
            else if (!channel.TrySend(writer.Written))
            {
                Drain(SendLaterAsync(writer.Written.ToArray(), null, null));
            }
        }
        catch (Exception exception) when (exception is ChannelException or ObjectDisposedException)
        {
            // The client has left: the channel tells, after what the client sent before.
        }
    }

    /// <summary>No further message is read before this is done: what goes out, and what came with a message.</summary>
    private async void Drain(Task task)
    {
        draining = task;
        await Ended(task);
        if (draining == task)
        {
            channel.ListenOn();
        }
    }

    // Well or not. The rest runs on the loop, to which the channel belongs.
    private static ConfiguredTaskAwaitable Ended(Task task) =>
        task.ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext
        );

    private async Task SendLaterAsync(byte[] message, Capability[]? capabilities, Task? before)
    {
        if (before is not null)
        {
            await Ended(before);
        }
        MessageHeader header = new MessageReader(message).Read<MessageHeader>();
        try
        {
            byte[] letter = capabilities is null
                ? message
                : await Enclosure.SealAsync(channel, message, capabilities);
            await channel.SendAsync(letter);
        }
        catch (Exception exception)
            when (exception is CapabilityException or ArgumentException
                && header.Kind != MessageKind.Error
            )
        {
            // The result cannot go: its caller learns why.
            MessageWriter error = new();
            error.Begin(header with { Kind = MessageKind.Error });
            error.WriteString(exception.GetType().FullName);
            error.WriteString(exception.Message);
            await SendLaterAsync(error.Written.ToArray(), null, null);
        }
        catch (Exception exception) when (exception is ChannelException or ObjectDisposedException)
        {
            // The client has left: RunAsync sees it too, after what the client sent before.
        }
        finally
        {
            // Those that went are not here any more.
            Drop(capabilities);
        }
    }
}
