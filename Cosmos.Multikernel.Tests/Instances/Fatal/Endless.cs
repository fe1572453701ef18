using System.Runtime.CompilerServices;

namespace Cosmos.Multikernel.Tests.Instances.Fatal;

/// <summary>What never ends until a resource does.</summary>
internal static class Endless
{
    /// <summary>Recurses until the stack is used up.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static unsafe int Recurse(int depth)
    {
        // A frame of a kilobyte, and work after the call, so that it is no tail call.
        var frame = stackalloc byte[1024];
        frame[depth & 1023] = (byte)depth;
        return Recurse(depth + 1) + frame[depth & 1023];
    }

    /// <summary>Keeps everything it allocates.</summary>
    public static void Allocate()
    {
        var kept = new List<byte[]>();
        while (true)
        {
            kept.Add(new byte[1 << 20]);
        }
    }
}
