using Cosmos.Multikernel.XSharp.Emission;
using Cosmos.Multikernel.XSharp.Semantics;
using Cosmos.Multikernel.XSharp.Syntax;

namespace Cosmos.Multikernel.XSharp;

/// <summary>Reads the text of a file; null when it cannot be read.</summary>
/// <param name="path">The path, relative to the current directory or absolute.</param>
public delegate string? SourceReader(string path);

/// <summary>How to compile.</summary>
public sealed record CompileOptions
{
    /// <summary>Reads the files that <c>use</c> names; the file system when it is not set.</summary>
    public SourceReader? Read { get; init; }

    /// <summary>Writes <c>%line</c> into the output, so that messages of NASM name the X# source.</summary>
    public bool LineDirectives { get; init; }

    /// <summary>Namespace of the generated C#.</summary>
    public string CSharpNamespace { get; init; } = "XSharp";
}

/// <summary>What a compilation gives.</summary>
/// <param name="Assembly">NASM source; null when there are errors.</param>
/// <param name="CSharp">C# source of the <c>shared</c> declarations; null when there are none, or errors.</param>
/// <param name="Diagnostics">All errors, by line.</param>
public sealed record CompileResult(
    string? Assembly,
    string? CSharp,
    IReadOnlyList<Diagnostic> Diagnostics
)
{
    /// <summary>True without errors.</summary>
    public bool Succeeded => Diagnostics.Count == 0;
}

/// <summary>
/// The X# compiler: lexer, parser, binder (declares all names), emitter (writes NASM). It never throws on a
/// source, however broken: every mistake is a <see cref="Diagnostic"/>. The language is in docs/xsharp-reference.md.
/// </summary>
public static class Compiler
{
    /// <summary>Compiles one file.</summary>
    /// <param name="source">Its text.</param>
    /// <param name="file">Its path, for diagnostics and for the files it uses.</param>
    /// <param name="options">How.</param>
    public static CompileResult Compile(string source, string file, CompileOptions? options = null)
    {
        options ??= new CompileOptions();
        var diagnostics = new Diagnostics();
        var tree = Parser.Parse(source, file, diagnostics);
        var table = new SymbolTable();
        Binder.Bind(tree, table, diagnostics, options.Read ?? ReadFile);
        var assembly = Emitter.Emit(tree, table, diagnostics, options.LineDirectives);
        if (diagnostics.Any)
        {
            return new CompileResult(null, null, diagnostics.Sorted());
        }
        var csharp = CSharpWriter.Write(table, file, options.CSharpNamespace);
        return new CompileResult(assembly, csharp, []);
    }

    private static string? ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e)
            when (e
                    is IOException
                        or UnauthorizedAccessException
                        or ArgumentException
                        or NotSupportedException
            )
        {
            return null;
        }
    }
}
