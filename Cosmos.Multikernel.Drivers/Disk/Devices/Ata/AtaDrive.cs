using System.Buffers.Binary;
using Cosmos.Multikernel.Capabilities;

namespace Cosmos.Multikernel.Drivers.Disk.Devices.Ata;

/// <summary>
/// A drive that speaks ATA, or takes packets (ATAPI), whatever it is connected to: what it is, which commands do what is asked of it,
/// and what it means when they fail.
/// </summary>
internal sealed class AtaDrive
{
    private const int MostBytes = 1 << 20;
    private const int MostPacketBytes = 128 << 10;

    // Count registers of 8 and of 16 bits, in which 0 means one more than they hold.
    private const int MostBlocks = 256;
    private const int MostBlocksExtended = 65536;

    private const byte ByBlockNumber = 1 << 6;
    private const byte QueuedForceUnitAccess = 1 << 7;
    private const int QueuedTagShift = 3;
    private const int DeviceBlockShift = 24;
    private const byte DeviceBlockMask = 0xF;
    private const ushort PacketByDma = 1;

    // Where a packet device is told how many bytes it may give at a time when the processor takes them.
    private const int ByteCountShift = 8;

    private const int MostLooks = 50;
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(200);

    // SPC-4, section 4.5.6: sense keys, and additional codes.
    private const int SenseKeyAt = 2;
    private const int SenseCodeAt = 12;
    private const byte NotReady = 2;
    private const byte NoMedium = 0x3A;

    private readonly AtaIdentity identity;
    private readonly bool usesDma;
    private readonly bool usesQueue;

    private AtaDrive(
        IAtaPort port,
        AtaIdentity identity,
        bool isPacketDevice,
        BlockGeometry geometry
    )
    {
        this.identity = identity;
        IsPacketDevice = isPacketDevice;
        usesDma = port.HasDma && (identity.HasDma || isPacketDevice);
        QueueDepth =
            isPacketDevice || !usesDma ? 1 : Math.Min(port.QueueDepth, identity.QueueDepth);
        usesQueue = QueueDepth > 1;
        long most =
            isPacketDevice ? MostPacketBytes
            : identity.HasLongNumbers ? (long)MostBlocksExtended * geometry.BlockSize
            : (long)MostBlocks * geometry.BlockSize;
        Traits = new DiskTraits(
            geometry,
            (int)Math.Min(most, MostBytes),
            HasCache: !isPacketDevice && identity.HasWriteCache && identity.HasFlush,
            HasForceUnitAccess: !isPacketDevice
                && usesDma
                && port.ReachesAllMemory
                && identity.HasForceUnitAccess,
            CanPark: !isPacketDevice
        );
    }

    /// <summary>Whether it takes packets: an optical drive.</summary>
    public bool IsPacketDevice { get; }

    /// <summary>How many commands it takes at a time, where it is.</summary>
    public int QueueDepth { get; }

    /// <summary>What it can do.</summary>
    public DiskTraits Traits { get; }

    /// <summary>Asks a drive what it is.</summary>
    /// <param name="port">Where it is.</param>
    /// <param name="isPacketDevice">Whether its signature says that it takes packets.</param>
    /// <exception cref="AtaException">It does not answer, or is nothing that can be used.</exception>
    public static async Task<AtaDrive> IdentifyAsync(IAtaPort port, bool isPacketDevice)
    {
        // Kept when an answer does not come: it may yet, into this memory.
        Frame page = Frame.Allocate(AtaIdentity.Length);
        AtaOutcome outcome = await port.RunAsync(
            new AtaTask(
                isPacketDevice ? AtaCommand.IdentifyPacketDevice : AtaCommand.IdentifyDevice,
                AtaProtocol.Processor
            ),
            page,
            AtaIdentity.Length
        );
        AtaIdentity identity = new(page.ReadOnlySpan[..AtaIdentity.Length].ToArray());
        if (!outcome.IsGood || !identity.IsIntact)
        {
            throw new AtaException($"{port.Name} does not say what it is ({outcome}).");
        }
        BlockGeometry geometry = isPacketDevice
            ? await GetMediumReadyAsync(port, page)
            : GeometryOf(port, identity);
        page.Dispose();
        return new AtaDrive(port, identity, isPacketDevice, geometry);
    }

    /// <summary>Gets a drive ready again after a reset.</summary>
    /// <exception cref="AtaException">It does not get ready, or has another medium than before.</exception>
    public async Task GetReadyAsync(IAtaPort port)
    {
        if (!IsPacketDevice)
        {
            return;
        }
        Frame page = Frame.Allocate(AtaIdentity.Length);
        BlockGeometry geometry = await GetMediumReadyAsync(port, page);
        page.Dispose();
        if (geometry != Traits.Geometry)
        {
            throw new AtaException($"{port.Name} has another medium than before.");
        }
    }

