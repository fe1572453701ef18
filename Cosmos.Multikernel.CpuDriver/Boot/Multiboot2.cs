// The boot information that GRUB leaves (Multiboot2 specification 2.0, section 3.6).
//
// Pure code over bytes: compiled for the host's tests too, which feed it damaged input. Every length that the input states
// is checked against what is there before anything is read through it.

using Cosmos.Multikernel.Abi;

namespace Cosmos.Multikernel.CpuDriver.Boot;

public enum Multiboot2Status
{
    Ok,

    /// <summary>Too short for its own header, or not 8-byte aligned.</summary>
    Truncated,

    /// <summary>A tag's size is less than its header or reaches past the end.</summary>
    BadTag,
}

public enum Multiboot2Tag : uint
{
    End = 0,
    CommandLine = 1,
    Module = 3,
    MemoryMap = 6,
    Framebuffer = 8,
    ElfSections = 9,
    EfiSystemTable32 = 11,
    EfiSystemTable64 = 12,
    AcpiOld = 14,
    AcpiNew = 15,
}

/// <summary>A walk over the tags.</summary>
public unsafe struct Multiboot2
{
    private const uint HeaderBytes = 8;
    private const uint TagHeaderBytes = 8;

    private byte* _next;
    private byte* _end;

    /// <summary>The current tag's type, its content (after type and size) and that content's length in bytes.</summary>
    public Multiboot2Tag Type;
    public byte* Content;
    public uint Length;

    /// <summary>Starts a walk.</summary>
    /// <param name="information">The information's first byte, 8-byte aligned.</param>
    /// <param name="available">How many bytes may be read from there.</param>
    public static Multiboot2Status TryOpen(byte* information, ulong available, out Multiboot2 walk)
    {
        walk = default;
        if (available < HeaderBytes || ((ulong)information & 7) != 0)
        {
            return Multiboot2Status.Truncated;
        }
        uint total = *(uint*)information;
        if (total < HeaderBytes || total > available)
        {
            return Multiboot2Status.Truncated;
        }
        walk._next = information + HeaderBytes;
        walk._end = information + total;
        return Multiboot2Status.Ok;
    }

    /// <summary>Moves to the next tag. After the last, <see cref="Type"/> is <see cref="Multiboot2Tag.End"/>.</summary>
    public Multiboot2Status MoveNext()
    {
        ulong left = (ulong)(_end - _next);
        if (left < TagHeaderBytes)
        {
            Type = Multiboot2Tag.End;
            return left == 0 ? Multiboot2Status.Ok : Multiboot2Status.Truncated;
        }
        Type = *(Multiboot2Tag*)_next;
        uint size = *(uint*)(_next + 4);
        if (size < TagHeaderBytes || size > left)
        {
            Type = Multiboot2Tag.End;
            return Multiboot2Status.BadTag;
        }
        Content = _next + TagHeaderBytes;
        Length = size - TagHeaderBytes;
        // Tags are padded to 8 bytes; the last one's padding need not be there.
        ulong step = ((ulong)size + 7) & ~7ul;
        _next += step < left ? step : left;
        return Multiboot2Status.Ok;
    }

    /// <summary>A module tag: where it is and its command line. False when the tag is malformed.</summary>
    public readonly bool TryReadModule(
        out ulong start,
        out ulong end,
        out byte* commandLine,
        out uint commandLineLength
    )
    {
        start = 0;
        end = 0;
        commandLine = null;
        commandLineLength = 0;
        if (Length < 8)
        {
            return false;
        }
        start = *(uint*)Content;
        end = *(uint*)(Content + 4);
        commandLine = Content + 8;
        commandLineLength = TextLength(commandLine, Length - 8);
        return end >= start;
    }

    /// <summary>A memory map tag: its entries and their distance. False when the tag is malformed.</summary>
    public readonly bool TryReadMemoryMap(out byte* entries, out uint count, out uint entrySize)
    {
        entries = null;
        count = 0;
        entrySize = 0;
        if (Length < 8)
        {
            return false;
        }
        entrySize = *(uint*)Content;
        if (entrySize < 24 || (entrySize & 7) != 0)
        {
            return false;
        }
        entries = Content + 8;
        count = (Length - 8) / entrySize;
        return true;
    }

    /// <summary>
    /// A framebuffer tag (section 3.6.12): the screen, if there is one that text can be shown on. Indexed colours are none: their
    /// palette is the loader's.
    /// </summary>
    public readonly ScreenDescription ReadScreen()
    {
        const uint CommonBytes = 22;
        const uint WithColours = 30;
        const byte DirectColour = 1;
        const byte EgaText = 2;
        byte type = Length < CommonBytes ? (byte)0 : Content[21];
        if (type == EgaText)
        {
            return VgaText.Screen;
        }
        ScreenDescription screen = default;
        if (type != DirectColour || Length < WithColours)
        {
            return screen;
        }
        screen.Address = *(ulong*)Content;
        screen.Pitch = *(uint*)(Content + 8);
        screen.Width = *(uint*)(Content + 12);
        screen.Height = *(uint*)(Content + 16);
        screen.BitsPerPixel = Content[20];
        screen.RedPosition = Content[24];
        screen.RedSize = Content[25];
        screen.GreenPosition = Content[26];
        screen.GreenSize = Content[27];
        screen.BluePosition = Content[28];
        screen.BlueSize = Content[29];
        screen.Kind = IsPossible(in screen) ? ScreenKind.Framebuffer : ScreenKind.None;
        return screen;
    }

    /// <summary>An ELF sections tag: the section headers. False when the tag is malformed.</summary>
    public readonly bool TryReadSections(out byte* headers, out uint count, out uint entrySize)
    {
        headers = null;
        count = 0;
        entrySize = 0;
        if (Length < 12)
        {
            return false;
        }
        uint statedCount = *(uint*)Content;
        uint statedSize = *(uint*)(Content + 4);
        if (statedSize < 64 || (ulong)statedCount * statedSize > Length - 12)
        {
            return false;
        }
        count = statedCount;
        entrySize = statedSize;
        headers = Content + 12;
        return true;
    }

    // What is drawn by these numbers must stay within the framebuffer, and within physical addresses (52 bits).
    private static bool IsPossible(in ScreenDescription screen)
    {
        uint bytes = ((uint)screen.BitsPerPixel + 7) / 8;
        return screen.BitsPerPixel is 15 or 16 or 24 or 32
            && screen.Width is not 0 and < 1 << 16
            && screen.Height is not 0 and < 1 << 16
            && screen.Pitch >= screen.Width * bytes
            && screen.Address >> 52 == 0
            && (screen.Address + screen.Length) >> 52 == 0
            && Fits(screen.RedPosition, screen.RedSize, bytes)
            && Fits(screen.GreenPosition, screen.GreenSize, bytes)
            && Fits(screen.BluePosition, screen.BlueSize, bytes);
    }

    private static bool Fits(byte position, byte size, uint bytes) =>
        size is not 0 and <= 16 && position + (uint)size <= bytes * 8;

    /// <summary>The length of a text that ends with a 0 byte or with its room.</summary>
    public static uint TextLength(byte* text, uint room)
    {
        uint length = 0;
        while (length < room && text[length] != 0)
        {
            length++;
        }
        return length;
    }
}
