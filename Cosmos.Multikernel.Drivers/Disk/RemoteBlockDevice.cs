using System.Runtime.InteropServices;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Drivers.Devices;
using Cosmos.Multikernel.Drivers.Disk.Devices;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Naming;

namespace Cosmos.Multikernel.Drivers.Disk;

/// <summary>A block device that an instance on another core serves. On the event loop.</summary>
/// <remarks>
/// <para>
/// What one turn of the loop asks for goes together, in frames of which several are under way; a short request that is alone goes in a message. So
/// the more there is to do, the less each costs.
/// </para>
/// <para>
/// When the instance ends, its next life is
/// waited for and what was under way is asked for again: the driver's end has reset the device, which keeps what it had
/// completed, and reading or writing the same blocks twice does no harm.
/// </para>
/// </remarks>
public sealed class RemoteBlockDevice : BlockDevice, IDisposable
{
    // What is shorter is copied through the ring in less time than a frame takes to go and come.
    private const int LongestInMessage = 8 << 10;

    // So few that with many under way there are several batches: this core fills one, the driver's core and the device each have another. And so
    // few of these that what comes meanwhile goes together, however it came.
    private const int MostInBatch = 16;
    private const int MostBatches = 4;

    // A whole number of blocks, whatever their size.
    private const int PieceBytes = 64 << 10;

    // Several short requests and their replies at once.
    private const uint Slots = 1024;

    private const int MostAttempts = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(2);

    private readonly Func<TimeSpan, CancellationToken, Task<BlockDeviceProxy>> connect;
    private readonly DiskBuffers buffers = new(PieceBytes, MostBatches);
    private readonly CancellationTokenSource disposing = new();
    private readonly OperationPool<bool> outcomes = new(EventLoop.Current);
    private readonly List<Transfer> gathered = [];
    private readonly OncePerTurn sending;
    private BlockDeviceProxy? proxy;
    private Task<BlockDeviceProxy>? connecting;
    private int batches;
    private bool hasWaitedInVain;

