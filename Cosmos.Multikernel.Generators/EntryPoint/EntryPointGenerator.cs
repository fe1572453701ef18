using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Cosmos.Multikernel.Generators.EntryPoint;

/// <summary>
/// Writes <c>Main</c> for a program whose author wrote only <c>class Kernel : Sys.Kernel</c>. The class is named in
/// the generated source, so no reflection is needed and trimming cannot remove it.
/// </summary>
[Generator]
public sealed class EntryPointGenerator : IIncrementalGenerator
{
    private const string KernelBase = "Cosmos.System.Kernel";

    private static readonly DiagnosticDescriptor SeveralKernels = new(
        "CMK0001",
        "More than one kernel class",
        "The program has more than one class derived from Cosmos.System.Kernel ({0}); make all but one of them abstract, or write Main yourself",
        "Kernel",
        DiagnosticSeverity.Error,
        isEnabledByDefault: true
    );

    private static readonly DiagnosticDescriptor NotConstructible = new(
        "CMK0002",
        "The kernel class cannot be created",
        "The kernel class {0} needs an accessible constructor without parameters and must be neither generic, private nor local to its file, nor be in a class that is",
        "Kernel",
        DiagnosticSeverity.Error,
        isEnabledByDefault: true
    );

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var kernels = context
            .SyntaxProvider.CreateSyntaxProvider(
                static (node, _) => node is ClassDeclarationSyntax { BaseList: not null },
                FindKernel
            )
            .Where(static kernel => kernel is not null)
            .Collect();
        var needsEntryPoint = context.CompilationProvider.Select(
            static (compilation, cancellation) =>
                compilation.Options.OutputKind == OutputKind.ConsoleApplication
                && compilation.GetEntryPoint(cancellation) is null
        );
        context.RegisterSourceOutput(kernels.Combine(needsEntryPoint), Write);
    }

    private static KernelClass? FindKernel(
        GeneratorSyntaxContext context,
        CancellationToken cancellation
    )
    {
        if (
            context.SemanticModel.GetDeclaredSymbol(context.Node, cancellation)
                is not INamedTypeSymbol { IsAbstract: false } type
            || !DerivesFromKernel(type)
        )
        {
            return null;
        }

        var constructible =
            IsReachable(type)
            && type.InstanceConstructors.Any(static c =>
                c.Parameters.Length == 0
                && c.DeclaredAccessibility is Accessibility.Public or Accessibility.Internal
            );
        return new KernelClass(
            type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat),
            constructible,
            context.Node.GetLocation()
        );
    }

    /// <summary>Whether code elsewhere in the program can name the class.</summary>
    private static bool IsReachable(INamedTypeSymbol type)
    {
        for (var outer = type; outer is not null; outer = outer.ContainingType)
        {
            var isVisible =
                outer.DeclaredAccessibility
                is Accessibility.Public
                    or Accessibility.Internal
                    or Accessibility.ProtectedOrInternal;
            if (!isVisible || outer.IsGenericType || outer.IsFileLocal)
            {
                return false;
            }
        }

        return true;
    }

    private static bool DerivesFromKernel(INamedTypeSymbol type)
    {
        for (var ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            if (ancestor.ToDisplayString() == KernelBase)
            {
                return true;
            }
        }

        return false;
    }

    private static void Write(
        SourceProductionContext context,
        (ImmutableArray<KernelClass?> Kernels, bool Needed) input
    )
    {
        // A partial class is found once for each of its parts.
        var kernels = input
            .Kernels.GroupBy(static kernel => kernel!.Name)
            .Select(static parts => parts.First()!)
            .ToList();
        if (!input.Needed || kernels.Count == 0)
        {
            return;
        }

        if (kernels.Count > 1)
        {
            var names = string.Join(
                ", ",
                kernels.Select(static kernel => kernel.Name.Replace("global::", ""))
            );
            context.ReportDiagnostic(Diagnostic.Create(SeveralKernels, kernels[1].Location, names));
            return;
        }

        var only = kernels[0];
        if (!only.IsConstructible)
        {
            context.ReportDiagnostic(
                Diagnostic.Create(
                    NotConstructible,
                    only.Location,
                    only.Name.Replace("global::", "")
                )
            );
            return;
        }

        context.AddSource(
            "KernelEntryPoint.g.cs",
            $$"""
            // <auto-generated/>
            internal static class KernelEntryPoint
            {
                private static int Main()
                {
                    var kernel = new {{only.Name}}();
                    kernel.Start();
                    return kernel.ExitStatus;
                }
            }

            """
        );
    }

    private sealed record KernelClass(string Name, bool IsConstructible, Location Location);
}
