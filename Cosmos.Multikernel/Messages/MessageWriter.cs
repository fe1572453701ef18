using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Cosmos.Multikernel.Capabilities;

namespace Cosmos.Multikernel.Messages;

/// <summary>Puts a message together. Used again and again, so that it allocates only to grow.</summary>
public sealed class MessageWriter
{
    private readonly List<Capability> capabilities = [];
    private MessageHeader header;
    private byte[] buffer = new byte[256];
    private int length;

    /// <summary>The message so far.</summary>
    public ReadOnlySpan<byte> Written => buffer.AsSpan(0, length);

    /// <summary>Begins a new message.</summary>
    public void Begin(MessageHeader header)
    {
        length = 0;
        capabilities.Clear();
        this.header = header;
        Write(header);
    }

    /// <summary>Numbers the message begun: its call is known only when the arguments are in.</summary>
    internal void SetCall(uint number)
    {
        header = header with { Call = number };
        Unsafe.WriteUnaligned(ref buffer[0], header);
    }

    /// <summary>Appends a value as it lies in memory (little-endian, no padding before it).</summary>
    public void Write<T>(T value)
        where T : unmanaged => Unsafe.WriteUnaligned(ref Reserve(Unsafe.SizeOf<T>())[0], value);

    /// <summary>Appends a length (i32, bytes) and the text in UTF-8; length -1 for null.</summary>
    public void WriteString(string? text)
    {
        if (text is null)
        {
            Write(-1);
            return;
        }
        int size = Encoding.UTF8.GetByteCount(text);
        Write(size);
        Encoding.UTF8.GetBytes(text, Reserve(size));
    }

    /// <summary>Appends a count (i32) and the values as they lie in memory.</summary>
    public void WriteArray<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        Write(values.Length);
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(values);
        bytes.CopyTo(Reserve(bytes.Length));
    }

    /// <summary>Appends a count (i32) and the texts.</summary>
    public void WriteStrings(ReadOnlySpan<string> texts)
    {
        Write(texts.Length);
        foreach (string text in texts)
        {
            WriteString(text);
        }
    }

    /// <summary>Encloses a capability: it goes with the message, and is the receiver's from then on. At most 16.</summary>
    /// <exception cref="ObjectDisposedException">It was given up or sent away.</exception>
    public void WriteCapability(Capability capability)
    {
        ArgumentNullException.ThrowIfNull(capability);
        ObjectDisposedException.ThrowIf(capability.IsClosed, capability);
        if (capabilities.Count == Enclosure.Maximum)
        {
            throw new ArgumentException(
                $"At most {Enclosure.Maximum} capabilities go with a message."
            );
        }
        capabilities.Add(capability);
    }

    /// <summary>Appends a value, and encloses a capability.</summary>
    public void WriteBoth<T, TCapability>((T Value, TCapability Capability) both)
        where T : unmanaged
        where TCapability : Capability
    {
        Write(both.Value);
        WriteCapability(both.Capability);
    }

    /// <summary>What is enclosed, for the one who sends the message; null for nothing.</summary>
    internal Capability[]? TakeCapabilities()
    {
        if (capabilities.Count == 0)
        {
            return null;
        }
        Capability[] taken = [.. capabilities];
        capabilities.Clear();
        return taken;
    }

    private Span<byte> Reserve(int size)
    {
        if (buffer.Length - length < size + 1)
        {
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, checked(length + size + 1)));
        }
        Span<byte> reserved = buffer.AsSpan(length, size + 1);
        length += size;
        return reserved[..Math.Max(size, 1)];
    }
}
