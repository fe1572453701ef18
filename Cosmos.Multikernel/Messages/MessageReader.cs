using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Channels;

namespace Cosmos.Multikernel.Messages;

/// <summary>
/// Takes a message apart. The bytes are this end's own copy; nothing in them is believed: each length is checked against
/// what is there before anything is allocated for it.
/// </summary>
/// <exception cref="MalformedMessageException">From every method: the message is too short or holds what cannot be.</exception>
public ref struct MessageReader
{
    private readonly Enclosure? enclosure;
    private ReadOnlySpan<byte> rest;

    /// <summary>A reader of a message without capabilities.</summary>
    public MessageReader(ReadOnlySpan<byte> message)
    {
        rest = message;
    }

    internal MessageReader(ReadOnlySpan<byte> message, Enclosure? enclosure)
    {
        rest = message;
        this.enclosure = enclosure;
    }

    /// <summary>Takes a value.</summary>
    public T Read<T>()
        where T : unmanaged
    {
        ReadOnlySpan<byte> bytes = Take(Unsafe.SizeOf<T>());
        if (typeof(T) == typeof(bool) && bytes[0] > 1)
        {
            Throw("a truth value that is neither 0 nor 1");
        }
        return Unsafe.ReadUnaligned<T>(in bytes[0]);
    }

    /// <summary>Takes a text that is not null.</summary>
    public string ReadString() => ReadNullableString() ?? Throw("null where a text was due");

    /// <summary>Takes a text or null.</summary>
    public string? ReadNullableString()
    {
        int size = Read<int>();
        return size == -1 ? null : Encoding.UTF8.GetString(Take(size));
    }

    /// <summary>Takes bytes: a view of the message, valid only while it is being handled.</summary>
    public ReadOnlySpan<byte> ReadBytes() => Take(Read<int>());

    /// <summary>Takes values.</summary>
    public T[] ReadArray<T>()
        where T : unmanaged
    {
        int count = Read<int>();
        long size = (long)count * Unsafe.SizeOf<T>();
        if (count < 0 || size > rest.Length)
        {
            Throw("an array longer than itself");
        }
        T[] values = GC.AllocateUninitializedArray<T>(count);
        Take((int)size).CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    /// <summary>Takes texts.</summary>
    public string[] ReadStrings()
    {
        int count = Read<int>();
        if (count < 0 || (long)count * sizeof(int) > rest.Length)
        {
            Throw("an array longer than itself");
        }
        string[] texts = new string[count];
        for (int i = 0; i < count; i++)
        {
            texts[i] = ReadString();
        }
        return texts;
    }

    /// <summary>Takes a capability that came with the message: it is the caller's now.</summary>
    public readonly T ReadCapability<T>()
        where T : Capability =>
        (
            enclosure ?? throw new MalformedMessageException("A message lacks a capability.")
        ).Take<T>();

    /// <summary>Takes a value, and a capability that came with the message.</summary>
    public (T Value, TCapability Capability) ReadBoth<T, TCapability>()
        where T : unmanaged
        where TCapability : Capability => (Read<T>(), ReadCapability<TCapability>());

    /// <summary>Nothing may follow.</summary>
    public readonly void End()
    {
        if (rest.Length != 0 || enclosure is { IsTaken: false })
        {
            Throw("more than was due");
        }
    }

    private ReadOnlySpan<byte> Take(int size)
    {
        if ((uint)size > (uint)rest.Length)
        {
            Throw("less than it claims");
        }
        ReadOnlySpan<byte> taken = rest[..size];
        rest = rest[size..];
        return taken;
    }

    private static string Throw(string what) =>
        throw new MalformedMessageException($"A message holds {what}.");
}
