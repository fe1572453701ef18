namespace Cosmos.Multikernel.CpuDriver.Console;

/// <summary>Bytes in the order they came, in a fixed store.</summary>
public unsafe struct ByteQueue
{
    public const uint Capacity = 16384;

    // Running counts; the difference is what is in the queue.
    private uint _added;
    private uint _taken;
    private fixed byte _bytes[(int)Capacity];

    public readonly uint Count => _added - _taken;

    public readonly uint Room => Capacity - Count;

    public readonly bool IsEmpty => _added == _taken;

    /// <summary>Adds a byte; the caller has looked at <see cref="Room"/>.</summary>
    public void Add(byte value) => _bytes[_added++ % Capacity] = value;

    /// <summary>Takes the oldest byte; the caller has looked at <see cref="IsEmpty"/>.</summary>
    public byte Take() => _bytes[_taken++ % Capacity];

    /// <summary>The byte that so many later ones follow after the oldest.</summary>
    public readonly byte Peek(uint offset) => _bytes[(_taken + offset) % Capacity];
}
