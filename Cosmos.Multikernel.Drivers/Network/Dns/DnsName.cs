using System.Globalization;
using System.Text;

namespace Cosmos.Multikernel.Drivers.Network.Dns;

/// <summary>
/// Names on the wire (RFC 1035, 3.1 and 4.1.4): labels, each behind its length, up to an empty one. In lower case, so that
/// two are the same when their bytes are.
/// </summary>
internal static class DnsName
{
    /// <summary>Most bytes of a name, lengths and the empty label included.</summary>
    public const int MaximumSize = 255;

    private const int MaximumLabel = 63;
    private const byte Pointer = 0xC0;

    /// <summary>Brings a name that somebody typed into its form on the wire.</summary>
    /// <param name="text">The name; other scripts are turned into Punycode.</param>
    /// <returns>Null when there can be no such name.</returns>
    public static byte[]? TryEncode(string text)
    {
        string ascii;
        try
        {
            ascii = Ascii.IsValid(text) ? text : new IdnMapping().GetAscii(text);
        }
        catch (ArgumentException)
        {
            return null;
        }
        ascii = ascii.EndsWith('.') ? ascii[..^1] : ascii;
        if (ascii.Length is 0 or > MaximumSize - 2)
        {
            return null;
        }
        List<byte> name = [];
        foreach (string label in ascii.Split('.'))
        {
            if (label.Length is 0 or > MaximumLabel || label.Any(static c => c is <= ' ' or '\x7f'))
            {
                return null;
            }
            name.Add((byte)label.Length);
            name.AddRange(Encoding.ASCII.GetBytes(label.ToLowerInvariant()));
        }
        name.Add(0);
        return [.. name];
    }

    /// <summary>A name as people read it. What no name should have in it comes as \ddd (RFC 4343, 2.1).</summary>
    public static string Decode(ReadOnlySpan<byte> name)
    {
        StringBuilder text = new();
        while (name[0] != 0)
        {
            text.Append(text.Length == 0 ? "" : ".");
            foreach (byte character in name[1..(1 + name[0])])
            {
                bool isPlain =
                    character is > (byte)' ' and < 0x7F and not (byte)'.' and not (byte)'\\';
                text.Append(isPlain ? ((char)character).ToString() : $"\\{character:d3}");
            }
            name = name[(1 + name[0])..];
        }
        return text.Length == 0 ? "." : text.ToString();
    }

    /// <summary>Takes a name from a message, following pointers.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="at">Where the name begins; then, where what follows it begins.</param>
    /// <param name="name">Room for <see cref="MaximumSize"/> bytes.</param>
    /// <param name="length">Bytes of the name.</param>
    /// <returns>False when there is no name. A pointer must lead back, each further than the last: so there is an end to them.</returns>
    public static bool TryRead(
        ReadOnlySpan<byte> message,
        ref int at,
        Span<byte> name,
        out int length
    )
    {
        length = 0;
        int place = at;
        int lowest = at;
        bool hasJumped = false;
        while (place < message.Length)
        {
            byte size = message[place];
            if (size >= Pointer)
            {
                if (place + 1 >= message.Length)
                {
                    return false;
                }
                int target = (size & 0x3F) << 8 | message[place + 1];
                if (target >= lowest)
                {
                    return false;
                }
                at = hasJumped ? at : place + 2;
                hasJumped = true;
                lowest = target;
                place = target;
                continue;
            }
            // Lengths of 64 to 191 mean nothing (RFC 6891, 5).
            if (
                size > MaximumLabel
                || place + 1 + size > message.Length
                || length + 1 + size > MaximumSize
            )
            {
                return false;
            }
            name[length] = size;
            Lower(message.Slice(place + 1, size), name[(length + 1)..]);
            length += 1 + size;
            place += 1 + size;
            if (size == 0)
            {
                at = hasJumped ? at : place;
                return true;
            }
        }
        return false;
    }

    private static void Lower(ReadOnlySpan<byte> from, Span<byte> to)
    {
        for (int i = 0; i < from.Length; i++)
        {
            to[i] = from[i] is >= (byte)'A' and <= (byte)'Z' ? (byte)(from[i] | 0x20) : from[i];
        }
    }
}
