using Mono.Cecil;

namespace Cosmos.Multikernel.Plugs;

/// <summary>What came of a job.</summary>
/// <param name="Diagnostics">What there is to tell.</param>
/// <param name="Succeeded">Whether all is well, and written.</param>
public sealed record RewriteResult(IReadOnlyList<Diagnostic> Diagnostics, bool Succeeded);

/// <summary>
/// Rewrites assemblies as their attributes ask: methods become calls of their plugs, fields get their resources.
/// </summary>
/// <remarks>
/// Principles.
/// <list type="number">
/// <item>A plug takes the place of the method's code, so all who call the method get the plug: the program, libraries and .NET itself.
/// Hosted, where only the program is rewritten, it takes the place of the program's calls of what is not its own.</item>
/// <item>All or nothing: with one error nothing is written.</item>
/// <item>What would silently have no effect is an error: a name that is nowhere, a method that the compiler knows better.</item>
/// <item>The same input gives the same bytes.</item>
/// </list>
/// </remarks>
public static class Rewriter
{
    /// <summary>The list, in the job's output folder, of the files that the rewritten ones take the place of.</summary>
    public const string ListName = "replaced.txt";

    /// <summary>Does a job.</summary>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="BadImageFormatException">A file is no assembly.</exception>
    public static RewriteResult Rewrite(RewriteJob job)
    {
        ArgumentNullException.ThrowIfNull(job);
        using Assemblies assemblies = new(job);
        List<Diagnostic> diagnostics = [];
        // Hosted, only the program is written.
        CallSites? callSites = job.Output is null ? new CallSites(assemblies) : null;
        PlugWriter plugs = new(assemblies, diagnostics, callSites);
        ResourceWriter resources = new(assemblies, diagnostics);
        foreach (AssemblyDefinition assembly in assemblies.WithAttributes().ToList())
        {
            bool isWritten = job.Output is not null || assembly == assemblies.Program;
            foreach (TypeDefinition type in assembly.MainModule.GetTypes())
            {
                plugs.Write(type);
                if (isWritten)
                {
                    resources.Write(type);
                }
            }
        }
        if (diagnostics.Exists(static diagnostic => !diagnostic.IsWarning))
        {
            return new RewriteResult(diagnostics, false);
        }
        if (callSites is not null)
        {
            callSites.Write();
            new DrivePathWriter(assemblies).Write();
        }
        if (job.Output is not null)
        {
            Directory.CreateDirectory(job.Output);
        }
        IReadOnlyList<string> replaced = assemblies.Write(job.Output);
        if (job.Output is not null)
        {
            File.WriteAllLines(Path.Combine(job.Output, ListName), replaced);
        }
        return new RewriteResult(diagnostics, true);
    }
}
