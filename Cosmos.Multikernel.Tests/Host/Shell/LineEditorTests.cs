using System.Text;
using NUnit.Framework;
using Shell.Terminal;

namespace Cosmos.Multikernel.Tests.Host.Shell;

/// <summary>The shell's line editing, from the bytes of a terminal to the line and what the terminal shows.</summary>
public sealed class LineEditorTests
{
    private const string Prompt = "cosmos> ";

    // Keys are named, for the sake of the test cases' names.
    private static readonly (string Name, string Bytes)[] Keys =
    [
        ("<word-left>", "\e[1;5D"),
        ("<word-right>", "\e[1;5C"),
        ("<unknown>", "\e[99;99Z"),
        ("<delete>", "\e[3~"),
        ("<home>", "\e[1~"),
        ("<up>", "\e[A"),
        ("<down>", "\e[B"),
        ("<right>", "\e[C"),
        ("<left>", "\e[D"),
        ("<vt-home>", "\e[H"),
        ("<backspace>", "\u007f"),
        ("<ctrl-a>", "\u0001"),
        ("<ctrl-e>", "\u0005"),
        ("<ctrl-w>", "\u0017"),
        ("<ctrl-u>", "\u0015"),
        ("<ctrl-k>", "\u000b"),
        ("<ctrl-p>", "\u0010"),
        ("<ctrl-n>", "\u000e"),
        ("<ctrl-c>", "\u0003"),
        ("<ctrl-d>", "\u0004"),
        ("<tab>", "\t"),
        ("<return>", "\r"),
        ("<line-feed>", "\n"),
    ];

    private static readonly string[] Words = ["clear", "cores", "crash", "help"];

    [TestCase("abc", "abc", 3)]
    [TestCase("abc<left><left>X", "aXbc", 2)]
    [TestCase("abc<vt-home>X", "Xabc", 1)]
    [TestCase("abc<ctrl-a>X<ctrl-e>Y", "XabcY", 5)]
    [TestCase("abc<backspace>", "ab", 2)]
    [TestCase("<backspace><backspace>a", "a", 1)]
    [TestCase("abc<left><delete>", "ab", 2)]
    [TestCase("abc<home><delete>", "bc", 0)]
    [TestCase("one two<ctrl-w>", "one ", 4)]
    [TestCase("one two  <ctrl-w>", "one ", 4)]
    [TestCase("one two<ctrl-u>", "", 0)]
    [TestCase("one two<left><left><ctrl-k>", "one t", 5)]
    [TestCase("one two<word-left>X", "one Xtwo", 5)]
    [TestCase("one two<ctrl-a><word-right>X", "oneX two", 4)]
    [TestCase("größe<backspace><backspace>e", "gröe", 4)]
    [TestCase("a🚀<left>X", "aX🚀", 2)]
    [TestCase("a🚀<backspace>", "a", 1)]
    [TestCase("abc<unknown><right>d", "abcd", 4)]
    public void Edits(string typed, string line, int cursor)
    {
        var editor = new LineEditor(Prompt, new History(), Complete);
        Type(editor, typed, out _);
        Assert.Multiple(() =>
        {
            Assert.That(editor.Text, Is.EqualTo(line));
            Assert.That(editor.Cursor, Is.EqualTo(cursor));
        });
    }

    [TestCase("<up>", "second")]
    [TestCase("<up><up>", "first")]
    [TestCase("<up><up><up>", "first")]
    [TestCase("<up><up><down>", "second")]
    [TestCase("draft<up><down>", "draft")]
    [TestCase("<ctrl-p><ctrl-p><ctrl-n>", "second")]
    public void Recalls(string typed, string line)
    {
        var history = new History();
        history.Add("first");
        history.Add("second");
        history.Add("second");
        history.Add("  ");
        var editor = new LineEditor(Prompt, history, Complete);
        Type(editor, typed, out _);
        Assert.That(editor.Text, Is.EqualTo(line));
    }

    [TestCase("h<tab>", "help ")]
    [TestCase("c<tab>", "c")]
    [TestCase("cr<tab>", "crash ")]
    [TestCase("echo a; he<tab>", "echo a; help ")]
    [TestCase("help c<tab>", "help c")]
    [TestCase("x<tab>", "x")]
    public void Completes(string typed, string line)
    {
        var editor = new LineEditor(Prompt, new History(), Complete);
        Type(editor, typed, out _);
        Assert.That(editor.Text, Is.EqualTo(line));
    }

    [Test]
    public void TabShowsTheChoices()
    {
        var editor = new LineEditor(Prompt, new History(), Complete);
        Type(editor, "c<tab>", out var shown);
        Assert.That(shown, Does.Contain("clear  cores  crash"));
    }

    [TestCase("abc<return>", EditResult.Accepted)]
    [TestCase("abc<line-feed>", EditResult.Accepted)]
    [TestCase("abc<ctrl-c>", EditResult.Abandoned)]
    [TestCase("<ctrl-d>", EditResult.EndOfInput)]
    [TestCase("abc<ctrl-d>", EditResult.Editing)]
    public void Ends(string typed, object result)
    {
        var editor = new LineEditor(Prompt, new History(), Complete);
        Assert.That(Type(editor, typed, out _), Is.EqualTo(result));
    }

    [Test]
    public void ReturnAndLineFeedAreOneEnter()
    {
        var decoder = new KeyDecoder();
        var keys = Encoding
            .UTF8.GetBytes("a\r\nb\n\nc")
            .Select(decoder.Take)
            .Where(key => key is not null);
        Assert.That(keys.Count(key => key!.Value.Kind == KeyKind.Enter), Is.EqualTo(3));
    }

    [Test]
    public void TypingAtTheEndIsEchoedAsTyped()
    {
        var editor = new LineEditor(Prompt, new History(), Complete);
        Type(editor, "ping 1 100<return>", out var shown);
        Assert.That(shown, Is.EqualTo("ping 1 100\n"));
    }

    [Test]
    public void ALineLongerThanTheScreenScrollsAndStaysWithinIt()
    {
        var editor = new LineEditor(Prompt, new History(), Complete);
        var line = string.Concat(Enumerable.Range(0, 60).Select(i => $"{i:00} "));
        Type(editor, line, out var shown);
        Type(editor, "<ctrl-a>X", out _);
        var longest = shown.Split('\e').Max(part => part.Length);
        Assert.Multiple(() =>
        {
            Assert.That(editor.Text, Is.EqualTo("X" + line));
            Assert.That(longest, Is.LessThanOrEqualTo(80));
        });
    }

    private static string Expand(string typed) =>
        Keys.Aggregate(
            typed,
            (text, key) => text.Replace(key.Name, key.Bytes, StringComparison.Ordinal)
        );

    private static List<string> Complete(string prefix) =>
        [.. Words.Where(word => word.StartsWith(prefix, StringComparison.Ordinal))];

    private static EditResult Type(LineEditor editor, string typed, out string shown)
    {
        var decoder = new KeyDecoder();
        var output = new StringBuilder();
        var result = EditResult.Editing;
        foreach (var value in Encoding.UTF8.GetBytes(Expand(typed)))
        {
            if (decoder.Take(value) is { } key)
            {
                result = editor.Handle(key, output);
            }
        }

        shown = output.ToString();
        return result;
    }
}
