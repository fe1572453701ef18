// The primitive types. Their arithmetic is built into the compiler; the fields only give them their size.

namespace System;

#pragma warning disable CS0169, CS0649 // the compiler and ILC use these fields, C# code never names them

public struct Void { }

public struct Boolean
{
    private bool _value;
}

public struct Char
{
    private char _value;
}

public struct SByte
{
    public const sbyte MaxValue = 127;
    public const sbyte MinValue = -128;
    private sbyte _value;
}

public struct Byte
{
    public const byte MaxValue = 255;
    private byte _value;
}

public struct Int16
{
    public const short MaxValue = 32767;
    public const short MinValue = -32768;
    private short _value;
}

public struct UInt16
{
    public const ushort MaxValue = 65535;
    private ushort _value;
}

public struct Int32
{
    public const int MaxValue = 0x7fffffff;
    public const int MinValue = unchecked((int)0x80000000);
    private int _value;
}

public struct UInt32
{
    public const uint MaxValue = 0xffffffff;
    private uint _value;
}

public struct Int64
{
    public const long MaxValue = 0x7fffffffffffffff;
    public const long MinValue = unchecked((long)0x8000000000000000);
    private long _value;
}

public struct UInt64
{
    public const ulong MaxValue = 0xffffffffffffffff;
    private ulong _value;
}

public struct IntPtr
{
    private nint _value;
}

public struct UIntPtr
{
    private nuint _value;
}

public struct Single
{
    private float _value;
}

public struct Double
{
    private double _value;
}

public struct Nullable<T>
    where T : struct
{
    private readonly bool _hasValue;
    private readonly T _value;

    public Nullable(T value)
    {
        _hasValue = true;
        _value = value;
    }

    public readonly bool HasValue => _hasValue;

    public readonly T GetValueOrDefault() => _value;

    public readonly T Value => _value;
}
