using System;
using System.Collections.Generic;
using Microsoft.CodeAnalysis;

namespace Cosmos.Multikernel.Generators;

/// <summary>
/// What a generator makes of one declaration: a file, or the problems that keep it from being one. Equal when source and
/// problems are: then nothing downstream has to run again.
/// </summary>
internal sealed class GeneratedFile(
    string plainName,
    IReadOnlyList<Diagnostic> problems,
    string source
) : IEquatable<GeneratedFile>
{
    private readonly IReadOnlyList<Diagnostic> problems = problems;
    private readonly string source = source;

    /// <summary>Hands the file, or its problems, to the compiler.</summary>
    public static void Add(SourceProductionContext production, GeneratedFile file) =>
        file.AddTo(production);

    public bool Equals(GeneratedFile? other) =>
        other is not null
        && source == other.source
        && problems.Count == 0
        && other.problems.Count == 0;

    public override bool Equals(object? obj) => Equals(obj as GeneratedFile);

    public override int GetHashCode() => source.GetHashCode();

    private void AddTo(SourceProductionContext production)
    {
        foreach (var problem in problems)
        {
            production.ReportDiagnostic(problem);
        }
        if (problems.Count == 0)
        {
            production.AddSource($"{plainName}.g.cs", source);
        }
    }
}