    private RemoteBlockDevice(
        string name,
        Func<TimeSpan, CancellationToken, Task<BlockDeviceProxy>> connect,
        BlockDeviceProxy proxy,
        BlockGeometry geometry
    )
    {
        Name = name;
        this.connect = connect;
        this.proxy = proxy;
        Geometry = geometry;
        sending = new OncePerTurn(SendGathered);
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override BlockGeometry Geometry { get; }

    /// <summary>How often a driver's next life was found.</summary>
    public int Reconnections { get; private set; }

    /// <summary>Binds to the device that somebody serves under a name; waits for somebody who does.</summary>
    /// <param name="name">The name.</param>
    /// <param name="timeout">Longest wait.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="TimeoutException">Nobody served it in time.</exception>
    /// <exception cref="ChannelException">It cannot be bound to.</exception>
    /// <exception cref="MalformedMessageException">The geometry it tells cannot be.</exception>
    public static Task<RemoteBlockDevice> BindAsync(
        string name,
        TimeSpan timeout,
        CancellationToken cancellation = default
    ) =>
        OpenAsync(
            name,
            (patience, stop) => Names.BindAsync<BlockDeviceProxy>(name, patience, Options, stop),
            timeout,
            cancellation
        );

    /// <summary>Connects to the instance that serves the device.</summary>
    /// <param name="core">Its core.</param>
    /// <param name="instance">Its name.</param>
    /// <param name="service">The service's name; null for the interface's own.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ChannelException">There is no such instance, or it serves another version of the interface.</exception>
    /// <exception cref="MalformedMessageException">The geometry it tells cannot be.</exception>
    public static Task<RemoteBlockDevice> ConnectAsync(
        int core,
        string instance,
        string? service = null,
        CancellationToken cancellation = default
    ) =>
        OpenAsync(
            $"{instance}@{core}{(service is null ? "" : ":" + service)}",
            (patience, stop) =>
                MessageClient.ConnectAsync<BlockDeviceProxy>(
                    core,
                    instance,
                    Options with
                    {
                        Service = service ?? "",
                        ConnectTimeout = patience,
                    },
                    stop
                ),
            Patience,
            cancellation
        );

    /// <inheritdoc/>
    public override async ValueTask FlushAsync(CancellationToken cancellation = default) =>
        await CallAsync(async device =>
        {
            cancellation.ThrowIfCancellationRequested();
            Check(await device.FlushAsync());
        });

    /// <summary>Disconnects.</summary>
    public void Dispose()
    {
        disposing.Cancel();
        proxy?.Dispose();
        buffers.Dispose();
        disposing.Dispose();
    }

    /// <inheritdoc/>
    protected override ValueTask ReadBlocksAsync(
        long block,
        Memory<byte> into,
        CancellationToken cancellation
    ) =>
        BlockPieces.RunAsync(
            into.Length,
            PieceBytes,
            (at, length) =>
                Gather(
                    BlockRequestKind.Read,
                    block + at / Geometry.BlockSize,
                    into.Slice(at, length),
                    WriteOptions.None,
                    cancellation
                )
        );

    /// <inheritdoc/>
    protected override ValueTask WriteBlocksAsync(
        long block,
        ReadOnlyMemory<byte> from,
        WriteOptions options,
        CancellationToken cancellation
    ) =>
        BlockPieces.RunAsync(
            from.Length,
            PieceBytes,
            (at, length) =>
                Gather(
                    BlockRequestKind.Write,
                    block + at / Geometry.BlockSize,
                    MemoryMarshal.AsMemory(from.Slice(at, length)),
                    options,
                    cancellation
                )
        );

    private static ChannelOptions Options => new() { Slots = Slots };

    private static async Task<RemoteBlockDevice> OpenAsync(
        string name,
        Func<TimeSpan, CancellationToken, Task<BlockDeviceProxy>> connect,
        TimeSpan timeout,
        CancellationToken cancellation
    )
    {
        BlockDeviceProxy proxy = await connect(timeout, cancellation);
        try
        {
            BlockGeometry geometry = await proxy.GetGeometryAsync();
            return new RemoteBlockDevice(name, connect, proxy, geometry.Checked());
        }
        catch (ArgumentOutOfRangeException exception)
        {
            proxy.Dispose();
            throw new MalformedMessageException(
                $"{name} tells an impossible geometry. {exception.Message}"
            );
        }
        catch
        {
            proxy.Dispose();
            throw;
        }
    }

    /// <summary>Has something done with what else this turn of the loop asks for.</summary>
    private ValueTask Gather(
        BlockRequestKind kind,
        long block,
        Memory<byte> memory,
        WriteOptions options,
        CancellationToken cancellation
    )
    {
        PendingOperation<bool> outcome = outcomes.Start(Timeout.InfiniteTimeSpan);
        gathered.Add(new Transfer(kind, block, memory, options, cancellation, outcome));
        if (gathered.Count < MostInBatch)
        {
            sending.Ask();
        }
        else
        {
            SendGathered();
        }
        return outcome.AsValueTask();
    }

    private void SendGathered()
    {
        int first = 0;
        for (int count; first < gathered.Count && batches < MostBatches; first += count)
        {
            int bytes = gathered[first].Memory.Length;
            for (count = 1; count < MostInBatch && first + count < gathered.Count; count++)
            {
                bytes += gathered[first + count].Memory.Length;
                if (bytes > PieceBytes)
                {
                    break;
                }
            }
            RunBatch(gathered.GetRange(first, count));
        }
        gathered.RemoveRange(0, first);
    }

    private async void RunBatch(List<Transfer> batch)
    {
        batches++;
        try
        {
            await CallAsync(device =>
                batch is [{ Memory.Length: <= LongestInMessage } single]
                    ? RunInMessageAsync(device, single)
                    : RunInFrameAsync(device, batch)
            );
        }
        catch (Exception exception)
        {
            foreach (Transfer transfer in batch)
            {
                transfer.Outcome.Fail(exception);
            }
        }
        batches--;
        if (gathered.Count > 0)
        {
            sending.Ask();
        }
    }

    private async ValueTask RunInMessageAsync(BlockDeviceProxy device, Transfer transfer)
    {
        transfer.Cancellation.ThrowIfCancellationRequested();
        if (transfer.Kind == BlockRequestKind.Write)
        {
            Check(await device.WriteAsync(transfer.Block, transfer.Memory, transfer.Options));
        }
        else
        {
            Check(await device.ReadAsync(transfer.Block, transfer.Memory));
        }
        transfer.Outcome.Complete(true);
    }

    private async ValueTask RunInFrameAsync(BlockDeviceProxy device, List<Transfer> batch)
    {
        Frame frame = await buffers.TakeAsync();
        try
        {
            List<BlockRequest> requests = Prepare(batch, frame);
            if (requests.Count == 0)
            {
                return;
            }
            (BlockOutcomes outcomes, frame) = await device.TransferAsync([.. requests], frame);
            CheckReturned(frame);
            for (int i = 0; i < requests.Count; i++)
            {
                batch[i].Take(requests[i], frame, Failure(outcomes[i]));
            }
        }
        finally
        {
            if (frame.IsClosed)
            {
                // It is with the instance that has ended.
                buffers.Forget();
            }
            else
            {
                buffers.Return(frame);
            }
        }
    }

    /// <summary>
    /// Puts a batch into a frame. Who has given up meanwhile, or whose memory has gone, is told so and leaves the batch: nobody else
    /// knows of the request yet.
    /// </summary>
    private static List<BlockRequest> Prepare(List<Transfer> batch, Frame frame)
    {
        List<BlockRequest> requests = new(batch.Count);
        int offset = 0;
        batch.RemoveAll(transfer =>
        {
            if (!transfer.TryPut(frame, offset))
            {
                return true;
            }
            requests.Add(transfer.RequestAt(offset));
            offset += transfer.Memory.Length;
            return false;
        });
        return requests;
    }

    private async ValueTask CallAsync(Func<BlockDeviceProxy, ValueTask> call)
    {
        for (int attempt = 1; ; attempt++)
        {
            BlockDeviceProxy device = await GetAsync();
            try
            {
                await call(device);
                return;
            }
            catch (Exception exception)
                when (exception
                        is MalformedMessageException
                            or RemoteException
                            or CapabilityException
                )
            {
                throw new BlockDeviceException(
                    BlockError.DeviceError,
                    $"{Name}: its driver did not understand, or was not understood. {exception.Message}"
                );
            }
            catch (Exception exception)
                when (exception is ChannelException or ObjectDisposedException)
            {
                // The first to notice closes this end: the others see that.
                if (proxy == device)
                {
                    proxy.Dispose();
                    proxy = null;
                }
                if (attempt == MostAttempts || disposing.IsCancellationRequested)
                {
                    throw Gone(exception);
                }
            }
        }
    }

    private async ValueTask<BlockDeviceProxy> GetAsync()
    {
        if (proxy is not null)
        {
            return proxy;
        }
        // Whoever comes while somebody connects waits for the same connection.
        if (connecting is not { IsCompleted: false })
        {
            connecting = ReconnectAsync();
        }
        return await connecting;
    }

    private async Task<BlockDeviceProxy> ReconnectAsync()
    {
        BlockDeviceProxy? next = null;
        try
        {
            next = await connect(hasWaitedInVain ? LookLimit : Patience, disposing.Token);
            if (await next.GetGeometryAsync() != Geometry)
            {
                throw new ChannelRefusedException("Another disk is there now.");
            }
            hasWaitedInVain = false;
            Reconnections++;
            proxy = next;
            return next;
        }
        catch (Exception exception)
            when (exception is ChannelException or TimeoutException or OperationCanceledException)
        {
            next?.Dispose();
            hasWaitedInVain = true;
            throw Gone(exception);
        }
    }

    private void CheckReturned(Frame frame)
    {
        if (frame.Length != PieceBytes || frame.GrantedRights != CapabilityRights.All)
        {
            frame.Dispose();
            throw new MalformedMessageException($"{Name}: another frame came back.");
        }
    }

    private void Check(BlockError error)
    {
        if (Failure(error) is { } failure)
        {
            throw failure;
        }
    }

    private BlockDeviceException? Failure(BlockError error) =>
        error == BlockError.None
            ? null
            : new BlockDeviceException(error, $"{Name}: {error.InWords()}.");

    private BlockDeviceException Gone(Exception exception) =>
        new(BlockError.DeviceGone, $"{Name}: its driver cannot be reached. {exception.Message}");

    /// <summary>Something to be done for somebody who waits.</summary>
    private readonly record struct Transfer(
        BlockRequestKind Kind,
        long Block,
        Memory<byte> Memory,
        WriteOptions Options,
        CancellationToken Cancellation,
        PendingOperation<bool> Outcome
    )
    {
        /// <summary>The same as its driver is asked for it.</summary>
        public BlockRequest RequestAt(int offset) =>
            new(Block, offset, Memory.Length, Kind, Options);

        /// <summary>Copies what is to be written into a frame; false when that makes no sense any more.</summary>
        public bool TryPut(Frame frame, int offset)
        {
            try
            {
                Cancellation.ThrowIfCancellationRequested();
                if (Kind == BlockRequestKind.Write)
                {
                    Memory.Span.CopyTo(frame.Span[offset..]);
                }
                return true;
            }
            catch (Exception exception)
                when (exception
                        is OperationCanceledException
                            or IOException
                            or ObjectDisposedException
                )
            {
                Outcome.Fail(exception);
                return false;
            }
        }

        /// <summary>It is done: what was read goes from the frame to who waits for it.</summary>
        public void Take(in BlockRequest request, Frame frame, Exception? failure)
        {
            if (failure is not null)
            {
                Outcome.Fail(failure);
                return;
            }
            try
            {
                if (Kind == BlockRequestKind.Read)
                {
                    frame.ReadOnlySpan.Slice(request.Offset, request.Length).CopyTo(Memory.Span);
                }
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException)
            {
                Outcome.Fail(exception);
                return;
            }
            Outcome.Complete(true);
        }
    }
}
