using System.Text;
using Cosmos.Multikernel.Drivers.Console.Screens;
using Cosmos.Multikernel.Drivers.Console.Terminals;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Consoles;

/// <summary>What a program writes, and the cells that it leaves.</summary>
[TestFixture]
public sealed class TerminalTests
{
    private const int Columns = 10;
    private const int Rows = 4;

    [TestCase("hello", "hello|||", 0, 5)]
    [TestCase("one␊two", "one|two||", 1, 3)]
    [TestCase("one␍two", "two|||", 0, 3)]
    [TestCase("ab␈c", "ac|||", 0, 2)]
    [TestCase("a␉b", "a       b|||", 0, 9)]
    [TestCase("1␊2␊3␊4␊5", "2|3|4|5", 3, 1)]
    public void Text(string written, string shown, int row, int column) =>
        Check(written, shown, row, column);

    /// <summary>A full line does not scroll by itself; the next character goes to the next one.</summary>
    [TestCase("0123456789", "0123456789|||", 0, 9)]
    [TestCase("0123456789x", "0123456789|x||", 1, 1)]
    [TestCase("0123456789␊x", "0123456789|x||", 1, 1)]
    [TestCase("0123456789␍x", "x123456789|||", 0, 1)]
    [TestCase("␊␊␊0123456789", "|||0123456789", 3, 9)]
    [TestCase("␛[?7l0123456789xyz", "012345678z|||", 0, 9)]
    public void Wrapping(string written, string shown, int row, int column) =>
        Check(written, shown, row, column);

    [TestCase("␛[3;4Hx", "||   x|", 2, 4)]
    [TestCase("␛[Hx", "x|||", 0, 1)]
    [TestCase("␛[99;99Hx", "|||         x", 3, 9)]
    [TestCase("abc␛[2Dx", "axc|||", 0, 2)]
    [TestCase("abc␛[Cx", "abc x|||", 0, 5)]
    [TestCase("␊␊abc␛[A␛[Dx", "|  x|abc|", 1, 3)]
    [TestCase("abc␛[Bx", "abc|   x||", 1, 4)]
    [TestCase("abc␛[1Gx", "xbc|||", 0, 1)]
    [TestCase("abc␛[3dx", "abc||   x|", 2, 4)]
    [TestCase("abc␛7␛[4;1Hx␛8y", "abcy|||x", 0, 4)]
    [TestCase("abc␛[s␛[4;1Hx␛[uy", "abcy|||x", 0, 4)]
    [TestCase("a␛[5000000000Bx", "a||| x", 3, 2)]
    public void Movement(string written, string shown, int row, int column) =>
        Check(written, shown, row, column);

    [TestCase("abcdef␛[3G␛[K", "ab|||", 0, 2)]
    [TestCase("abcdef␛[3G␛[1K", "   def|||", 0, 2)]
    [TestCase("abcdef␛[3G␛[2K", "|||", 0, 2)]
    [TestCase("aa␊bb␊cc␛[2;2H␛[J", "aa|b||", 1, 1)]
    [TestCase("aa␊bb␊cc␛[2;1H␛[1J", "| b|cc|", 1, 0)]
    [TestCase("aa␊bb␊cc␛[2J", "|||", 2, 2)]
    [TestCase("abcdef␛[2G␛[3X", "a   ef|||", 0, 1)]
    [TestCase("abcdef␛[2G␛[2P", "adef|||", 0, 1)]
    [TestCase("abcdef␛[2G␛[2@", "a  bcdef|||", 0, 1)]
    [TestCase("aa␊bb␊cc␛[2;1H␛[L", "aa||bb|cc", 1, 0)]
    [TestCase("aa␊bb␊cc␛[2;1H␛[M", "aa|cc||", 1, 0)]
    [TestCase("aa␊bb␊cc␊dd␛[2S", "cc|dd||", 3, 2)]
    [TestCase("aa␊bb␛[T", "|aa|bb|", 1, 2)]
    [TestCase("a␛[3b", "aaaa|||", 0, 4)]
    public void ErasingAndShifting(string written, string shown, int row, int column) =>
        Check(written, shown, row, column);

    /// <summary>A scrolling region: rows 2 and 3 of four.</summary>
    [TestCase("a␊b␊c␊d␛[2;3r␛[3;1H␊x", "a|c|x|d", 2, 1)]
    [TestCase("a␊b␊c␊d␛[2;3r␛[2;1H␛Mx", "a|x|b|d", 1, 1)]
    [TestCase("a␊b␊c␊d␛[2;3r␛[4;1H␊x", "a|b|c|x", 3, 1)]
    public void Regions(string written, string shown, int row, int column) =>
        Check(written, shown, row, column);

    [TestCase("kept␛[?1049h␛[Hother␛[?1049l", "kept|||", 0, 4)]
    [TestCase("kept␛[?1049h␛[Hother", "other|||", 0, 5)]
    [TestCase("␛[4habc␛[1Gx", "xabc|||", 0, 1)]
    public void Modes(string written, string shown, int row, int column) =>
        Check(written, shown, row, column);

    [TestCase("␛]133;A␇prompt", "prompt|||", 0, 6)]
    [TestCase("␛]0;title␛\\x", "x|||", 0, 1)]
    [TestCase("␛P1;2q data ␛\\x", "x|||", 0, 1)]
    [TestCase("␛[?2004hx", "x|||", 0, 1)]
    [TestCase("␛(Bx", "x|||", 0, 1)]
    [TestCase("␛[1;2␘x", "x|||", 0, 1)]
    [TestCase("␛[1;2␛[2Gx", " x|||", 0, 2)]
    [TestCase("␛[ qx", "x|||", 0, 1)]
    public void UnknownSequencesAreSwallowed(string written, string shown, int row, int column) =>
        Check(written, shown, row, column);

