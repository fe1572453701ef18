using System.Runtime.InteropServices;

namespace Cosmos.Multikernel.Drivers.Disk;

/// <summary>One of several requests whose data share a frame.</summary>
/// <param name="Block">The first block.</param>
/// <param name="Offset">Where in the frame the data are: a multiple of <see cref="BlockDevice.FrameAlignment"/>.</param>
/// <param name="Length">How many bytes: whole blocks.</param>
/// <param name="Kind">What to do.</param>
/// <param name="Options">Of a write: whether to wait for the medium.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct BlockRequest(
    long Block,
    int Offset,
    int Length,
    BlockRequestKind Kind,
    WriteOptions Options
)
{
    /// <summary>Whether the other begins where this one ends, on the device and in the frame, so that one request does for both.</summary>
    public bool IsBefore(in BlockRequest other, int blockSize) =>
        Kind == other.Kind
        && Options == other.Options
        && Length > 0
        && other.Length > 0
        && Length % blockSize == 0
        && Offset + (long)Length == other.Offset
        && Block + Length / blockSize == other.Block;
}

/// <summary>What a request asks for.</summary>
public enum BlockRequestKind
{
    /// <summary>Blocks go from the device to the frame.</summary>
    Read,

    /// <summary>Blocks go from the frame to the device.</summary>
    Write,
}

/// <summary>What became of requests that came together: four bits for each, from the lowest of the first number on.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct BlockOutcomes
{
    /// <summary>Most requests that come together.</summary>
    public const int Most = 32;

    private const int Bits = 4;
    private const int InOne = 64 / Bits;
    private const ulong Mask = (1 << Bits) - 1;

    private ulong first;
    private ulong second;

    /// <summary>Of one request.</summary>
    public BlockError this[int number]
    {
        readonly get => (BlockError)((number < InOne ? first : second) >> Shift(number) & Mask);
        set
        {
            ref ulong half = ref number < InOne ? ref first : ref second;
            half = half & ~(Mask << Shift(number)) | ((ulong)value & Mask) << Shift(number);
        }
    }

    /// <summary>The same for all.</summary>
    public static BlockOutcomes All(BlockError error)
    {
        BlockOutcomes outcomes = default;
        for (int i = 0; i < Most; i++)
        {
            outcomes[i] = error;
        }
        return outcomes;
    }

    private static int Shift(int number) => number % InOne * Bits;
}
