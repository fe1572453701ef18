using Cosmos.Multikernel.Bench.Io.Measurements;
using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Drivers.Disk;

namespace Cosmos.Multikernel.Bench.Io.Multikernel;

/// <summary>A disk on its driver's core, used as a file system uses it: each piece has a frame, and as many calls are awaited as are under way.</summary>
internal sealed class MultikernelDisk(RemoteBlockDevice disk) : IDisk
{
    private readonly List<Frame> frames = [];
    private readonly int blocksPerPiece = Transfer.PieceBytes / disk.Geometry.BlockSize;

    /// <inheritdoc/>
    public long Pieces => disk.Geometry.Length / Transfer.PieceBytes;

    /// <inheritdoc/>
    public async ValueTask<long> RunAsync(Transfer transfer, int underWay)
    {
        while (frames.Count < underWay)
        {
            frames.Add(Frame.Allocate(Transfer.PieceBytes));
        }

        long[] counts = await Task.WhenAll(
            frames.Take(underWay).Select(frame => UseAsync(transfer, frame))
        );
        return counts.Sum();
    }

    private async Task<long> UseAsync(Transfer transfer, Frame frame)
    {
        long count = 0;
        while (transfer.TryNext(out long piece))
        {
            if (transfer.IsWrite)
            {
                Transfer.Fill(frame.Span, piece);
                await disk.WriteAsync(piece * blocksPerPiece, frame, 0, Transfer.PieceBytes);
            }
            else
            {
                await disk.ReadAsync(piece * blocksPerPiece, frame, 0, Transfer.PieceBytes);
                Transfer.Check(frame.ReadOnlySpan, piece);
            }

            count++;
        }

        return count;
    }
}