    [Test]
    public void Utf8() => Check("äß€├─┤", "äß€├─┤|||", 0, 6);

    [TestCase(new byte[] { 0xc3, 0x28 }, "\ufffd(|||")]
    [TestCase(new byte[] { 0xe2, 0x82, 0x41 }, "\ufffdA|||")]
    [TestCase(new byte[] { 0xff, 0x41 }, "\ufffdA|||")]
    [TestCase(new byte[] { 0xe2, 0x82, 0xe2, 0x82, 0xac }, "\ufffd€|||")]
    [TestCase(new byte[] { 0xc3, 0x1b, 0x5b, 0x48, 0x41 }, "A|||")]
    [TestCase(new byte[] { 0xed, 0xa0, 0x80 }, "\ufffd\ufffd\ufffd|||")]
    public void MalformedUtf8(byte[] written, string shown)
    {
        var (terminal, screen) = Create();
        terminal.Write(written);
        Assert.That(TextOf(screen), Is.EqualTo(shown));
    }

    [TestCase("␛[6n", "␛[1;1R")]
    [TestCase("␊␊ab␛[6n", "␛[3;3R")]
    [TestCase("0123456789␛[6n", "␛[1;10R")]
    [TestCase("␛[5n", "␛[0n")]
    [TestCase("␛[c", "␛[?1;2c")]
    [TestCase("␛[0c", "␛[?1;2c")]
    [TestCase("␛[7n", "")]
    public void Answers(string written, string answer)
    {
        var (terminal, _) = Create();
        var answers = new StringBuilder();
        terminal.Answered += text => answers.Append(text);
        terminal.Write(Encoding.UTF8.GetBytes(Pictures.ToControls(written)));
        Assert.That(answers.ToString(), Is.EqualTo(Pictures.ToControls(answer)));
    }

    [TestCase("␛[31mx", 1, 0)]
    [TestCase("␛[1;31mx", 9, 0)]
    [TestCase("␛[93;44mx", 11, 4)]
    [TestCase("␛[7mx", 0, 7)]
    [TestCase("␛[31;7;27mx", 1, 0)]
    [TestCase("␛[31m␛[mx", 7, 0)]
    [TestCase("␛[38;5;196mx", 1, 0, Description = "pure red")]
    [TestCase("␛[38;5;21mx", 4, 0, Description = "pure blue")]
    [TestCase("␛[48;5;232mx", 7, 0, Description = "nearly black")]
    [TestCase("␛[38;2;80;80;250mx", 12, 0)]
    [TestCase("␛[38;2;0;170;0;48;2;255;255;255mx", 2, 15)]
    [TestCase("␛[38:5:3mx", 3, 0)]
    [TestCase("␛[2mx", 8, 0)]
    public void Colours(string written, int foreground, int background)
    {
        var (terminal, screen) = Create();
        terminal.Write(Encoding.UTF8.GetBytes(Pictures.ToControls(written)));
        Assert.That(
            screen[0][0],
            Is.EqualTo(new TextCell('x', (byte)foreground, (byte)background))
        );
    }

    [Test]
    public void BellRings()
    {
        var (terminal, _) = Create();
        var rings = 0;
        terminal.Rang += () => rings++;
        terminal.Write("a\a\e]0;title\a\a"u8);
        Assert.That(rings, Is.EqualTo(2));
    }

    /// <summary>No bytes whatever harm it, and it does not matter how they are cut into pieces.</summary>
    [Test]
    public void AnythingInAnyPieces()
    {
        var interesting = "\e[]?;0123456789HJKmhlrABCDLMPSTX@\n\r\t\b\a\\\u009b ä€"u8.ToArray();
        var generator = Gen.OneOf(
                Gen.Elements(interesting),
                Gen.Choose(0, 255).Select(value => (byte)value)
            )
            .ArrayOf()
            .Select(bytes => bytes);
        Prop.ForAll(
                Arb.From(generator),
                bytes =>
                {
                    var (whole, first) = Create();
                    var (pieces, second) = Create();
                    whole.Write(bytes);
                    foreach (var value in bytes)
                    {
                        pieces.Write([value]);
                        pieces.Show();
                    }

                    return TextOf(first) == TextOf(second)
                        && (whole.Row, whole.Column) == (pieces.Row, pieces.Column);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(300));
    }

    private static (Terminal Terminal, TextScreen Screen) Create()
    {
        var screen = new TextScreen(Columns, Rows);
        return (new Terminal(screen), screen);
    }

    private static void Check(string written, string shown, int row, int column)
    {
        var (terminal, screen) = Create();
        terminal.Write(Encoding.UTF8.GetBytes(Pictures.ToControls(written)));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(TextOf(screen), Is.EqualTo(shown));
            Assert.That((terminal.Row, terminal.Column), Is.EqualTo((row, column)));
        }
    }

    private static string TextOf(TextScreen screen)
    {
        var rows = new List<string>();
        for (var row = 0; row < screen.Rows; row++)
        {
            var text = new StringBuilder();
            foreach (var cell in screen[row])
            {
                text.Append(new Rune(cell.Character));
            }

            rows.Add(text.ToString().TrimEnd());
        }

        return string.Join('|', rows);
    }
}
