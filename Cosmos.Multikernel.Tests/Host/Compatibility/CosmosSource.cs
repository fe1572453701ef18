using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Compatibility;

/// <summary>Compiles C# as a kernel project for Cosmos would: without implicit usings, with the library of Cosmos's names.</summary>
internal static class CosmosSource
{
    /// <summary>.NET's assemblies as they run here, and all that the tests refer to.</summary>
    public static IReadOnlyList<string> Platform { get; } =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(File.Exists),
    ];

    /// <summary>What the compiler says of a source.</summary>
    public static IReadOnlyList<Diagnostic> Check(string source) =>
        [
            .. Compile("checked", source, [])
                .GetDiagnostics()
                .Where(found => found.Severity == DiagnosticSeverity.Error),
        ];

    /// <summary>Compiles to a file with symbols.</summary>
    /// <param name="folder">Where the file goes.</param>
    /// <param name="name">The assembly's name.</param>
    /// <param name="source">The source; its file is called <c>NAME.cs</c>.</param>
    /// <param name="references">Further assemblies.</param>
    /// <param name="resources">Embedded resources.</param>
    /// <returns>The file.</returns>
    public static string Build(
        string folder,
        string name,
        string source,
        IEnumerable<string>? references = null,
        IEnumerable<ResourceDescription>? resources = null
    )
    {
        string file = Path.Combine(folder, name + ".dll");
        using FileStream assembly = File.Create(file);
        using FileStream symbols = File.Create(Path.ChangeExtension(file, ".pdb"));
        EmitResult result = Compile(name, source, references ?? [])
            .Emit(
                assembly,
                symbols,
                manifestResources: resources,
                options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb)
            );
        Assert.That(result.Success, Is.True, string.Join('\n', result.Diagnostics));
        return file;
    }

    private static CSharpCompilation Compile(
        string name,
        string source,
        IEnumerable<string> references
    ) =>
        CSharpCompilation.Create(
            name,
            [CSharpSyntaxTree.ParseText(source, path: name + ".cs", encoding: Encoding.UTF8)],
            Platform
                .Concat(references)
                .Select(static path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary,
                allowUnsafe: true,
                optimizationLevel: OptimizationLevel.Release
            )
        );
}
