using System;
using System.Numerics;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.LinuxAbi;

/// <summary>
/// This core's cryptographic random numbers: ChaCha20 (RFC 8439) with fast key erasure (D. J. Bernstein, 2017): the first
/// 32 bytes of every block become the next key, so what was handed out cannot be computed from what is kept. The key is
/// stirred with RDRAND where the processor has it and with the timestamp counter's low bits at every request.
/// </summary>
public static unsafe class RandomGenerator
{
    private const int KeyWords = 8;
    private const int BlockWords = 16;
    private const int BlockBytes = BlockWords * 4;
    private const int OutputBytes = BlockBytes - (KeyWords * 4);

    // Timings of as many memory-bound steps: at a fraction of a bit each, plenty for 256 bits.
    private const int JitterSamples = 4096;

    private static State s_state;

    private struct State
    {
        public fixed uint Key[KeyWords];
        public ulong Counter;
    }

    /// <summary>Gathers the first key; must run before <see cref="Fill"/>.</summary>
    public static void Seed()
    {
        byte* discard = stackalloc byte[OutputBytes];
        for (int i = 0; i < JitterSamples; i++)
        {
            Stir(Cpu.ReadTimestamp());
            if ((i & 63) == 0)
            {
                NextBlock(discard, OutputBytes);
            }
        }
        StirHardware(KeyWords / 2);
        Stir(Clock.Realtime);
        NextBlock(discard, OutputBytes);
    }

    public static void Fill(byte* target, ulong length)
    {
        StirHardware(1);
        Stir(Cpu.ReadTimestamp());
        while (length != 0)
        {
            ulong piece = Math.Min(length, OutputBytes);
            NextBlock(target, piece);
            target += piece;
            length -= piece;
        }
    }

    private static void StirHardware(int words)
    {
        ulong value = 0;
        for (int i = 0; i < words && CpuFeatures.Random; i++)
        {
            if (Cpu.ReadRandom(&value))
            {
                Stir(value);
            }
        }
    }

    private static void Stir(ulong value)
    {
        int word = (int)(s_state.Counter++ & (KeyWords - 2));
        s_state.Key[word] ^= (uint)value;
        s_state.Key[word + 1] ^= (uint)(value >> 32);
        // A rotation by an odd amount, so that later samples meet other bits.
        s_state.Key[word] = BitOperations.RotateLeft(s_state.Key[word], 5);
    }

    private static void NextBlock(byte* output, ulong length)
    {
        uint* start = stackalloc uint[BlockWords];
        uint* block = stackalloc uint[BlockWords];
        // "expand 32-byte k" (RFC 8439, section 2.3).
        start[0] = 0x6170_7865;
        start[1] = 0x3320_646e;
        start[2] = 0x7962_2d32;
        start[3] = 0x6b20_6574;
        for (int i = 0; i < KeyWords; i++)
        {
            start[4 + i] = s_state.Key[i];
        }
        s_state.Counter++;
        start[12] = (uint)s_state.Counter;
        start[13] = (uint)(s_state.Counter >> 32);
        start[14] = 0;
        start[15] = 0;
        ChaCha20.Block(start, block);
        for (int i = 0; i < KeyWords; i++)
        {
            s_state.Key[i] = block[i];
        }
        Bytes.Copy(output, block + KeyWords, length);
        Bytes.Clear(block, BlockBytes);
        Bytes.Clear(start, BlockBytes);
    }
}
