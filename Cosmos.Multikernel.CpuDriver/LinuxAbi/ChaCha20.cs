using System.Numerics;

namespace Cosmos.Multikernel.CpuDriver.LinuxAbi;

/// <summary>The ChaCha20 block function (RFC 8439, section 2.3).</summary>
public static unsafe class ChaCha20
{
    private const int Words = 16;
    private const int DoubleRounds = 10;

    /// <summary>Computes a block of 16 words from a state of 16 words.</summary>
    public static void Block(uint* state, uint* block)
    {
        for (int i = 0; i < Words; i++)
        {
            block[i] = state[i];
        }
        for (int i = 0; i < DoubleRounds; i++)
        {
            QuarterRound(block, 0, 4, 8, 12);
            QuarterRound(block, 1, 5, 9, 13);
            QuarterRound(block, 2, 6, 10, 14);
            QuarterRound(block, 3, 7, 11, 15);
            QuarterRound(block, 0, 5, 10, 15);
            QuarterRound(block, 1, 6, 11, 12);
            QuarterRound(block, 2, 7, 8, 13);
            QuarterRound(block, 3, 4, 9, 14);
        }
        for (int i = 0; i < Words; i++)
        {
            block[i] += state[i];
        }
    }

    private static void QuarterRound(uint* x, int a, int b, int c, int d)
    {
        x[a] += x[b];
        x[d] = BitOperations.RotateLeft(x[d] ^ x[a], 16);
        x[c] += x[d];
        x[b] = BitOperations.RotateLeft(x[b] ^ x[c], 12);
        x[a] += x[b];
        x[d] = BitOperations.RotateLeft(x[d] ^ x[a], 8);
        x[c] += x[d];
        x[b] = BitOperations.RotateLeft(x[b] ^ x[c], 7);
    }
}
