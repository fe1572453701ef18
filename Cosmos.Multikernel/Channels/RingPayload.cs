using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Cosmos.Multikernel.Channels;

/// <summary>The 56 bytes of a line that carry the message.</summary>
[StructLayout(LayoutKind.Sequential, Size = RingLayout.PayloadSize)]
public struct RingPayload
{
    /// <summary>Bytes 0 to 7.</summary>
    public ulong Word0;

    /// <summary>Bytes 8 to 15.</summary>
    public ulong Word1;

    /// <summary>Bytes 16 to 23.</summary>
    public ulong Word2;

    /// <summary>Bytes 24 to 31.</summary>
    public ulong Word3;

    /// <summary>Bytes 32 to 39.</summary>
    public ulong Word4;

    /// <summary>Bytes 40 to 47.</summary>
    public ulong Word5;

    /// <summary>Bytes 48 to 55.</summary>
    public ulong Word6;

    /// <summary>Copies a payload by its words 0, 1 to 4, 5 and 6.</summary>
    /// <remarks>
    /// An assignment of the whole would be compiled to two wide moves that overlap, and whoever reads the copy next waits
    /// until both stores have reached the cache. Messages have a header of one word, so that these parts are also what was
    /// written last and is read next.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Copy(byte* target, byte* source)
    {
        *(ulong*)target = *(ulong*)source;
        *(Words4*)(target + 8) = *(Words4*)(source + 8);
        *(Words2*)(target + 40) = *(Words2*)(source + 40);
    }

    [StructLayout(LayoutKind.Sequential, Size = 32)]
    private struct Words4;

    [StructLayout(LayoutKind.Sequential, Size = 16)]
    private struct Words2;
}
