using System.Runtime.Loader;
using Cosmos.Multikernel.Plugs;
using Microsoft.CodeAnalysis;

namespace Cosmos.Multikernel.Tests.Host.Compatibility;

/// <summary>A program, and perhaps a library, that are compiled, rewritten and loaded.</summary>
internal sealed class Rewritten : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("cosmos-plugs");
    private readonly RewriteJob job;
    private readonly AssemblyLoadContext loaded = new("rewritten", isCollectible: true);

    /// <summary>Compiles and rewrites.</summary>
    /// <param name="program">The program's source.</param>
    /// <param name="library">The source of an assembly that it refers to.</param>
    /// <param name="inPlace">Only the program, where it is: as hosted.</param>
    /// <param name="resources">The program's embedded resources.</param>
    public Rewritten(
        string program,
        string? library = null,
        bool inPlace = false,
        IEnumerable<ResourceDescription>? resources = null
    )
    {
        List<string> references = [];
        if (library is not null)
        {
            references.Add(CosmosSource.Build(folder.FullName, "library", library));
        }
        ProgramFile = CosmosSource.Build(
            folder.FullName,
            "program",
            program,
            references,
            resources
        );
        Before = File.ReadAllBytes(ProgramFile);
        Output = inPlace ? folder.FullName : Path.Combine(folder.FullName, "out");
        job = new RewriteJob
        {
            Program = ProgramFile,
            // Without the library's own plugs, which are for another .NET than the one that runs here.
            References =
            [
                .. references,
                .. CosmosSource.Platform.Where(path => inPlace || !IsCompatibility(path)),
            ],
            Output = inPlace ? null : Output,
        };
        Result = Again();
        loaded.Resolving += (context, name) =>
            Find(name.Name!) is { } file ? context.LoadFromAssemblyPath(file) : null;
    }

    /// <summary>What the rewriter said.</summary>
    public RewriteResult Result { get; }

    /// <summary>The program as it was compiled.</summary>
    public string ProgramFile { get; }

    /// <summary>Its bytes before it was rewritten.</summary>
    public byte[] Before { get; }

    /// <summary>Where the rewritten assemblies are.</summary>
    public string Output { get; }

    /// <summary>Does the same job once more.</summary>
    public RewriteResult Again() => Rewriter.Rewrite(job);

    /// <summary>Calls a public static method without parameters of the program's class <c>Test</c>.</summary>
    public object? Call(string method) =>
        loaded
            .LoadFromAssemblyPath(Find("program")!)
            .GetType("Test")!
            .GetMethod(method)!
            .Invoke(null, null);

    public void Dispose()
    {
        loaded.Unload();
        folder.Delete(recursive: true);
    }

    private static bool IsCompatibility(string path) =>
        Path.GetFileNameWithoutExtension(path) == AttributeNames.Assembly;

    private string? Find(string name) =>
        new[] { Output, folder.FullName }
            .Select(place => Path.Combine(place, name + ".dll"))
            .FirstOrDefault(File.Exists);
}
