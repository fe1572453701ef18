using System.Text;
using Cosmos.Multikernel.Drivers.Console.Fonts;
using Cosmos.Multikernel.Drivers.Console.Screens;
using Cosmos.Multikernel.Drivers.Console.Terminals;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Consoles;

/// <summary>Cells on their way to pixels and to VGA's text memory.</summary>
[TestFixture]
public sealed class SurfaceTests
{
    private static readonly PixelFormat[] Formats =
    [
        new(32, 16, 8, 8, 8, 0, 8),
        new(32, 0, 8, 8, 8, 16, 8),
        new(24, 16, 8, 8, 8, 0, 8),
        new(16, 11, 5, 5, 6, 0, 5),
        new(15, 10, 5, 5, 5, 0, 5),
        new(32, 20, 10, 10, 10, 0, 10),
    ];

    private sealed class Memory(int bytes) : IPixels
    {
        public byte[] Bytes { get; } = Enumerable.Repeat((byte)0x5a, bytes).ToArray();

        public int Writes { get; private set; }

        public long Written { get; private set; }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            Writes++;
            Written += bytes.Length;
            bytes.CopyTo(Bytes.AsSpan((int)offset));
        }

        public void Forget() => (Writes, Written) = (0, 0);
    }

    /// <summary>Every pixel of a small screen, computed here once more, in each format.</summary>
    [Test]
    public void EveryPixel([Range(0, 5)] int which, [Values(1, 2)] int scale)
    {
        const int Width = 100;
        const int Height = 70;
        var format = Formats[which];
        var pitch = Width * format.BytesPerPixel + 12;
        var memory = new Memory(Height * pitch);
        var font = ConsoleFont.Load();
        var surface = new FramebufferSurface(memory, Width, Height, pitch, format, font, scale);
        var screen = new TextScreen(surface);
        var terminal = new Terminal(screen);
        terminal.Write("A\e[31;44mä\e[0;4m_g\e[0m\n\e[?25l\e[1mX"u8);
        terminal.Show();

        var left = (Width - surface.Columns * 8 * scale) / 2;
        var above = (Height - surface.Rows * 16 * scale) / 2;
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                var (column, row) = ((x - left) / (8 * scale), (y - above) / (16 * scale));
                var colour = 0u;
                if (x >= left && y >= above && column < surface.Columns && row < surface.Rows)
                {
                    var cell = screen[row][column];
                    var line = (y - above) / scale % 16;
                    var isSet =
                        (font.LineOf(cell.Character, line) >> (7 - (x - left) / scale % 8) & 1) != 0
                        || (cell.IsUnderlined && line == font.UnderlineRow);
                    colour = Palette.RgbOf(isSet ? cell.Foreground : cell.Background);
                }

                Assert.That(Pixel(memory, format, pitch, x, y), Is.EqualTo(format.Encode(colour)));
            }

            // What lies between the lines is not the screen's.
            Assert.That(memory.Bytes[y * pitch + Width * format.BytesPerPixel], Is.EqualTo(0x5a));
        }
    }

    [Test]
    public void ColoursKeepTheirExtremes()
    {
        foreach (var format in Formats)
        {
            var most = (1ul << format.RedSize) - 1;
            Assert.That(format.Encode(0xff0000), Is.EqualTo(most << format.RedPosition));
            Assert.That(format.Encode(0), Is.Zero);
        }
    }

    /// <summary>Typing a letter draws two cells, not the screen; a screen that scrolled far is drawn once.</summary>
    [Test]
    public void OnlyWhatChangedIsDrawn()
    {
        var memory = new Memory(640 * 400 * 4);
        var surface = new FramebufferSurface(
            memory,
            640,
            400,
            640 * 4,
            Formats[0],
            ConsoleFont.Load(),
            1
        );
        var terminal = new Terminal(new TextScreen(surface));
        terminal.Show();
        memory.Forget();
        terminal.Show();
        Assert.That(memory.Writes, Is.Zero, "nothing changed");

        terminal.Write("a"u8);
        terminal.Show();
        const int Cell = 8 * 16 * 4;
        Assert.That(memory.Written, Is.AtMost(4 * Cell), "a letter and the cursor");

        memory.Forget();
        for (var line = 0; line < 1000; line++)
        {
            terminal.Write(Encoding.ASCII.GetBytes($"line {line} of a thousand\n"));
        }

        terminal.Show();
        Assert.That(memory.Written, Is.AtMost(25 * 24 * Cell), "a thousand lines");
    }

    [Test]
    public void TheCursorIsTheCellReversed()
    {
        var memory = new Memory(80 * 16 * 4);
        var surface = new FramebufferSurface(
            memory,
            80,
            16,
            320,
            Formats[0],
            ConsoleFont.Load(),
            1
        );
        var terminal = new Terminal(new TextScreen(surface));
        terminal.Show();
        Assert.That(Pixel(memory, Formats[0], 320, 0, 0), Is.EqualTo(0xaaaaaa));
        terminal.Write("\e[5G"u8);
        terminal.Show();
        Assert.That(Pixel(memory, Formats[0], 320, 0, 0), Is.Zero);
        Assert.That(Pixel(memory, Formats[0], 320, 4 * 8, 0), Is.EqualTo(0xaaaaaa));
        terminal.Write("\e[?25l"u8);
        terminal.Show();
        Assert.That(Pixel(memory, Formats[0], 320, 4 * 8, 0), Is.Zero);
    }

    private sealed class Vga : IVgaTextDevice
    {
        public ushort[] Cells { get; } = new ushort[80 * 25];

        public byte[] Registers { get; } = new byte[256];

        public void WriteCell(int index, ushort value) => Cells[index] = value;

        public void WriteCrtc(byte register, byte value) => Registers[register] = value;
    }

    [Test]
    public void VgaTextCells()
    {
        var vga = new Vga();
        var terminal = new Terminal(new TextScreen(new VgaTextSurface(vga)));
        terminal.Write("\e[2;3H\e[31;44mä\e[93mЖ"u8);
        terminal.Show();
        using (Assert.EnterMultipleScope())
        {
            // Character, then background and foreground in VGA's order of colours.
            Assert.That(vga.Cells[82], Is.EqualTo(0x1484));
            Assert.That(vga.Cells[83], Is.EqualTo(0x1e3f));
            Assert.That(vga.Cells[0], Is.EqualTo(0x0720));
            Assert.That(vga.Registers[0x0e] << 8 | vga.Registers[0x0f], Is.EqualTo(84));
            Assert.That(vga.Registers[0x0a] & 0x20, Is.Zero, "the cursor shows");
        }

        terminal.Write("\e[?25l"u8);
        terminal.Show();
        Assert.That(vga.Registers[0x0a] & 0x20, Is.Not.Zero);
    }

    private static uint Pixel(Memory memory, PixelFormat format, int pitch, int x, int y)
    {
        var offset = y * pitch + x * format.BytesPerPixel;
        var value = 0u;
        for (var i = 0; i < format.BytesPerPixel; i++)
        {
            value |= (uint)memory.Bytes[offset + i] << (8 * i);
        }

        return value;
    }
}
