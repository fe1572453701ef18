using System.Buffers.Binary;
using FsCheck;
using Microsoft.FSharp.Core;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver;

/// <summary>Damaged copies of valid input, the same ones in every run.</summary>
internal static class Damage
{
    private static readonly uint[] s_telling =
    [
        0,
        1,
        7,
        8,
        0x7f,
        0xff,
        0xffff,
        0x7fff_ffff,
        0x8000_0000,
        0xffff_fff0,
        0xffff_ffff,
    ];

    /// <summary>Properties run on the same cases each time; a failure prints its case.</summary>
    public static Config Properties(int tests) =>
        Config
            .QuickThrowOnFailure.WithMaxTest(tests)
            .WithQuietOnSuccess(true)
            .WithReplay(new Replay(new Rnd(5305, 0x9e37_79b9_7f4a_7c15), FSharpOption<int>.None));

    /// <summary>Copies with bytes, words or stretches changed, or cut short.</summary>
    public static IEnumerable<byte[]> Of(byte[] valid, int seed, int count)
    {
        Random random = new(seed);
        for (int i = 0; i < count; i++)
        {
            byte[] copy = [.. valid];
            for (int changes = random.Next(1, 5); changes > 0 && copy.Length > 0; changes--)
            {
                copy = Change(copy, random);
            }
            yield return copy;
        }
    }

    /// <summary>Every shorter beginning of an input, the empty one first.</summary>
    public static IEnumerable<byte[]> Truncations(byte[] valid) =>
        Enumerable.Range(0, valid.Length).Select(length => valid[..length]);

    private static byte[] Change(byte[] bytes, Random random)
    {
        int at = random.Next(bytes.Length);
        switch (random.Next(8))
        {
            case 0:
                return bytes[..at];
            case 1:
                int to = random.Next(at, bytes.Length);
                return [.. bytes[..at], .. bytes[to..]];
            case 2:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 3:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 4:
                Write(bytes, at & ~3, s_telling[random.Next(s_telling.Length)]);
                return bytes;
            case 5:
                Write(bytes, at & ~3, (uint)random.Next(0, bytes.Length + 64));
                return bytes;
            case 6:
                Write(bytes, at & ~7, s_telling[random.Next(s_telling.Length)]);
                Write(bytes, (at & ~7) + 4, s_telling[random.Next(s_telling.Length)]);
                return bytes;
            default:
                int end = random.Next(at, bytes.Length);
                bytes.AsSpan(at, end - at).Fill(random.Next(2) == 0 ? (byte)0 : (byte)0xff);
                return bytes;
        }
    }

    private static void Write(byte[] bytes, int at, uint value)
    {
        if (at + 4 <= bytes.Length)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), value);
        }
    }
}
