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
}
