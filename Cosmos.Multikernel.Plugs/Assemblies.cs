using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Cosmos.Multikernel.Plugs;

/// <summary>The assemblies of a job by name: each is read once, when something asks for it, and those that were changed are written.</summary>
internal sealed class Assemblies : IAssemblyResolver
{
    private readonly Dictionary<string, string> files = [];
    private readonly Dictionary<string, AssemblyDefinition> read = [];
    private readonly HashSet<string> changed = [];

    public Assemblies(RewriteJob job)
    {
        foreach (string file in job.References)
        {
            // The first of several is the one that the compilers take.
            files.TryAdd(Path.GetFileNameWithoutExtension(file), file);
        }
        string name = Path.GetFileNameWithoutExtension(job.Program);
        files[name] = job.Program;
        Program = Find(name)!;
    }

    /// <summary>The program's own.</summary>
    public AssemblyDefinition Program { get; }

    /// <summary>Those that may hold plugs or fields with resources: the program, and what refers to the attributes.</summary>
    public IEnumerable<AssemblyDefinition> WithAttributes()
    {
        yield return Program;
        foreach (string name in files.Keys.Order(StringComparer.Ordinal))
        {
            if (
                name != Program.Name.Name
                && !IsFramework(name)
                && Find(name) is { } assembly
                && (
                    name == AttributeNames.Assembly
                    || assembly.MainModule.AssemblyReferences.Any(static reference =>
                        reference.Name == AttributeNames.Assembly
                    )
                )
            )
            {
                yield return assembly;
            }
        }
    }

    /// <summary>An assembly by its simple name; null when the job has none.</summary>
    public AssemblyDefinition? Find(string name)
    {
        if (read.TryGetValue(name, out AssemblyDefinition? assembly))
        {
            return assembly;
        }
        if (!files.TryGetValue(name, out string? file))
        {
            return null;
        }
        assembly = AssemblyDefinition.ReadAssembly(
            file,
            new ReaderParameters
            {
                AssemblyResolver = this,
                // In memory: the program may be written where it was read.
                InMemory = true,
                ReadSymbols = File.Exists(Path.ChangeExtension(file, ".pdb")),
                SymbolReaderProvider = new DefaultSymbolReaderProvider(throwIfNoSymbol: false),
            }
        );
        read.Add(name, assembly);
        return assembly;
    }

    /// <inheritdoc/>
    public AssemblyDefinition Resolve(AssemblyNameReference name) =>
        Find(name.Name) ?? throw new AssemblyResolutionException(name);

    /// <inheritdoc/>
    public AssemblyDefinition Resolve(AssemblyNameReference name, ReaderParameters parameters) =>
        Resolve(name);

    /// <summary>Where an assembly was read.</summary>
    public string FileOf(AssemblyDefinition assembly) => files[assembly.Name.Name];

    /// <summary>Remembers that an assembly is to be written.</summary>
    public void MarkChanged(AssemblyDefinition assembly) => changed.Add(assembly.Name.Name);

    /// <summary>Writes what was changed.</summary>
    /// <returns>The files that the written ones take the place of.</returns>
    public IReadOnlyList<string> Write(string? folder)
    {
        List<string> replaced = [];
        foreach (string name in changed.Order(StringComparer.Ordinal))
        {
            string file = files[name];
            string target = folder is null ? file : Path.Combine(folder, Path.GetFileName(file));
            ModuleDefinition module = read[name].MainModule;
            // Code compiled ahead of time (ReadyToRun) is left out: it would still be the old one.
            module.Attributes |= ModuleAttributes.ILOnly;
            read[name]
                .Write(
                    target,
                    new WriterParameters
                    {
                        // The same bytes each time.
                        Timestamp = 0,
                        DeterministicMvid = true,
                        WriteSymbols = module.HasSymbols,
                        SymbolWriterProvider = module.HasSymbols
                            ? new PortablePdbWriterProvider()
                            : null,
                    }
                );
            replaced.Add(file);
        }
        return replaced;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (AssemblyDefinition assembly in read.Values)
        {
            assembly.Dispose();
        }
    }

    private static bool IsFramework(string name) =>
        name is "mscorlib" or "netstandard" or "System" or "WindowsBase"
        || name.StartsWith("System.", StringComparison.Ordinal)
        || name.StartsWith("Microsoft.", StringComparison.Ordinal);
}
