using System.Buffers.Binary;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Drivers.Disk.Devices;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Naming;

namespace Cosmos.Multikernel.Drivers.Disk;

/// <summary>A block device that an instance on another core serves. On the event loop.</summary>
/// <remarks>
/// Short data go in messages, long ones in frames, in pieces of which several are under way. When the instance ends, its next life is
/// waited for and what was under way is asked for again: the driver's end has reset the device, which keeps what it had
/// completed, and reading or writing the same blocks twice does no harm.
/// </remarks>
public sealed class RemoteBlockDevice : BlockDevice, IDisposable
{
    // What is shorter is copied through the ring in less time than a frame takes to go and come.
    private const int LongestInMessage = 8 << 10;

    // A whole number of blocks, whatever their size.
    private const int PieceBytes = 128 << 10;
    private const int MostPieces = 16;

    // Several short requests and their replies at once.
    private const uint Slots = 1024;

    private const int MostAttempts = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(2);

    private readonly Func<TimeSpan, CancellationToken, Task<BlockDeviceProxy>> connect;
    private readonly DiskBuffers buffers = new(PieceBytes, MostPieces);
    private readonly CancellationTokenSource disposing = new();
    private BlockDeviceProxy? proxy;
    private Task<BlockDeviceProxy>? connecting;
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
        await CallAsync(async device => Check(await device.FlushAsync()), cancellation);

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
        into.Length <= LongestInMessage
            ? CallAsync(
                async device =>
                    TakeReply(
                        await device.ReadAsync(block, into.Length / Geometry.BlockSize),
                        into.Span
                    ),
                cancellation
            )
            : BlockPieces.RunAsync(
                into.Length,
                PieceBytes,
                (at, length) =>
                    CallWithFrameAsync(
                        (device, frame) =>
                            device.ReadFrameAsync(
                                block + at / Geometry.BlockSize,
                                frame,
                                0,
                                length
                            ),
                        frame => frame.ReadOnlySpan[..length].CopyTo(into.Span[at..]),
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
        from.Length <= LongestInMessage
            ? CallAsync(
                async device => Check(await device.WriteAsync(block, from, options)),
                cancellation
            )
            : BlockPieces.RunAsync(
                from.Length,
                PieceBytes,
                (at, length) =>
                    CallWithFrameAsync(
                        (device, frame) =>
                        {
                            from.Span.Slice(at, length).CopyTo(frame.Span);
                            return device.WriteFrameAsync(
                                block + at / Geometry.BlockSize,
                                frame,
                                0,
                                length,
                                options
                            );
                        },
                        static _ => { },
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

    private ValueTask CallWithFrameAsync(
        Func<BlockDeviceProxy, Frame, ValueTask<(BlockError Error, Frame Frame)>> call,
        Action<Frame> take,
        CancellationToken cancellation
    ) =>
        CallAsync(
            async device =>
            {
                Frame frame = await buffers.TakeAsync();
                try
                {
                    (BlockError error, frame) = await call(device, frame);
                    CheckReturned(frame);
                    Check(error);
                    take(frame);
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
            },
            cancellation
        );

    private async ValueTask CallAsync(
        Func<BlockDeviceProxy, ValueTask> call,
        CancellationToken cancellation
    )
    {
        for (int attempt = 1; ; attempt++)
        {
            cancellation.ThrowIfCancellationRequested();
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

    private void TakeReply(ReadOnlySpan<byte> reply, Span<byte> into)
    {
        if (reply.Length < sizeof(int))
        {
            throw new MalformedMessageException($"{Name}: a reply of {reply.Length} bytes.");
        }
        Check((BlockError)BinaryPrimitives.ReadInt32LittleEndian(reply));
        if (reply.Length != sizeof(int) + into.Length)
        {
            throw new MalformedMessageException(
                $"{Name}: a reply of {reply.Length} bytes to a request for {into.Length}."
            );
        }
        reply[sizeof(int)..].CopyTo(into);
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
        if (error != BlockError.None)
        {
            throw new BlockDeviceException(error, $"{Name}: {error.InWords()}.");
        }
    }

    private BlockDeviceException Gone(Exception exception) =>
        new(BlockError.DeviceGone, $"{Name}: its driver cannot be reached. {exception.Message}");
}
