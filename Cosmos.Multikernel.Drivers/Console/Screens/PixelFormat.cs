namespace Cosmos.Multikernel.Drivers.Console.Screens;

/// <summary>How a framebuffer stores a pixel: where each colour's bits are (Multiboot2, 3.6.12, direct RGB).</summary>
/// <param name="BitsPerPixel">15, 16, 24 or 32.</param>
/// <param name="RedPosition">The lowest bit of red.</param>
/// <param name="RedSize">How many bits red has.</param>
/// <param name="GreenPosition">The same for green.</param>
/// <param name="GreenSize">The same for green.</param>
/// <param name="BluePosition">The same for blue.</param>
/// <param name="BlueSize">The same for blue.</param>
public readonly record struct PixelFormat(
    int BitsPerPixel,
    int RedPosition,
    int RedSize,
    int GreenPosition,
    int GreenSize,
    int BluePosition,
    int BlueSize
)
{
    /// <summary>Bytes of a pixel.</summary>
    public int BytesPerPixel => (BitsPerPixel + 7) / 8;

    /// <summary>Whether it can be drawn in.</summary>
    public bool IsSupported =>
        BitsPerPixel is 15 or 16 or 24 or 32
        && Fits(RedPosition, RedSize)
        && Fits(GreenPosition, GreenSize)
        && Fits(BluePosition, BlueSize);

    /// <summary>A colour 0xRRGGBB in this format.</summary>
    public uint Encode(uint rgb) =>
        Scale(rgb >> 16 & 0xff, RedSize) << RedPosition
        | Scale(rgb >> 8 & 0xff, GreenSize) << GreenPosition
        | Scale(rgb & 0xff, BlueSize) << BluePosition;

    private bool Fits(int position, int size) =>
        size is > 0 and <= 16 && position >= 0 && position + size <= BytesPerPixel * 8;

    // From 0..255 to 0..2^size - 1, rounded: all bits set stay all bits set.
    private static uint Scale(uint value, int size)
    {
        uint most = (1u << size) - 1;
        return (value * most + 127) / 255;
    }
}
