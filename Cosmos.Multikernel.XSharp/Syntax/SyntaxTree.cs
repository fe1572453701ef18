namespace Cosmos.Multikernel.XSharp.Syntax;

/// <summary>A parsed file.</summary>
/// <param name="File">Its name as diagnostics write it.</param>
/// <param name="Statements">What was understood of it.</param>
/// <param name="Doubtful">Names in declarations that were not understood: using one of them is no second error.</param>
internal sealed record SyntaxTree(
    string File,
    IReadOnlyList<Statement> Statements,
    IReadOnlySet<string> Doubtful
);
