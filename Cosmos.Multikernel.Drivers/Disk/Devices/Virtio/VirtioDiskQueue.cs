using System.Buffers.Binary;
using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Drivers.Virtio;

namespace Cosmos.Multikernel.Drivers.Disk.Devices.Virtio;

/// <summary>A virtio disk's only queue. Each request is a chain: header, data, a byte for the outcome.</summary>
internal sealed class VirtioDiskQueue : DiskQueue, IDisposable
{
    private const int QueueNumber = 0;
    private const int MostEntries = 256;
    private const int MostRequests = 64;
    private const int EntriesOfRequest = 3;

    // Header and outcome of a request lie together, those of no two in one cache line.
    private const int HeaderSize = 16;
    private const int OutcomeOffset = HeaderSize;
    private const int Stride = 64;

    private const long SectorSize = 512;

    // So many requests, then others on the loop have their turn.
    private const int Budget = 256;

    private readonly VirtioDevice device;
    private readonly Virtqueue queue;
    private readonly Frame headers;
    private readonly long sectorsPerBlock;

    public VirtioDiskQueue(VirtioDevice device, string name, int blockSize, TimeSpan? limit)
        : this(device, device.AddQueue(QueueNumber, MostEntries), name, blockSize, limit) { }

    private VirtioDiskQueue(
        VirtioDevice device,
        Virtqueue queue,
        string name,
        int blockSize,
        TimeSpan? limit
    )
        : base(name, Math.Min(queue.Size / EntriesOfRequest, MostRequests), limit)
    {
        if (Depth == 0)
        {
            throw new VirtioException($"{name} has a queue of {queue.Size} entries only.");
        }
        this.device = device;
        this.queue = queue;
        sectorsPerBlock = blockSize / SectorSize;
        headers = Frame.Allocate(Depth * Stride);
    }

    // Section 5.2.6.
    private enum RequestType : uint
    {
        Read = 0,
        Write = 1,
        Flush = 4,
    }

    // Section 5.2.6.
    private enum Outcome : byte
    {
        Done = 0,
        InputOutputError = 1,
        Unsupported = 2,

        /// <summary>What we write there before; no device does.</summary>
        Unwritten = 0xFF,
    }

    /// <summary>Serves interrupts until cancelled, or until the device is gone.</summary>
    public async Task ServeAsync(CancellationToken cancellation)
    {
        while (!IsGone)
        {
            try
            {
                await device.ServeAsync(TakeUsed, static () => { }, cancellation);
            }
            catch (VirtioException exception)
            {
                await RecoverAsync(exception.Message.TrimEnd('.'));
            }
        }
    }

    /// <summary>Gives the memory back; the device must have been stopped.</summary>
    public void Dispose() => headers.Dispose();

    /// <inheritdoc/>
    protected override void Submit(int tag, in DiskRequest request)
    {
        Span<byte> header = headers.Span.Slice(tag * Stride, Stride);
        RequestType type = request.Operation switch
        {
            DiskOperation.Read => RequestType.Read,
            DiskOperation.Write => RequestType.Write,
            _ => RequestType.Flush,
        };
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)type);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], 0);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], request.Block * sectorsPerBlock);
        header[OutcomeOffset] = (byte)Outcome.Unwritten;
        ulong at = headers.PhysicalAddress + (uint)(tag * Stride);
        VirtioBuffer first = new(at, HeaderSize, IsWritable: false);
        VirtioBuffer last = new(at + OutcomeOffset, 1, IsWritable: true);
        if (type == RequestType.Flush)
        {
            queue.TryAdd([first, last], tag);
            return;
        }
        VirtioBuffer data = new(
            request.Address,
            (uint)request.Length,
            IsWritable: type == RequestType.Read
        );
        queue.TryAdd([first, data, last], tag);
    }

    /// <inheritdoc/>
    protected override void Publish() => queue.Publish();

    /// <inheritdoc/>
    protected override async ValueTask ResetAsync() => await device.RestartAsync();

    /// <inheritdoc/>
    protected override ValueTask IsolateAsync() => device.IsolateAsync();

    /// <inheritdoc/>
    protected override bool WasReset() => !device.IsReady;

    /// <summary>Takes what the device is done with; true when it has left some for the next turn.</summary>
    private bool TakeUsed()
    {
        int count = 0;
        do
        {
            while (count < Budget && queue.TryTake(out int tag, out int written))
            {
                count++;
                Complete(tag, ErrorOf(tag, written));
            }
        } while (count < Budget && queue.Arm());
        return count == Budget;
    }

    private BlockError ErrorOf(int tag, int written)
    {
        ref readonly DiskRequest request = ref RequestOf(tag);
        bool isWhole =
            written == (request.Operation == DiskOperation.Read ? request.Length : 0) + 1;
        return (Outcome)headers.ReadOnlySpan[tag * Stride + OutcomeOffset] switch
        {
            Outcome.Done when isWhole => BlockError.None,
            Outcome.InputOutputError when request.Operation != DiskOperation.Flush =>
                BlockError.MediaError,
            _ => BlockError.DeviceError,
        };
    }
}
