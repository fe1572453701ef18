namespace Cosmos.Multikernel;

/// <summary>The core this instance runs on. An instance never moves: its core is as fixed as its name.</summary>
public static class Core
{
    /// <summary>Number of this instance's core, from 0.</summary>
    public static int Current => (int)Instance.Identity.Core;

    /// <summary>How many cores came up at boot; their numbers are 0 to <see cref="Count"/> - 1.</summary>
    public static int Count => (int)Instance.Identity.CoreCount;
}
