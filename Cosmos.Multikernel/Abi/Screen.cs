namespace Cosmos.Multikernel.Abi;

/// <summary>What kind of screen the boot loader left.</summary>
public enum ScreenKind : uint
{
    /// <summary>None, or one in a format that nobody here draws in.</summary>
    None = 0,

    /// <summary>VGA's text mode: cells of a character and its colours.</summary>
    Text = 1,

    /// <summary>Pixels, each with its red, green and blue.</summary>
    Framebuffer = 2,
}

/// <summary>The screen as the boot loader left it (Multiboot2 specification 2.0, section 3.6.12).</summary>
public struct ScreenDescription
{
    public ScreenKind Kind;

    /// <summary>Pixels in a line and lines; of a text screen cells in a row and rows.</summary>
    public uint Width;
    public uint Height;

    /// <summary>Bytes from one line, or row, to the next.</summary>
    public uint Pitch;

    /// <summary>Physical address of the first line.</summary>
    public ulong Address;

    public byte BitsPerPixel;

    // A framebuffer's colours: the lowest bit of each, and how many bits it has.
    public byte RedPosition;
    public byte RedSize;
    public byte GreenPosition;
    public byte GreenSize;
    public byte BluePosition;
    public byte BlueSize;
    public byte Reserved;

    /// <summary>Bytes from the first line to the end of the last.</summary>
    public readonly ulong Length => (ulong)Pitch * Height;
}

/// <summary>How the holder of the console's stream takes it over; for <see cref="MultikernelCall.BindConsole"/>.</summary>
public struct ConsoleBinding
{
    /// <summary>The most columns and rows a terminal can have here.</summary>
    public const uint MostCells = 1000;

    /// <summary>Added to a count of bytes: they are text that was kept.</summary>
    public const uint IsKept = 1 << 30;

    /// <summary>In: the terminal's size, in cells.</summary>
    public uint Columns;
    public uint Rows;

    /// <summary>Out: its bit in <see cref="DomainPage.RungInterrupts"/>, rung when there is text where there was none.</summary>
    public uint Bit;
    public uint Reserved;
}
