using System.Buffers.Binary;

namespace Cosmos.Multikernel.Bench.Io.Measurements;

/// <summary>Pieces of a disk that are read or written, in an order, until the time is over.</summary>
/// <remarks>
/// Each piece begins with its own number: who made the disk wrote it there, who writes a piece writes it again, and who reads one looks for it.
/// So what is measured was really read and written.
/// </remarks>
internal sealed class Transfer(bool isWrite, bool isRandom, long pieces)
{
    /// <summary>Bytes of a piece.</summary>
    public const int PieceBytes = 4096;

    private readonly Random random = new(1);
    private readonly Round round = new();
    private long next = -1;

    /// <summary>Whether pieces are written; else they are read.</summary>
    public bool IsWrite => isWrite;

    /// <summary>The next piece's number; false when the time is over.</summary>
    public bool TryNext(out long piece)
    {
        next = isRandom ? random.NextInt64(pieces) : (next + 1) % pieces;
        piece = next;
        return !round.IsOver;
    }

    /// <summary>How many were done a second.</summary>
    public double PerSecond(long count) => round.PerSecond(count);

    /// <summary>Makes the contents of a piece that is to be written.</summary>
    public static void Fill(Span<byte> piece, long number) =>
        BinaryPrimitives.WriteInt64LittleEndian(piece, number);

    /// <exception cref="InvalidDataException">It is another piece.</exception>
    public static void Check(ReadOnlySpan<byte> piece, long number)
    {
        long found = BinaryPrimitives.ReadInt64LittleEndian(piece);
        if (found != number)
        {
            throw new InvalidDataException($"Piece {number} of the disk holds {found}.");
        }
    }
}
