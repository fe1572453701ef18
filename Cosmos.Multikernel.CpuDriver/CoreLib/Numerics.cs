// Bit arithmetic. RyuJIT uses lzcnt/tzcnt/popcnt where the target has them and falls back to these bodies.

using System.Runtime.CompilerServices;

namespace System.Numerics
{
    public static class BitOperations
    {
        [Intrinsic]
        public static int TrailingZeroCount(ulong value)
        {
            if (value == 0)
            {
                return 64;
            }
            return PopCount((value & (0 - value)) - 1);
        }

        [Intrinsic]
        public static int LeadingZeroCount(ulong value)
        {
            int count = 64;
            for (int half = 32; half != 0; half >>= 1)
            {
                ulong upper = value >> half;
                if (upper != 0)
                {
                    count -= half;
                    value = upper;
                }
            }
            return count - (int)value;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static int Log2(ulong value) => 63 - LeadingZeroCount(value | 1);

        [Intrinsic]
        public static int PopCount(ulong value)
        {
            // Sums of bits in pairs, nibbles, bytes; the multiplication adds the bytes into the top one.
            value -= (value >> 1) & 0x5555555555555555;
            value = (value & 0x3333333333333333) + ((value >> 2) & 0x3333333333333333);
            value = (value + (value >> 4)) & 0x0f0f0f0f0f0f0f0f;
            return (int)((value * 0x0101010101010101) >> 56);
        }

        public static bool IsPow2(ulong value) => value != 0 && (value & (value - 1)) == 0;

        [Intrinsic]
        public static uint RotateLeft(uint value, int offset) =>
            (value << offset) | (value >> (32 - offset));

        [Intrinsic]
        public static ulong RotateLeft(ulong value, int offset) =>
            (value << offset) | (value >> (64 - offset));
    }
}

namespace System.Runtime.Intrinsics.X86
{
    public abstract class X86Base
    {
        /// <summary>PAUSE (Intel SDM volume 2B): a spinning reader gives the core's other thread room.</summary>
        [Intrinsic]
        public static void Pause() => Pause();
    }
}

namespace System
{
    public static class Math
    {
        public static ulong Min(ulong left, ulong right) => left < right ? left : right;

        public static ulong Max(ulong left, ulong right) => left > right ? left : right;

        public static uint Min(uint left, uint right) => left < right ? left : right;

        public static uint Max(uint left, uint right) => left > right ? left : right;

        public static int Min(int left, int right) => left < right ? left : right;

        /// <summary>The full 128-bit product of two 64-bit numbers.</summary>
        /// <param name="low">The product's lower 64 bits.</param>
        /// <returns>The product's upper 64 bits.</returns>
        public static ulong BigMul(ulong left, ulong right, out ulong low)
        {
            ulong leftLow = (uint)left;
            ulong leftHigh = left >> 32;
            ulong rightLow = (uint)right;
            ulong rightHigh = right >> 32;
            ulong cross = leftHigh * rightLow + ((leftLow * rightLow) >> 32);
            ulong middle = leftLow * rightHigh + (uint)cross;
            low = left * right;
            return leftHigh * rightHigh + (cross >> 32) + (middle >> 32);
        }
    }
}
