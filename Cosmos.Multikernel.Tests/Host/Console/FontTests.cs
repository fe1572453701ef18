using System.Text;
using Cosmos.Multikernel.Drivers.Console.Fonts;
using Cosmos.Multikernel.Drivers.Console.Screens;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Consoles;

/// <summary>The font that the build makes from GRUB's, and the reader of GRUB's format.</summary>
[TestFixture]
public sealed class FontTests
{
    private const string Whole = "/usr/share/grub/unicode.pf2";

    [Test]
    public void EveryCharacterIsAsInTheOriginal()
    {
        var whole = Pf2File.Read(File.ReadAllBytes(Whole));
        var subset = ConsoleFont.Load();
        Assert.That((subset.Width, subset.Height), Is.EqualTo((8, 16)));
        Assert.That(subset.UnderlineRow, Is.EqualTo(whole.UnderlineRow));
        foreach (var character in subset.Characters)
        {
            for (var y = 0; y < subset.Height; y++)
            {
                Assert.That(
                    subset.LineOf(character, y),
                    Is.EqualTo(whole.LineOf(character, y)),
                    $"U+{character:x4}, line {y}"
                );
            }
        }
    }

    /// <summary>GNU Unifont's A, as its documentation prints it.</summary>
    [Test]
    public void TheLetterA()
    {
        var font = ConsoleFont.Load();
        var lines = Enumerable.Range(0, 16).Select(y => font.LineOf('A', y));
        Assert.That(
            lines,
            Is.EqualTo(
                new uint[]
                {
                    0,
                    0,
                    0,
                    0,
                    0x18,
                    0x24,
                    0x24,
                    0x42,
                    0x42,
                    0x7e,
                    0x42,
                    0x42,
                    0x42,
                    0x42,
                    0,
                    0,
                }
            )
        );
    }

    [Test]
    public void HasWhatAConsoleNeeds()
    {
        var font = ConsoleFont.Load();
        var wanted = "äöüßÄÖÜéèçàùñ€§°µ²³¤£─│┌┐└┘├┤┬┴┼═║█▓▒░▄▀■←↑→↓αβγΩжЖяЯ“”„…–—•".ToHashSet();
        for (var value = 1; value < 256; value++)
        {
            wanted.Add(CodePage437.CharacterOf((byte)value));
        }

        Assert.That(wanted.Where(character => !font.Has(character)), Is.Empty);
    }

    [Test]
    public void MissingCharactersShowTheReplacement()
    {
        var font = ConsoleFont.Load();
        Assert.That(font.LineOf(0x4e00, 8), Is.EqualTo(font.LineOf(0xfffd, 8)));
    }

    /// <summary>A damaged font is refused or read, but nothing else happens.</summary>
    [Test]
    public void DamagedFonts()
    {
        var file = File.ReadAllBytes("/usr/share/grub/euro.pf2");
        var random = new Random(20261125);
        for (var round = 0; round < 300; round++)
        {
            var damaged = file[..random.Next(file.Length)];
            for (var i = 0; i < 5 && damaged.Length > 0; i++)
            {
                damaged[random.Next(Math.Min(damaged.Length, 400))] = (byte)random.Next(256);
            }

            try
            {
                var font = Pf2File.Read(damaged);
                Assert.That(font.Width, Is.InRange(1, 16));
            }
            catch (InvalidDataException)
            {
                continue;
            }
        }
    }

    [TestCase('A', (byte)'A')]
    [TestCase('ä', (byte)0x84)]
    [TestCase('█', (byte)0xdb)]
    [TestCase('─', (byte)0xc4)]
    [TestCase('“', (byte)'"')]
    [TestCase('é', (byte)0x82)]
    [TestCase('ж', (byte)'?')]
    [TestCase('☺', (byte)1)]
    public void CodePageBytes(char character, byte value) =>
        Assert.That(CodePage437.ByteOf(character), Is.EqualTo(value));

    /// <summary>The whole page against .NET's own table of it.</summary>
    [Test]
    public void TheCodePageIsTheOne()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var page = Encoding.GetEncoding(437);
        for (var value = 0x20; value < 0x100; value++)
        {
            if (value != 0x7f)
            {
                Assert.That(
                    CodePage437.CharacterOf((byte)value),
                    Is.EqualTo(page.GetString([(byte)value])[0]),
                    $"0x{value:x2}"
                );
            }
        }
    }
}
