// The roots of the type system, laid out as ILC expects them.

using System.Runtime.CompilerServices;

namespace System;

#pragma warning disable CS0169, CS0649 // layout fields, written by ILC

public unsafe class Object
{
    // The method table: every object's first word, as in NativeAOT.
    internal void* m_pEEType;

    public Object() { }

    // Never run (nothing is ever allocated), but ILC and csc look it up.
    ~Object() { }

    public virtual bool Equals(object? other) => false;

    public virtual int GetHashCode() => 0;
}

public abstract class ValueType { }

public abstract class Enum : ValueType { }

public abstract class Delegate { }

public abstract class MulticastDelegate : Delegate { }

public class Exception { }

public abstract class Type { }

public class Attribute { }

public struct RuntimeTypeHandle { }

public struct RuntimeMethodHandle { }

public struct RuntimeFieldHandle { }

public interface IDisposable
{
    void Dispose();
}

public sealed class String
{
    // ILC writes frozen string literals with exactly these two fields.
    private readonly int _stringLength;
    private char _firstChar;

    public int Length => _stringLength;

    [System.Runtime.CompilerServices.IndexerName("Chars")]
    public char this[int index] => Unsafe.Add(ref _firstChar, index);

    public ref readonly char GetPinnableReference() => ref _firstChar;
}

public abstract class Array
{
    private readonly int _numComponents;

    public int Length => _numComponents;
}

// The type ILC gives to T[].
public class Array<T> : Array { }
