using System.Text;

namespace Cosmos.Multikernel.Drivers.Console.Terminals;

/// <summary>
/// UTF-8 byte by byte. What is malformed becomes one U+FFFD for each maximal part that could have begun a character, as the Unicode
/// standard recommends (chapter 3.9).
/// </summary>
public struct Utf8Reader
{
    private uint pending;
    private int count;

    /// <summary>Whether a character is incomplete.</summary>
    public readonly bool IsInside => count != 0;

    /// <summary>Takes a byte.</summary>
    /// <param name="value">The byte.</param>
    /// <param name="first">The character that it completes, or that a malformed part before it is.</param>
    /// <param name="second">After a malformed part: the character that the byte is by itself.</param>
    /// <returns>How many characters there are: 0 to 2.</returns>
    public int Take(byte value, out Rune first, out Rune second)
    {
        first = Rune.ReplacementChar;
        second = Rune.ReplacementChar;
        if (count == 0)
        {
            return TakeFirst(value, out first);
        }
        pending |= (uint)value << (8 * count);
        Span<byte> bytes =
        [
            (byte)pending,
            (byte)(pending >> 8),
            (byte)(pending >> 16),
            (byte)(pending >> 24),
        ];
        var status = Rune.DecodeFromUtf8(bytes[..(count + 1)], out first, out int consumed);
        if (status == global::System.Buffers.OperationStatus.NeedMoreData)
        {
            count++;
            return 0;
        }
        bool whole = status == global::System.Buffers.OperationStatus.Done;
        bool hadOwnBegin = !whole && consumed <= count;
        Reset();
        return whole || !hadOwnBegin ? 1 : 1 + TakeFirst(value, out second);
    }

    /// <summary>Text ended: an incomplete character is malformed.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Abandon()
    {
        bool was = IsInside;
        Reset();
        return was;
    }

    private int TakeFirst(byte value, out Rune rune)
    {
        if (value < 0x80)
        {
            rune = new Rune((uint)value);
            return 1;
        }
        rune = Rune.ReplacementChar;
        // C0, C1 and F5 to FF begin nothing (RFC 3629, section 4).
        if (value is < 0xc2 or > 0xf4)
        {
            return 1;
        }
        pending = value;
        count = 1;
        return 0;
    }

    private void Reset()
    {
        pending = 0;
        count = 0;
    }
}
