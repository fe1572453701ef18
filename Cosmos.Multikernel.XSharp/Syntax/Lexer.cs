using System.Text;

namespace Cosmos.Multikernel.XSharp.Syntax;

/// <summary>Cuts a source into tokens. Line ends are tokens: X# has one statement on a line.</summary>
internal sealed class Lexer(string source, string file, Diagnostics diagnostics)
{
    // Longest first, so that the first match is the right one.
    private static readonly string[] Signs =
    [
        "<->",
        "<<=",
        ">>=",
        "~>=",
        "<~=",
        "<<",
        ">>",
        "~>",
        "<~",
        "<=",
        ">=",
        "!=",
        "?=",
        "?&",
        "+=",
        "-=",
        "*=",
        "/=",
        "%=",
        "&=",
        "|=",
        "^=",
        "++",
        "--",
        .. ":#@.,()[]{}=<>+-*/%&|^~".Select(c => c.ToString()),
    ];

    // NASM cuts off what is longer than 4095, prefixes included.
    private const int LongestName = 1000;

    private readonly List<Token> tokens = [];
    private int at;
    private int line = 1;
    private int lineStart;
    private bool firstOnLine = true;
    private bool attached;

    private Position Here => new(file, line, at - lineStart + 1);

    private char Current => at < source.Length ? source[at] : '\0';

    public List<Token> Run()
    {
        while (at < source.Length)
        {
            Next();
        }
        Add(TokenKind.EndOfLine, "", Here);
        Add(TokenKind.EndOfFile, "", Here);
        return tokens;
    }

    private void Next()
    {
        var c = Current;
        if (c is '\n')
        {
            Add(TokenKind.EndOfLine, "", Here);
            at++;
            line++;
            lineStart = at;
            firstOnLine = true;
            attached = false;
        }
        else if (char.IsWhiteSpace(c) || c == '\uFEFF')
        {
            at++;
            attached = false;
        }
        else if (c == '/' && at + 1 < source.Length && source[at + 1] == '/')
        {
            SkipToLineEnd();
        }
        else if (c == '!' && firstOnLine)
        {
            var position = Here;
            var start = at + 1;
            SkipToLineEnd();
            Add(TokenKind.RawAssembly, source[start..at].Trim(), position);
        }
        else if (char.IsAsciiLetter(c) || c == '_')
        {
            Word();
        }
        else if (char.IsAsciiDigit(c) || c == '$')
        {
            Number();
        }
        else if (c is '\'' or '"')
        {
            Text(c);
        }
        else
        {
            Sign();
        }
    }

    private void Word()
    {
        var position = Here;
        var start = at;
        while (char.IsAsciiLetterOrDigit(Current) || Current == '_')
        {
            at++;
        }
        if (at - start > LongestName)
        {
            diagnostics.Report(
                position,
                DiagnosticCode.Limit,
                $"a name has at most {LongestName} characters, not {at - start}"
            );
        }
        Add(TokenKind.Word, source[start..at], position);
    }

    private void Number()
    {
        var position = Here;
        var start = at;
        at++;
        while (char.IsAsciiLetterOrDigit(Current) || Current == '_')
        {
            at++;
        }
        Add(TokenKind.Number, source[start..at], position);
    }

    /// <summary>Reads <c>'text'</c> or <c>"text"</c>; the quote itself is written twice.</summary>
    private void Text(char quote)
    {
        var position = Here;
        var text = new StringBuilder();
        at++;
        while (at < source.Length && Current is not '\n')
        {
            if (Current == quote)
            {
                at++;
                if (Current != quote)
                {
                    Add(TokenKind.Text, text.ToString(), position);
                    return;
                }
            }
            text.Append(Current);
            at++;
        }
        diagnostics.Report(
            position,
            DiagnosticCode.Syntax,
            $"this text has no end: expected {quote} before the end of the line"
        );
        Add(TokenKind.Text, text.ToString().TrimEnd('\r'), position);
    }

    private void Sign()
    {
        var position = Here;
        foreach (var sign in Signs)
        {
            if (string.CompareOrdinal(source, at, sign, 0, sign.Length) == 0)
            {
                at += sign.Length;
                Add(TokenKind.Sign, sign, position);
                return;
            }
        }
        // Outside texts and comments everything is ASCII; a character beyond 16 bits is one character, not two.
        var isWhole = Rune.TryGetRuneAt(source, at, out var character);
        diagnostics.Report(
            position,
            DiagnosticCode.Syntax,
            "expected a word, a number, a text or a sign, found "
                + (
                    isWhole && !Rune.IsControl(character)
                        ? $"'{character}'"
                        : $"the character U+{(int)Current:X4}"
                )
        );
        at += isWhole ? character.Utf16SequenceLength : 1;
        attached = false;
        firstOnLine = false;
    }

    private void SkipToLineEnd()
    {
        while (at < source.Length && Current != '\n')
        {
            at++;
        }
    }

    private void Add(TokenKind kind, string text, Position position)
    {
        tokens.Add(new Token(kind, text, position, attached));
        attached = true;
        firstOnLine = kind == TokenKind.EndOfLine;
    }
}
