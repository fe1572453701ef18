using Cosmos.Multikernel.Native;

namespace Cosmos.Multikernel.Tests.Instances.Hostile;

/// <summary>Memory to attack with, and addresses that are not ours.</summary>
internal static class Arena
{
    public const nint PageSize = 4096;

    private const nint ProtectRead = 1;
    private const nint ProtectReadWrite = 3;
    private const nint PrivateAnonymous = 0x22;

    private const long Map = 9;
    private const long Protect = 10;

    static Arena()
    {
        // Four pages: writable, writable, read-only, unreachable.
        Start = (nint)
            SystemCalls.Invoke(Map, 0, 4 * PageSize, ProtectReadWrite, PrivateAnonymous, -1, 0);
        SystemCalls.Invoke(Protect, ReadOnly, PageSize, ProtectRead);
        SystemCalls.Invoke(Protect, Unreachable, PageSize, 0);
    }

    /// <summary>First of two writable pages.</summary>
    public static nint Start { get; }

    /// <summary>A page that may be read.</summary>
    public static nint ReadOnly => Start + (2 * PageSize);

    /// <summary>A page that may not be touched.</summary>
    public static nint Unreachable => Start + (3 * PageSize);

    /// <summary>Addresses that no call may read or write for this instance.</summary>
    public static IReadOnlyList<nint> NeverOurs { get; } =
    [
        1,
        8,
        (nint)0x1000,
        0xFFF8,
        unchecked((nint)0x0000_1234_5678_9000),
        unchecked((nint)0x0000_7FFF_FFFF_FFF8),
        unchecked((nint)0x0000_8000_0000_0000),
        unchecked((nint)0x1234_5678_9ABC_DEF0),
        unchecked((nint)0x8000_0000_0000_0000),
        unchecked((nint)0xFFFF_7FFF_FFFF_FFF8),
        unchecked((nint)0xFFFF_8000_0000_0000),
        unchecked((nint)0xFFFF_8000_0010_0000),
        unchecked((nint)0xFFFF_FFFF_8000_0000),
        unchecked((nint)0xFFFF_FFFF_8010_0000),
        -4096,
        -8,
        -1,
    ];
}
