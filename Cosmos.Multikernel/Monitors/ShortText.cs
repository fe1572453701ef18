using System.Runtime.CompilerServices;
using System.Text;

namespace Cosmos.Multikernel.Monitors;

/// <summary>A name inside a struct of a message: at most 63 bytes of UTF-8 and their count. 64 bytes.</summary>
public struct ShortText : IEquatable<ShortText>
{
    /// <summary>Longest text, bytes of UTF-8.</summary>
    public const int MaximumLength = 63;

    private byte length;
    private Bytes bytes;

    /// <summary>A text as it travels.</summary>
    /// <exception cref="ArgumentException">It is longer than <see cref="MaximumLength"/>.</exception>
    public ShortText(string text)
    {
        if (!Encoding.UTF8.TryGetBytes(text, bytes, out int written))
        {
            throw new ArgumentException(
                $"'{text}' is longer than {MaximumLength} bytes.",
                nameof(text)
            );
        }
        length = (byte)written;
    }

    /// <summary>The text. A length that cannot be, from a hostile sender, counts as the longest.</summary>
    public override readonly string ToString() =>
        Encoding.UTF8.GetString(
            ((ReadOnlySpan<byte>)bytes)[..Math.Min((int)length, MaximumLength)]
        );

    /// <inheritdoc/>
    public readonly bool Equals(ShortText other) =>
        length == other.length
        && ((ReadOnlySpan<byte>)bytes).SequenceEqual((ReadOnlySpan<byte>)other.bytes);

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is ShortText other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    [InlineArray(MaximumLength)]
    private struct Bytes
    {
        private byte first;
    }
}
