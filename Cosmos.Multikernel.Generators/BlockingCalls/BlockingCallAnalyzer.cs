using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Cosmos.Multikernel.Generators.BlockingCalls;

/// <summary>
/// Warns of calls that block in code that runs on an instance's event loop (CMK0201 to CMK0205): while such a call waits, the
/// instance answers nobody, and what it waits for may itself need the loop.
/// </summary>
/// <remarks>
/// On the loop run the methods that implement a <c>[MessageInterface]</c>, the methods of <c>AsyncKernel</c> that a kernel
/// overrides, and all that these call in the same class, lambdas and local functions included. What is handed to another
/// thread (<c>Task.Run</c>, <c>new Thread</c>) may block. Other classes' methods are not followed.
/// </remarks>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class BlockingCallAnalyzer : DiagnosticAnalyzer
{
    private const string MessageInterface = "Cosmos.Multikernel.Messages.MessageInterfaceAttribute";
    private const string AsyncKernel = "Cosmos.System.AsyncKernel";

    // OnBoot comes before the loop.
    private static readonly ImmutableHashSet<string> LoopMethods = ImmutableHashSet.Create(
        "BeforeRunAsync",
        "RunAsync",
        "AfterRunAsync"
    );

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics =>
        BlockingKinds.Descriptors;

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            var attribute = start.Compilation.GetTypeByMetadataName(MessageInterface);
            var kernel = start.Compilation.GetTypeByMetadataName(AsyncKernel);
            if (attribute is not null || kernel is not null)
            {
                start.RegisterSymbolStartAction(
                    type => StartType(type, attribute, kernel),
                    SymbolKind.NamedType
                );
            }
        });
    }

    private static void StartType(
        SymbolStartAnalysisContext context,
        INamedTypeSymbol? attribute,
        INamedTypeSymbol? kernel
    )
    {
        var type = (INamedTypeSymbol)context.Symbol;
        var handlers = Handlers(type, attribute, kernel).ToList();
        if (handlers.Count == 0)
        {
            return;
        }
        var calls = new ConcurrentBag<(ISymbol Caller, IMethodSymbol Callee)>();
        var blocking = new ConcurrentBag<(ISymbol Member, BlockingCall Call)>();
        context.RegisterOperationAction(
            operation => Collect(operation, type, calls, blocking),
            OperationKind.Invocation,
            OperationKind.MethodReference,
            OperationKind.PropertyReference,
            OperationKind.Lock
        );
        context.RegisterSymbolEndAction(end =>
        {
            var reached = Reach(handlers, calls);
            foreach (var (member, call) in blocking)
            {
                if (reached.TryGetValue(member, out var handler))
                {
                    end.ReportDiagnostic(
                        Diagnostic.Create(call.Descriptor, call.Location, call.What, handler.Name)
                    );
                }
            }
        });
    }

    private static IEnumerable<IMethodSymbol> Handlers(
        INamedTypeSymbol type,
        INamedTypeSymbol? attribute,
        INamedTypeSymbol? kernel
    )
    {
        if (type.TypeKind is not (TypeKind.Class or TypeKind.Struct))
        {
            yield break;
        }
        foreach (var contract in type.AllInterfaces)
        {
            if (!contract.GetAttributes().Any(data => Same(data.AttributeClass, attribute)))
            {
                continue;
            }
            foreach (var member in contract.GetMembers())
            {
                if (type.FindImplementationForInterfaceMember(member) is IMethodSymbol method)
                {
                    yield return method;
                }
            }
        }
        foreach (var method in type.GetMembers().OfType<IMethodSymbol>())
        {
            if (method.IsOverride && LoopMethods.Contains(method.Name) && DerivesFrom(type, kernel))
            {
                yield return method;
            }
        }
    }

    private static void Collect(
        OperationAnalysisContext context,
        INamedTypeSymbol type,
        ConcurrentBag<(ISymbol, IMethodSymbol)> calls,
        ConcurrentBag<(ISymbol, BlockingCall)> blocking
    )
    {
        var operation = context.Operation;
        if (OtherThreads.Runs(operation))
        {
            return;
        }
        var callee = operation switch
        {
            IInvocationOperation invocation => invocation.TargetMethod,
            IMethodReferenceOperation reference => reference.Method,
            _ => null,
        };
        if (callee is not null && Same(callee.ContainingType.OriginalDefinition, type))
        {
            calls.Add((context.ContainingSymbol, callee.OriginalDefinition));
        }
        if (BlockingKinds.Find(operation) is { } found)
        {
            blocking.Add((context.ContainingSymbol, found));
        }
    }

    /// <summary>All members that run on the loop, each with a handler that leads to it.</summary>
    private static Dictionary<ISymbol, IMethodSymbol> Reach(
        List<IMethodSymbol> handlers,
        IEnumerable<(ISymbol Caller, IMethodSymbol Callee)> calls
    )
    {
        var callees = calls.ToLookup(
            static call => call.Caller,
            static call => call.Callee,
            SymbolEqualityComparer.Default
        );
        var reached = new Dictionary<ISymbol, IMethodSymbol>(SymbolEqualityComparer.Default);
        var next = new Queue<(ISymbol Member, IMethodSymbol Handler)>(
            handlers.Select(static handler => ((ISymbol)handler, handler))
        );
        while (next.Count != 0)
        {
            var (member, handler) = next.Dequeue();
            if (reached.ContainsKey(member))
            {
                continue;
            }
            reached.Add(member, handler);
            foreach (var callee in callees[member])
            {
                next.Enqueue((callee, handler));
            }
        }
        return reached;
    }

    private static bool DerivesFrom(INamedTypeSymbol type, INamedTypeSymbol? kernel)
    {
        for (var at = type.BaseType; at is not null; at = at.BaseType)
        {
            if (Same(at, kernel))
            {
                return true;
            }
        }
        return false;
    }

    private static bool Same(ISymbol? a, ISymbol? b) =>
        a is not null && SymbolEqualityComparer.Default.Equals(a, b);
}
