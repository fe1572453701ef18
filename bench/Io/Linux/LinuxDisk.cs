using System.Runtime.InteropServices;
using Cosmos.Multikernel.Bench.Io.Measurements;

namespace Cosmos.Multikernel.Bench.Io.Linux;

/// <summary>A block device past Linux's cache (O_DIRECT), by io_uring.</summary>
internal sealed unsafe class LinuxDisk : IDisk
{
    private const int SectorBytes = 512;
    private const int MostUnderWay = 32;

    private readonly IoRing ring = new(MostUnderWay);
    private readonly nint file;
    private readonly byte* buffers;
    private readonly long[] numbers = new long[MostUnderWay];

    public LinuxDisk(string device, long sectors)
    {
        file = LinuxCalls.OpenDirect(device);
        Pieces = sectors / (Transfer.PieceBytes / SectorBytes);
        buffers = (byte*)
            NativeMemory.AlignedAlloc(MostUnderWay * Transfer.PieceBytes, Transfer.PieceBytes);
    }

    /// <inheritdoc/>
    public long Pieces { get; }

    /// <inheritdoc/>
    public ValueTask<long> RunAsync(Transfer transfer, int underWay)
    {
        int running = 0;
        for (int slot = 0; slot < underWay; slot++)
        {
            running += TryBegin(transfer, slot) ? 1 : 0;
        }

        long count = 0;
        while (running > 0)
        {
            ring.SubmitAndWait();
            while (ring.TryTake(out int slot, out int result))
            {
                running--;
                if (result != Transfer.PieceBytes)
                {
                    throw new IOException($"Piece {numbers[slot]}: {result}.");
                }

                if (!transfer.IsWrite)
                {
                    Transfer.Check(BufferOf(slot), numbers[slot]);
                }

                count++;
                running += TryBegin(transfer, slot) ? 1 : 0;
            }
        }

        return new(count);
    }

    private Span<byte> BufferOf(int slot) =>
        new(buffers + slot * Transfer.PieceBytes, Transfer.PieceBytes);

    private bool TryBegin(Transfer transfer, int slot)
    {
        if (!transfer.TryNext(out long piece))
        {
            return false;
        }

        numbers[slot] = piece;
        if (transfer.IsWrite)
        {
            Transfer.Fill(BufferOf(slot), piece);
        }

        ring.Add(
            transfer.IsWrite ? IoRing.Operation.Write : IoRing.Operation.Read,
            file,
            buffers + slot * Transfer.PieceBytes,
            Transfer.PieceBytes,
            piece * Transfer.PieceBytes,
            slot
        );
        return true;
    }
}
