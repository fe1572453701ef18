using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Drivers.Disk;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Simulation.Disks;

/// <summary>Random reads and writes of a disk, many at a time, with what must be read known beforehand.</summary>
internal static class DiskWork
{
    private const int MostBlocks = 20;
    private const int AtOnce = 40;

    /// <summary>
    /// Does it. Each request under way has blocks of its own, so that their order does not matter; what a write leaves
    /// behind is read later, by memory or by frame.
    /// </summary>
    public static async Task RunAsync(BlockDevice disk, int seed, int requests)
    {
        Random random = new(seed);
        int blockSize = disk.Geometry.BlockSize;
        byte[] model = new byte[disk.Geometry.Length];
        await disk.WriteAsync(0, model);
        // Regions of the disk, each for one request at a time.
        int places = (int)Math.Min(AtOnce, disk.Geometry.BlockCount);
        int region = (int)disk.Geometry.BlockCount / places;
        int longest = Math.Min(MostBlocks, region);
        await Task.WhenAll(Enumerable.Range(0, places).Select(WorkAsync));

        async Task WorkAsync(int place)
        {
            for (int i = 0; i < requests / places + 1; i++)
            {
                int count = random.Next(1, longest + 1);
                int block = place * region + random.Next(region - count + 1);
                Memory<byte> there = model.AsMemory(block * blockSize, count * blockSize);
                switch (random.Next(5))
                {
                    case 0:
                        random.NextBytes(there.Span);
                        await disk.WriteAsync(block, there);
                        break;
                    case 1:
                        random.NextBytes(there.Span);
                        await disk.WriteAsync(block, there, WriteOptions.ForceUnitAccess);
                        break;
                    case 2:
                        await disk.FlushAsync();
                        break;
                    case 3:
                        byte[] read = new byte[there.Length];
                        await disk.ReadAsync(block, read);
                        Assert.That(read.AsSpan().SequenceEqual(there.Span), Is.True);
                        break;
                    default:
                        using (Frame frame = Frame.Allocate(512 + there.Length))
                        {
                            await disk.ReadAsync(block, frame, 512, there.Length);
                            Assert.That(
                                frame.Span.Slice(512, there.Length).SequenceEqual(there.Span),
                                Is.True
                            );
                        }
                        break;
                }
            }
        }
    }
}
