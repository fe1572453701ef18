using Cosmos.Multikernel.XSharp.Syntax;

namespace Cosmos.Multikernel.XSharp;

/// <summary>What kind of mistake a <see cref="Diagnostic"/> reports; the number is the one after <c>XS</c>.</summary>
public enum DiagnosticCode
{
    /// <summary>The text does not follow the grammar.</summary>
    Syntax = 1,

    /// <summary>A name is unknown, or declared twice.</summary>
    Name = 2,

    /// <summary>The CPU has no such form: sizes differ, wrong kind of operand, not in this code size.</summary>
    Operand = 3,

    /// <summary>A number is out of range.</summary>
    Range = 4,

    /// <summary>A statement stands where it has no meaning.</summary>
    Placement = 5,

    /// <summary>A limit of the compiler (nesting, expansion) was reached.</summary>
    Limit = 6,

    /// <summary>A file that is needed cannot be read.</summary>
    File = 7,
}

/// <summary>One error in a source. There are no warnings: code is right or it is not.</summary>
/// <param name="Position">File, line and column, both counted from 1.</param>
/// <param name="Code">The kind of mistake.</param>
/// <param name="Message">What is wrong and what was expected.</param>
public sealed record Diagnostic(Position Position, DiagnosticCode Code, string Message)
{
    /// <summary>MSBuild's canonical form: <c>file(line,column): error XS0001: message</c>.</summary>
    public override string ToString() =>
        $"{Position.File}({Position.Line},{Position.Column}): error XS{(int)Code:D4}: {Message}";
}

/// <summary>The errors of one compilation, in the order they were found.</summary>
internal sealed class Diagnostics
{
    // A file of noise would otherwise produce a diagnostic a byte.
    private const int Maximum = 1000;

    private readonly List<Diagnostic> found = [];
    private readonly HashSet<(Position, string)> seen = [];

    public bool Any => found.Count > 0;

    /// <summary>Records an error; the same error at the same place (a repeated body) is recorded once.</summary>
    public void Report(Position position, DiagnosticCode code, string message)
    {
        // An empty message marks the consequence of an error reported already.
        if (message.Length > 0 && found.Count < Maximum && seen.Add((position, message)))
        {
            found.Add(new Diagnostic(position, code, message));
        }
    }

    public void Report(CompileException exception) =>
        Report(exception.Position, exception.Code, exception.Message);

    public IReadOnlyList<Diagnostic> Sorted() =>
        [.. found.OrderBy(d => d.Position.Line).ThenBy(d => d.Position.Column)];
}

/// <summary>Leaves the statement at hand; its reporter catches it and goes on with the next statement.</summary>
internal sealed class CompileException(Position position, DiagnosticCode code, string message)
    : Exception(message)
{
    public Position Position => position;

    public DiagnosticCode Code => code;
}
