namespace Cosmos.Multikernel.XSharp.Syntax;

internal enum TokenKind
{
    Word,
    Number,
    Text,
    Sign,
    RawAssembly,
    EndOfLine,
    EndOfFile,
}

/// <summary>One token.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Text">As written; for <see cref="TokenKind.Text"/> the characters between the quotes.</param>
/// <param name="Position">Where it starts.</param>
/// <param name="Attached">No space stands before it: tells <c>A.B</c> and <c>Stub#N</c> from two operands.</param>
internal readonly record struct Token(TokenKind Kind, string Text, Position Position, bool Attached)
{
    public bool Is(string sign) => Kind == TokenKind.Sign && Text == sign;

    public bool IsWord(string word) =>
        Kind == TokenKind.Word && Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>How an error message names it.</summary>
    public string Description =>
        Kind switch
        {
            TokenKind.EndOfLine => "the end of the line",
            TokenKind.EndOfFile => "the end of the file",
            TokenKind.Text => $"the text '{Text}'",
            _ => $"'{Text}'",
        };
}
