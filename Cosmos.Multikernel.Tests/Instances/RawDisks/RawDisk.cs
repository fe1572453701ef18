using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Drivers.Disk;
using Cosmos.Multikernel.Drivers.Disk.Storage;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.RawDisks;

/// <summary>What is done to a disk by its message interface, without any file system.</summary>
internal static class RawDisk
{
    private const int SectorSize = 512;
    private const int LongestPiece = 300 << 10;
    private const int AtOnce = 12;

    // A host that has no time for the machine may be late as well: then the disk has answered in time.
    private const int MostSilences = 5;

    // ISO 9660, section 8: the first volume descriptor is here, and begins so.
    private const int DescriptorBlock = 16;
    private const int DescriptorSize = 2048;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Writes the pattern in pieces of all lengths, many at a time and in all ways, and reads it in others.</summary>
    public static async Task<string> WriteAndReadAsync(string name)
    {
        using RemoteBlockDevice disk = await RemoteBlockDevice.BindAsync(name, Patience);
        byte[] pattern = RawPattern.Of(name);
        Random random = new(1);
        await AllAsync(random, (at, count) => WriteAsync(disk, pattern, at, count));
        await disk.FlushAsync();
        byte[] found = new byte[pattern.Length];
        await AllAsync(random, (at, count) => ReadAsync(disk, found, at, count));
        Expect.That(found.AsSpan().SequenceEqual(pattern));
        return $"{disk.Geometry.BlockCount} blocks of {disk.Geometry.BlockSize}";
    }

    /// <summary>
    /// A sector that cannot be read is a typed error, again and again; what lies beside it is read. So with one that cannot be written.
    /// </summary>
    public static async Task<string> MeetErrorAsync(string name, BlockError expected)
    {
        using RemoteBlockDevice disk = await RemoteBlockDevice.BindAsync(name, Patience);
        int perBlock = disk.Geometry.BlockSize / SectorSize;
        long block = RawPattern.DamagedSector / perBlock;
        byte[] some = new byte[disk.Geometry.BlockSize];
        for (int i = 0; i < 2; i++)
        {
            Task[] good =
            [
                .. Enumerable
                    .Range(1, AtOnce)
                    .Select(distance =>
                        disk.ReadAsync(block + distance, new byte[some.Length]).AsTask()
                    ),
            ];
            Expect.Equal(expected, await ErrorOfAsync(() => disk.ReadAsync(block, some)));
            await Task.WhenAll(good);
        }
        await disk.ReadAsync(block - 1, some);
        await MeetWriteErrorAsync(disk, RawPattern.UnwritableSector / perBlock, expected);
        return $"{expected}";
    }

    private static async Task MeetWriteErrorAsync(BlockDevice disk, long block, BlockError expected)
    {
        byte[] written = new byte[disk.Geometry.BlockSize];
        new Random(RawPattern.UnwritableSector).NextBytes(written);
        foreach (WriteOptions options in new[] { WriteOptions.None, WriteOptions.ForceUnitAccess })
        {
            Task[] good =
            [
                .. Enumerable
                    .Range(1, AtOnce)
                    .Select(distance =>
                        disk.WriteAsync(block + distance, written, options).AsTask()
                    ),
            ];
            Expect.Equal(
                expected,
                await ErrorOfAsync(() => disk.WriteAsync(block, written, options))
            );
            await Task.WhenAll(good);
        }
        byte[] found = new byte[written.Length];
        await disk.ReadAsync(block + AtOnce, found);
        Expect.That(found.AsSpan().SequenceEqual(written));
        await disk.ReadAsync(block, found);
        Expect.That(!found.AsSpan().ContainsAnyExcept((byte)0));
        await disk.FlushAsync();
    }

    /// <summary>
    /// A disk that does not answer: that is a typed error, after which the disk goes on; and a disk beside it on the same core does not
    /// notice.
    /// </summary>
    public static async Task<string> MeetSilenceAsync(string name, string? besides)
    {
        using RemoteBlockDevice disk = await RemoteBlockDevice.BindAsync(name, Patience);
        long block = RawPattern.SilentSector * SectorSize / disk.Geometry.BlockSize;
        byte[] some = new byte[disk.Geometry.BlockSize];
        BlockError error = BlockError.None;
        int silences = 0;
        for (; error == BlockError.None; silences++)
        {
            Expect.That(silences < MostSilences);
            Task<BlockError> asked = ErrorOfAsync(() => disk.ReadAsync(block, some));
            if (besides is not null)
            {
                using RemoteBlockDevice other = await RemoteBlockDevice.BindAsync(
                    besides,
                    Patience
                );
                await other.ReadAsync(0, new byte[other.Geometry.BlockSize]);
                Expect.That(!asked.IsCompleted);
            }
            error = await asked;
        }
        Expect.Equal(BlockError.TimedOut, error);
        byte[] written = new byte[some.Length];
        new Random(RawPattern.SilentSector).NextBytes(written);
        await disk.WriteAsync(block, written);
        await disk.ReadAsync(block, some);
        Expect.That(some.AsSpan().SequenceEqual(written));
        return $"{error} the {silences}. time";
    }

