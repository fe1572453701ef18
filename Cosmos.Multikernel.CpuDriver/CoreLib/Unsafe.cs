// Reinterpretation of memory. ILC supplies the bodies of the [Intrinsic] members of this very type.

using Internal.Runtime.CompilerHelpers;

namespace System.Runtime.CompilerServices;

public static unsafe class Unsafe
{
    [Intrinsic]
    public static void* AsPointer<T>(ref T value) => throw null!;

    [Intrinsic]
    public static ref TTo As<TFrom, TTo>(ref TFrom source) => throw null!;

    [Intrinsic]
    public static T As<T>(object? value)
        where T : class => throw null!;

    [Intrinsic]
    public static ref T AsRef<T>(void* source) => throw null!;

    [Intrinsic]
    public static ref T AsRef<T>(scoped ref readonly T source) => throw null!;

    [Intrinsic]
    public static ref T Add<T>(ref T source, int elementOffset) => throw null!;

    [Intrinsic]
    public static ref T AddByteOffset<T>(ref T source, nint byteOffset) => throw null!;

    [Intrinsic]
    public static int SizeOf<T>() => throw null!;

    // The elements of a single-dimensional array follow the method table and an 8-byte length.
    internal static ref T ArrayData<T>(T[] array) =>
        ref As<byte, T>(ref Add(ref As<RawArray>(array).Data, 0));

    private sealed class RawArray
    {
#pragma warning disable CS0649 // overlays an array
        public ulong Length;
        public byte Data;
#pragma warning restore CS0649
    }
}

public static unsafe class RuntimeHelpers
{
    public static int OffsetToStringData => 12;

    /// <summary>A span over constant data in the image (ILC expands it; it never runs).</summary>
    [Intrinsic]
    public static ReadOnlySpan<T> CreateSpan<T>(RuntimeFieldHandle field) => default;

    [Intrinsic]
    public static bool IsReferenceOrContainsReferences<T>() => false;
}
