namespace Cosmos.Multikernel.XSharp.Syntax;

/// <summary>
/// Recursive descent over the tokens of one file. Principles:
/// one statement is parsed by one method; a statement that fails is reported and skipped to the end of its
/// line (its block, if it opened one, is still parsed), so that every error of a file shows in one run;
/// the parser knows grammar only: names, sizes and numbers are judged later, when all declarations are known.
/// </summary>
internal sealed partial class Parser
{
    // Deep enough for any program; shallow enough for the stack, whatever the file holds.
    private const int MaximumDepth = 128;

    private readonly List<Token> tokens;
    private readonly Diagnostics diagnostics;
    private readonly string file;
    private readonly HashSet<string> doubtful = [];
    private int at;
    private int depth;

    private Parser(string source, string file, Diagnostics diagnostics)
    {
        this.file = file;
        this.diagnostics = diagnostics;
        tokens = new Lexer(source, file, diagnostics).Run();
    }

    private Token Current => tokens[at];

    private Token Following => tokens[Math.Min(at + 1, tokens.Count - 1)];

    public static SyntaxTree Parse(string source, string file, Diagnostics diagnostics) =>
        new Parser(source, file, diagnostics).File();

    private SyntaxTree File()
    {
        var statements = new List<Statement>();
        while (true)
        {
            Statements(statements);
            if (Current.Kind == TokenKind.EndOfFile)
            {
                return new SyntaxTree(file, statements, doubtful);
            }
            diagnostics.Report(Current.Position, DiagnosticCode.Syntax, "this } closes nothing");
            at++;
        }
    }

    /// <summary>Parses statements up to the closing brace (left in place) or the end of the file.</summary>
    private void Statements(List<Statement> into)
    {
        while (true)
        {
            while (Current.Kind == TokenKind.EndOfLine)
            {
                at++;
            }
            if (Current.Kind == TokenKind.EndOfFile || Current.Is("}"))
            {
                return;
            }
            var start = at;
            var outer = depth;
            try
            {
                var statement = Statement();
                into.Add(statement);
                if (statement is not LabelDeclaration)
                {
                    ExpectEndOfStatement();
                }
            }
            catch (CompileException exception)
            {
                diagnostics.Report(exception);
                depth = outer;
                Recover(start, into);
            }
        }
    }

    /// <summary>Goes to the end of the failed statement; a block that it opened is parsed as part of the outer one.</summary>
    private void Recover(int start, List<Statement> into)
    {
        var failedAt = at;
        var open = 0;
        for (at = start; Current.Kind is not (TokenKind.EndOfLine or TokenKind.EndOfFile); at++)
        {
            if (Current.Is("{"))
            {
                open++;
            }
            else if (Current.Is("}") && --open < 0)
            {
                break;
            }
        }
        NoteDoubtfulNames(start);
        if (failedAt > at)
        {
            // The failure lies beyond the first line (a block without its end): nothing is left to skip here.
            at = failedAt;
            return;
        }
        if (open <= 0)
        {
            return;
        }
        if (depth >= MaximumDepth)
        {
            at = tokens.Count - 1;
            return;
        }
        depth++;
        Statements(into);
        depth--;
        if (Current.Is("}"))
        {
            at++;
        }
    }

    private void NoteDoubtfulNames(int start)
    {
        if (
            tokens[start].Text.ToLowerInvariant()
            is "const"
                or "var"
                or "function"
                or "naked"
                or "interrupt"
                or "shared"
                or "struct"
                or "extern"
                or "repeat"
        )
        {
            for (var i = start; i < at && !tokens[i].Is("=") && !tokens[i].Is("{"); i++)
            {
                if (tokens[i].Kind == TokenKind.Word)
                {
                    doubtful.Add(tokens[i].Text);
                }
            }
        }
    }

    /// <summary>Parses <c>{ … }</c>.</summary>
    private List<Statement> Block()
    {
        var brace = Expect("{");
        Enter(brace.Position);
        var statements = new List<Statement>();
        Statements(statements);
        Leave();
        if (!Current.Is("}"))
        {
            throw Error(brace.Position, "this { has no } before the end of the file");
        }
        at++;
        return statements;
    }

    private void Enter(Position position)
    {
        if (++depth > MaximumDepth)
        {
            throw new CompileException(
                position,
                DiagnosticCode.Limit,
                $"nested more than {MaximumDepth} deep"
            );
        }
    }

    private void Leave() => depth--;

    private void ExpectEndOfStatement()
    {
        if (Current.Kind is TokenKind.EndOfLine or TokenKind.EndOfFile || Current.Is("}"))
        {
            return;
        }
        throw Expected("the end of the statement");
    }

    private Token Take() => tokens[at++];

    private bool TakeIf(string sign)
    {
        if (!Current.Is(sign))
        {
            return false;
        }
        at++;
        return true;
    }

    private bool TakeIfWord(string word)
    {
        if (!Current.IsWord(word))
        {
            return false;
        }
        at++;
        return true;
    }

    private Token Expect(string sign) => Current.Is(sign) ? Take() : throw Expected($"'{sign}'");

    private Token ExpectWord(string what) =>
        Current.Kind == TokenKind.Word ? Take() : throw Expected(what);

    private CompileException Expected(string what) =>
        Error(Current.Position, $"expected {what}, found {Current.Description}");

    private static CompileException Error(Position position, string message) =>
        new(position, DiagnosticCode.Syntax, message);
}