    /// <summary>The command that does what is asked.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="tag">Tells it from others under way.</param>
    /// <param name="best">The best way for the data that there is, besides the drive.</param>
    public AtaTask TaskFor(in DiskRequest request, int tag, AtaProtocol best)
    {
        if (request.Operation == DiskOperation.Flush)
        {
            return new AtaTask(
                identity.HasLongFlush ? AtaCommand.FlushCacheExtended : AtaCommand.FlushCache,
                AtaProtocol.NoData
            );
        }
        if (request.Operation == DiskOperation.Park)
        {
            return new AtaTask(AtaCommand.StandbyImmediate, AtaProtocol.NoData);
        }
        bool isRead = request.Operation == DiskOperation.Read;
        int count = request.Length / Traits.Geometry.BlockSize;
        bool byDma = usesDma && best != AtaProtocol.Processor;
        AtaTask task = new()
        {
            Direction = isRead ? AtaDirection.FromDrive : AtaDirection.ToDrive,
            Protocol = byDma ? AtaProtocol.Dma : AtaProtocol.Processor,
            Block = request.Block,
            // 0 means all that the register can count to, and one more.
            Count = (ushort)(identity.HasLongNumbers ? count : count % MostBlocks),
            Device = ByBlockNumber,
        };
        if (IsPacketDevice)
        {
            return PacketTask(AtaPackets.Read((uint)request.Block, (ushort)count), byDma);
        }
        if (usesQueue && best == AtaProtocol.Queued)
        {
            return task with
            {
                Command = isRead ? AtaCommand.ReadQueued : AtaCommand.WriteQueued,
                Protocol = AtaProtocol.Queued,
                // Section 7.23: features and count have changed places.
                Features = (ushort)count,
                Count = (ushort)(tag << QueuedTagShift),
                Device = (byte)(
                    ByBlockNumber | (request.ForceUnitAccess ? QueuedForceUnitAccess : 0)
                ),
            };
        }
        AtaCommand command = (byDma, identity.HasLongNumbers, isRead) switch
        {
            (true, true, true) => AtaCommand.ReadDmaExtended,
            (true, true, false) when request.ForceUnitAccess =>
                AtaCommand.WriteDmaForceUnitAccessExtended,
            (true, true, false) => AtaCommand.WriteDmaExtended,
            (true, false, true) => AtaCommand.ReadDma,
            (true, false, false) => AtaCommand.WriteDma,
            (false, true, true) => AtaCommand.ReadSectorsExtended,
            (false, true, false) => AtaCommand.WriteSectorsExtended,
            (false, false, true) => AtaCommand.ReadSectors,
            (false, false, false) => AtaCommand.WriteSectors,
        };
        // Without extended registers the number's upper four bits are in the device register.
        byte device = identity.HasLongNumbers
            ? ByBlockNumber
            : (byte)(ByBlockNumber | (int)(request.Block >> DeviceBlockShift) & DeviceBlockMask);
        return task with { Command = command, Device = device };
    }

    private static AtaTask PacketTask(AtaPacket packet, bool byDma, bool hasData = true) =>
        new(
            AtaCommand.Packet,
            !hasData ? AtaProtocol.NoData
                : byDma ? AtaProtocol.Dma
                : AtaProtocol.Processor,
            Features: hasData && byDma ? PacketByDma : (ushort)0,
            // 2048 bytes at a time, when it is the processor that takes them.
            Block: (long)2048 << ByteCountShift,
            Packet: packet
        );

    private static BlockGeometry GeometryOf(IAtaPort port, AtaIdentity identity)
    {
        bool canBe =
            identity.HasBlockNumbers
            && identity.BlockCount is > 0 and < 1L << 48
            && identity.BlockSize
                is >= BlockGeometry.MinimumBlockSize
                    and <= BlockGeometry.MaximumBlockSize
            && long.IsPow2(identity.BlockSize);
        return canBe
            ? new BlockGeometry(identity.BlockCount, (int)identity.BlockSize)
            : throw new AtaException(
                $"{port.Name}: there is no disk of {identity.BlockCount} blocks of {identity.BlockSize} bytes that has {(identity.HasBlockNumbers ? "" : "no ")}block numbers."
            );
    }

    // A packet device says first that it has been reset, or has got a medium, and does nothing else before it was asked why.
    private static async Task<BlockGeometry> GetMediumReadyAsync(IAtaPort port, Frame page)
    {
        for (int look = 0; look < MostLooks; look++)
        {
            AtaOutcome ready = await port.RunAsync(
                PacketTask(AtaPackets.TestUnitReady, byDma: false, hasData: false)
            );
            if (ready.IsGood)
            {
                return await ReadCapacityAsync(port, page);
            }
            await port.RunAsync(
                PacketTask(AtaPackets.RequestSense, port.HasDma && port.ReachesAllMemory),
                page,
                AtaPackets.SenseBytes
            );
            byte key = (byte)(page.ReadOnlySpan[SenseKeyAt] & 0xF);
            if (key == NotReady)
            {
                if (page.ReadOnlySpan[SenseCodeAt] == NoMedium)
                {
                    throw new AtaException($"{port.Name} has no medium.");
                }
                await EventLoop.Current.Delay(LookPause);
            }
        }
        throw new AtaException($"{port.Name} has a medium that does not get ready.");
    }

    private static async Task<BlockGeometry> ReadCapacityAsync(IAtaPort port, Frame page)
    {
        AtaOutcome outcome = await port.RunAsync(
            PacketTask(AtaPackets.ReadCapacity, port.HasDma && port.ReachesAllMemory),
            page,
            AtaPackets.CapacityBytes
        );
        uint last = BinaryPrimitives.ReadUInt32BigEndian(page.ReadOnlySpan);
        uint blockSize = BinaryPrimitives.ReadUInt32BigEndian(page.ReadOnlySpan[4..]);
        bool canBe =
            outcome.IsGood
            && blockSize is >= BlockGeometry.MinimumBlockSize and <= BlockGeometry.MaximumBlockSize
            && uint.IsPow2(blockSize);
        return canBe
            ? new BlockGeometry(last + 1L, (int)blockSize, IsReadOnly: true, IsRemovable: true)
            : throw new AtaException(
                $"{port.Name}: there is no medium of {last + 1L} blocks of {blockSize} bytes ({outcome})."
            );
    }
}
