using System.Runtime.CompilerServices;

namespace Cosmos.Multikernel.Tests.Instances.Fatal;

/// <summary>Unsafe code gone wrong.</summary>
internal static unsafe class WildPointers
{
    /// <summary>Text is shared by all cores: a write to it must fault, never reach another core.</summary>
    public static void WriteToText()
    {
        var text = (byte*)(delegate* <void>)&Target;
        Volatile.Write(ref *text, 0xC3);
    }

    /// <summary>Reads what is not there or not ours.</summary>
    public static void Read(ulong address) => _ = Volatile.Read(ref *(int*)address);

    /// <summary>Writes what is not there or not ours.</summary>
    public static void Write(ulong address) => Volatile.Write(ref *(int*)address, 1);

    /// <summary>Nothing writable can be executed.</summary>
    public static void JumpToData()
    {
        var data = stackalloc byte[16];
        data[0] = 0xC3;
        ((delegate* unmanaged<void>)data)();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Target() { }
}
