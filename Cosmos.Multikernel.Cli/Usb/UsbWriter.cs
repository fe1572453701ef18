using Cosmos.Multikernel.Cli.Output;

namespace Cosmos.Multikernel.Cli.Usb;

/// <summary>Writes an image to a disk, byte for byte, and reads it back.</summary>
internal static class UsbWriter
{
    private const int Piece = 4 << 20;

    /// <param name="image">The image.</param>
    /// <param name="device">The disk's device file.</param>
    /// <param name="cancellation">Ends the work; the disk is then half written.</param>
    /// <exception cref="CommandFailure">The disk cannot be written, or reads back otherwise.</exception>
    public static async Task WriteAsync(string image, string device, CancellationToken cancellation)
    {
        try
        {
            await Report
                .ProgressAsync(
                    $"Writing {device}",
                    progress => CopyAsync(image, device, progress, cancellation)
                )
                .ConfigureAwait(false);
            await Report
                .ProgressAsync(
                    $"Reading {device} back",
                    progress => CompareAsync(image, device, progress, cancellation)
                )
                .ConfigureAwait(false);
        }
        catch (UnauthorizedAccessException)
        {
            throw new CommandFailure(
                $"{device} may not be written by you",
                ["become root (sudo), or join the group that owns it"]
            );
        }
    }

    private static async Task CopyAsync(
        string image,
        string device,
        Action<double> progress,
        CancellationToken cancellation
    )
    {
        await using var source = File.OpenRead(image);
        await using var target = new FileStream(
            device,
            FileMode.Open,
            FileAccess.Write,
            FileShare.ReadWrite,
            bufferSize: 0
        );
        var buffer = new byte[Piece];
        for (long at = 0; at < source.Length; )
        {
            var count = await source
                .ReadAtLeastAsync(buffer, buffer.Length, false, cancellation)
                .ConfigureAwait(false);
            await target.WriteAsync(buffer.AsMemory(0, count), cancellation).ConfigureAwait(false);
            // Piece by piece, so that the bar shows the disk's pace and not the page cache's.
            target.Flush(flushToDisk: true);
            at += count;
            progress((double)at / source.Length);
        }
    }

    private static async Task CompareAsync(
        string image,
        string device,
        Action<double> progress,
        CancellationToken cancellation
    )
    {
        await using var expected = File.OpenRead(image);
        await using var actual = File.OpenRead(device);
        var (left, right) = (new byte[Piece], new byte[Piece]);
        for (long at = 0; at < expected.Length; )
        {
            var count = await expected
                .ReadAtLeastAsync(left, left.Length, false, cancellation)
                .ConfigureAwait(false);
            var read = await actual
                .ReadAtLeastAsync(right.AsMemory(0, count), count, false, cancellation)
                .ConfigureAwait(false);
            if (!left.AsSpan(0, count).SequenceEqual(right.AsSpan(0, read)))
            {
                throw new CommandFailure(
                    $"{device} does not hold what was written to it (at {at:N0} to {at + count:N0}): it is defective, or another program wrote to it"
                );
            }

            at += count;
            progress((double)at / expected.Length);
        }
    }
}