    /// <summary>All disks are told that the power is about to go; as it does not, they work again.</summary>
    public static async Task<string> ParkAsync(string name)
    {
        List<string> problems = [];
        await DiskParking.RunAsync(Patience, problems.Add);
        Expect.Equal("", string.Join('\n', problems));
        using RemoteBlockDevice disk = await RemoteBlockDevice.BindAsync(name, Patience);
        byte[] some = new byte[disk.Geometry.BlockSize];
        await disk.ReadAsync(0, some);
        Expect.That(some.AsSpan().SequenceEqual(RawPattern.Of(name).AsSpan(0, some.Length)));
        return "";
    }

    /// <summary>The boot medium is read, with the blocks that it has, and cannot be written.</summary>
    public static async Task<string> ReadMediumAsync(string name)
    {
        using RemoteBlockDevice disk = await RemoteBlockDevice.BindAsync(name, Patience);
        Expect.Equal(DescriptorSize, disk.Geometry.BlockSize);
        Expect.That(disk.Geometry is { IsReadOnly: true, IsRemovable: true });
        byte[] descriptor = new byte[DescriptorSize];
        await disk.ReadAsync(DescriptorBlock, descriptor);
        Expect.That(descriptor.AsSpan(1, 5).SequenceEqual("CD001"u8));
        uint blocks = BitConverter.ToUInt32(descriptor, 80);
        Expect.That(blocks <= disk.Geometry.BlockCount && blocks > DescriptorBlock);
        // All of it, long pieces at a time: each is what it is when it is read alone.
        byte[] all = new byte[Math.Min(blocks * DescriptorSize, 1 << 20)];
        await disk.ReadAsync(0, all);
        Expect.That(
            all.AsSpan(DescriptorBlock * DescriptorSize, DescriptorSize).SequenceEqual(descriptor)
        );
        Expect.Equal(
            BlockError.WriteProtected,
            await ErrorOfAsync(() => disk.WriteAsync(0, descriptor))
        );
        return $"{blocks} blocks";
    }

    private static async Task<BlockError> ErrorOfAsync(Func<ValueTask> request)
    {
        try
        {
            await request();
            return BlockError.None;
        }
        catch (BlockDeviceException exception)
        {
            return exception.Error;
        }
    }

    private static async Task WriteAsync(BlockDevice disk, byte[] pattern, int at, int count)
    {
        long block = at / disk.Geometry.BlockSize;
        switch (at / SectorSize % 3)
        {
            case 0:
                await disk.WriteAsync(block, pattern.AsMemory(at, count));
                break;
            case 1:
                await disk.WriteAsync(
                    block,
                    pattern.AsMemory(at, count),
                    WriteOptions.ForceUnitAccess
                );
                break;
            default:
                using (Frame frame = Frame.Allocate(SectorSize + count))
                {
                    pattern.AsSpan(at, count).CopyTo(frame.Span[SectorSize..]);
                    await disk.WriteAsync(block, frame, SectorSize, count);
                }
                break;
        }
    }

    private static async Task ReadAsync(BlockDevice disk, byte[] found, int at, int count)
    {
        long block = at / disk.Geometry.BlockSize;
        if (at / SectorSize % 2 == 0)
        {
            await disk.ReadAsync(block, found.AsMemory(at, count));
            return;
        }
        using Frame frame = Frame.Allocate(SectorSize + count);
        await disk.ReadAsync(block, frame, SectorSize, count);
        frame.ReadOnlySpan.Slice(SectorSize, count).CopyTo(found.AsSpan(at));
    }

    // All of the pattern in pieces, of which so many are under way.
    private static async Task AllAsync(Random random, Func<int, int, Task> work)
    {
        List<Task> underWay = [];
        for (int at = 0; at < RawPattern.Length; )
        {
            int longest = random.Next(3) == 0 ? LongestPiece : 16 * SectorSize;
            int count = Math.Min(
                random.Next(1, longest / SectorSize + 1) * SectorSize,
                RawPattern.Length - at
            );
            underWay.Add(work(at, count));
            at += count;
            if (underWay.Count == AtOnce)
            {
                Task first = await Task.WhenAny(underWay);
                await first;
                underWay.Remove(first);
            }
        }
        await Task.WhenAll(underWay);
    }
}
