using Cosmos.Multikernel.Generators.EntryPoint;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Kernels;

/// <summary>The generated Main: present exactly when a program has one kernel class and no entry point of its own.</summary>
public sealed class EntryPointTests
{
    private const string Run = "protected override void Run() { }";

    [Test]
    public void OneKernelGetsAMainThatStartsIt()
    {
        var (compilation, diagnostics) = Generate(
            $"namespace A.B; public class Kernel : Cosmos.System.Kernel {{ {Run} }}"
        );
        Assert.Multiple(() =>
        {
            Assert.That(diagnostics, Is.Empty);
            Assert.That(
                compilation
                    .GetDiagnostics()
                    .Where(found => found.Severity == DiagnosticSeverity.Error),
                Is.Empty
            );
            Assert.That(
                compilation.GetEntryPoint(default)?.ContainingType.Name,
                Is.EqualTo("KernelEntryPoint")
            );
        });
    }

    [Test]
    public void AKernelOnTheEventLoopIsAKernel()
    {
        var (compilation, _) = Generate(
            "class K : Cosmos.System.AsyncKernel { protected override System.Threading.Tasks.Task RunAsync("
                + "System.Threading.CancellationToken stopping) => System.Threading.Tasks.Task.CompletedTask; }"
        );
        Assert.That(compilation.GetEntryPoint(default), Is.Not.Null);
    }

    [Test]
    public void APartialKernelIsOne()
    {
        var (compilation, diagnostics) = Generate(
            $"partial class K : Cosmos.System.Kernel {{ {Run} }} partial class K : Cosmos.System.Kernel {{ }}"
        );
        Assert.Multiple(() =>
        {
            Assert.That(diagnostics, Is.Empty);
            Assert.That(compilation.GetEntryPoint(default), Is.Not.Null);
        });
    }

    [Test]
    public void AProgramWithAMainKeepsIt()
    {
        var (compilation, _) = Generate(
            $"class K : Cosmos.System.Kernel {{ {Run} }} static class P {{ static void Main() {{ new K().Start(); }} }}"
        );
        Assert.That(compilation.GetEntryPoint(default)?.ContainingType.Name, Is.EqualTo("P"));
    }

    [TestCase("", null)]
    [TestCase("abstract class K : Cosmos.System.Kernel { }", null)]
    [TestCase(
        $"class K : Cosmos.System.Kernel {{ {Run} }} class L : Cosmos.System.Kernel {{ {Run} }}",
        "CMK0001"
    )]
    [TestCase($"class K : Cosmos.System.Kernel {{ K(int a) {{ }} {Run} }}", "CMK0002")]
    [TestCase($"class K<T> : Cosmos.System.Kernel {{ {Run} }}", "CMK0002")]
    [TestCase($"class O {{ private class K : Cosmos.System.Kernel {{ {Run} }} }}", "CMK0002")]
    [TestCase(
        $"class O {{ private class P {{ internal class K : Cosmos.System.Kernel {{ {Run} }} }} }}",
        "CMK0002"
    )]
    [TestCase($"class O<T> {{ internal class K : Cosmos.System.Kernel {{ {Run} }} }}", "CMK0002")]
    [TestCase($"file class K : Cosmos.System.Kernel {{ {Run} }}", "CMK0002")]
    public void OtherwiseThereIsNone(string source, string? expected)
    {
        var (compilation, diagnostics) = Generate(source);
        Assert.Multiple(() =>
        {
            Assert.That(
                diagnostics.Select(found => found.Id),
                Is.EqualTo(expected is null ? [] : new[] { expected })
            );
            Assert.That(compilation.GetEntryPoint(default), Is.Null);
        });
    }

    private static (Compilation Compilation, IReadOnlyList<Diagnostic> Diagnostics) Generate(
        string source
    )
    {
        var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(
            Path.PathSeparator
        );
        var compilation = CSharpCompilation.Create(
            "program",
            [CSharpSyntaxTree.ParseText(source)],
            platform.Where(File.Exists).Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.ConsoleApplication)
        );
        CSharpGeneratorDriver
            .Create(new EntryPointGenerator())
            .RunGeneratorsAndUpdateCompilation(compilation, out var updated, out var diagnostics);
        return (updated, diagnostics);
    }
}
