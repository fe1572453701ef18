// What ILC looks up by name in the system module, and the symbols its output refers to.
// None of this runs in a correct CPU driver: it does not allocate, cast classes, throw or call through P/Invoke. The
// build gate fails when compiled code comes to need one of them; the bodies that can be reached trap with ud2.

using System;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace System
{
    internal static unsafe class Buffer
    {
        internal static void BulkMoveWithWriteBarrier(
            ref byte destination,
            ref byte source,
            nuint byteCount
        ) =>
            Native.MemoryMove(
                Unsafe.AsPointer(ref destination),
                Unsafe.AsPointer(ref source),
                byteCount
            );
    }

    internal static unsafe class SpanHelpers
    {
        internal static void ClearWithoutReferences(ref byte destination, nuint byteCount) =>
            Native.MemorySet(Unsafe.AsPointer(ref destination), 0, byteCount);

        internal static void Memmove(ref byte destination, ref byte source, nuint byteCount) =>
            Native.MemoryMove(
                Unsafe.AsPointer(ref destination),
                Unsafe.AsPointer(ref source),
                byteCount
            );

        internal static void Fill(ref byte destination, byte value, nuint byteCount) =>
            Native.MemorySet(Unsafe.AsPointer(ref destination), value, byteCount);
    }

    /// <summary>The memory routines that ILC's output and this library share; written in X# (Cores/Memory.xs).</summary>
    internal static unsafe class Native
    {
        [RuntimeImport("*", "memmove")]
        [MethodImpl(MethodImplOptions.InternalCall)]
        internal static extern void* MemoryMove(void* destination, void* source, nuint byteCount);

        [RuntimeImport("*", "memset")]
        [MethodImpl(MethodImplOptions.InternalCall)]
        internal static extern void* MemorySet(void* destination, int value, nuint byteCount);

        [RuntimeImport("*", "Cpu_Trap")]
        [MethodImpl(MethodImplOptions.InternalCall)]
        internal static extern void Trap();
    }
}

namespace System.Runtime
{
    internal static class TypeCast
    {
        internal static object? CheckCastAny(object? value, object type) => value;

        internal static object? CheckCastInterface(object? value, object type) => value;

        internal static object? CheckCastClass(object? value, object type) => value;

        internal static object? CheckCastClassSpecial(object? value, object type) => value;

        internal static object? IsInstanceOfAny(object? value, object type) => value;

        internal static object? IsInstanceOfInterface(object? value, object type) => value;

        internal static object? IsInstanceOfClass(object? value, object type) => value;

        internal static bool IsInstanceOfException(object type, object? exception) => false;
    }

    internal static class NoRuntime
    {
        [RuntimeExport("RhpReversePInvoke")]
        private static void ReversePInvoke(nint frame) { }

        [RuntimeExport("RhpReversePInvokeReturn")]
        private static void ReversePInvokeReturn(nint frame) { }

        [RuntimeExport("RhpFallbackFailFast")]
        private static void FallbackFailFast() => Native.Trap();
    }
}

namespace System.Runtime.InteropServices
{
    internal interface IDynamicInterfaceCastable
    {
        internal static object GetDynamicInterfaceImplementation(
            object instance,
            object type,
            ushort slot
        ) => instance;
    }
}

namespace Internal.Runtime.CompilerHelpers
{
    /// <summary>Where compiled checks end: in the CPU driver a failed check is a bug, so each traps.</summary>
    public static class ThrowHelpers
    {
        public static void ThrowFeatureBodyRemoved() => Native.Trap();

        public static void ThrowIndexOutOfRangeException() => Native.Trap();

        public static void ThrowOverflowException() => Native.Trap();

        public static void ThrowDivideByZeroException() => Native.Trap();

        public static void ThrowNullReferenceException() => Native.Trap();

        public static void ThrowArgumentException() => Native.Trap();

        public static void ThrowArgumentOutOfRangeException() => Native.Trap();

        public static void ThrowPlatformNotSupportedException() => Native.Trap();

        public static void ThrowNotImplementedException() => Native.Trap();

        public static void ThrowTypeLoadException() => Native.Trap();
    }

    internal static class LdTokenHelpers
    {
        private static RuntimeTypeHandle GetRuntimeTypeHandle(nint type) => default;

        private static RuntimeMethodHandle GetRuntimeMethodHandle(nint method) => default;

        private static RuntimeFieldHandle GetRuntimeFieldHandle(nint field) => default;

        private static Type? GetRuntimeType(nint type) => null;
    }
}
