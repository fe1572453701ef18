using System.Buffers.Binary;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Drivers.Disk;

/// <summary>A block device that an instance on another core serves. Long requests are sent in pieces.</summary>
public sealed class RemoteBlockDevice : BlockDevice, IDisposable
{
    private readonly BlockDeviceProxy proxy;

    private RemoteBlockDevice(string name, BlockGeometry geometry, BlockDeviceProxy proxy)
    {
        Name = name;
        Geometry = geometry;
        this.proxy = proxy;
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override BlockGeometry Geometry { get; }

    private int PieceBytes => BlockDeviceService.MaximumBytes;

    /// <summary>Connects to the instance that serves the device.</summary>
    /// <param name="core">Its core.</param>
    /// <param name="instance">Its name.</param>
    /// <param name="service">The service's name; null for the interface's own.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ChannelException">There is no such instance, or it serves another version of the interface.</exception>
    /// <exception cref="MalformedMessageException">The geometry it tells cannot be.</exception>
    public static async Task<RemoteBlockDevice> ConnectAsync(
        int core,
        string instance,
        string? service = null,
        CancellationToken cancellation = default
    )
    {
        ChannelOptions options = ChannelOptions.Default with { Service = service ?? "" };
        BlockDeviceProxy proxy = await MessageClient.ConnectAsync<BlockDeviceProxy>(
            core,
            instance,
            options,
            cancellation
        );
        try
        {
            BlockGeometry geometry = await proxy.GetGeometryAsync();
            string name = $"{instance}@{core}{(service is null ? "" : ":" + service)}";
            return new RemoteBlockDevice(name, geometry.Checked(), proxy);
        }
        catch (ArgumentOutOfRangeException exception)
        {
            proxy.Dispose();
            throw new MalformedMessageException(
                $"{instance} on core {core} tells an impossible geometry. {exception.Message}"
            );
        }
        catch
        {
            proxy.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override async ValueTask FlushAsync(CancellationToken cancellation = default)
    {
        try
        {
            ThrowOn(await proxy.FlushAsync());
        }
        catch (ChannelException exception)
        {
            throw Gone(exception);
        }
    }

    /// <summary>Disconnects.</summary>
    public void Dispose() => proxy.Dispose();

    /// <inheritdoc/>
    protected override async ValueTask ReadBlocksAsync(
        long block,
        Memory<byte> into,
        CancellationToken cancellation
    )
    {
        try
        {
            for (int done = 0; done < into.Length; done += PieceBytes)
            {
                cancellation.ThrowIfCancellationRequested();
                Memory<byte> piece = into.Slice(done, Math.Min(PieceBytes, into.Length - done));
                byte[] reply = await proxy.ReadAsync(
                    block + done / Geometry.BlockSize,
                    piece.Length / Geometry.BlockSize
                );
                TakeReply(reply, piece.Span);
            }
        }
        catch (ChannelException exception)
        {
            throw Gone(exception);
        }
    }

    /// <inheritdoc/>
    protected override async ValueTask WriteBlocksAsync(
        long block,
        ReadOnlyMemory<byte> from,
        WriteOptions options,
        CancellationToken cancellation
    )
    {
        try
        {
            for (int done = 0; done < from.Length; done += PieceBytes)
            {
                cancellation.ThrowIfCancellationRequested();
                ReadOnlyMemory<byte> piece = from.Slice(
                    done,
                    Math.Min(PieceBytes, from.Length - done)
                );
                ThrowOn(await proxy.WriteAsync(block + done / Geometry.BlockSize, piece, options));
            }
        }
        catch (ChannelException exception)
        {
            throw Gone(exception);
        }
    }

    private void TakeReply(ReadOnlySpan<byte> reply, Span<byte> into)
    {
        if (reply.Length < sizeof(int))
        {
            throw new MalformedMessageException($"{Name}: a reply of {reply.Length} bytes.");
        }
        ThrowOn((BlockError)BinaryPrimitives.ReadInt32LittleEndian(reply));
        if (reply.Length != sizeof(int) + into.Length)
        {
            throw new MalformedMessageException(
                $"{Name}: a reply of {reply.Length} bytes to a request for {into.Length}."
            );
        }
        reply[sizeof(int)..].CopyTo(into);
    }

    private void ThrowOn(BlockError error)
    {
        if (error != BlockError.None)
        {
            throw new BlockDeviceException(error, $"{Name}: the request failed: {error}.");
        }
    }

    private BlockDeviceException Gone(ChannelException exception) =>
        new(BlockError.DeviceGone, $"{Name}: its instance cannot be reached. {exception.Message}");
}
