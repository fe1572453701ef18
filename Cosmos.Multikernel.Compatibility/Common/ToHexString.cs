namespace Cosmos.Common.Extensions;

/// <summary>Numbers in hexadecimal, capital letters, no prefix, with at least so many digits as a type has or as one asks for.</summary>
public static class ToHexString
{
    public static string ToHex(this byte n) => n.ToString("X2");

    public static string ToHex(this byte n, int aWidth) => Pad(n, aWidth);

    public static string ToHex(this ushort n) => n.ToString("X4");

    public static string ToHex(this ushort n, int aWidth) => Pad(n, aWidth);

    /// <summary>Four digits at least, as in Cosmos.</summary>
    public static string ToHex(this int n) => n.ToString("X4");

    public static string ToHex(this int n, int aWidth) => Pad((uint)n, aWidth);

    public static string ToHex(this uint aValue) => aValue.ToString("X8");

    public static string ToHex(this uint aValue, int aWidth) => Pad(aValue, aWidth);

    public static string ToHex(this ulong aValue, bool withPadding = true) =>
        aValue.ToString(withPadding ? "X16" : "X");

    public static string ToHex(this ulong aValue, int aWidth) => Pad(aValue, aWidth);

    private static string Pad(ulong value, int width) => value.ToString("X").PadLeft(width, '0');
}
