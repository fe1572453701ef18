using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace Cosmos.Multikernel.Generators.MessageInterfaces;

/// <summary>What a method gives back.</summary>
internal enum ResultKind
{
    Nothing,
    OneWay,
    Value,
    Stream,
}

/// <summary>A parameter as the generated code needs it; without a wire type it is the cancellation token.</summary>
internal sealed record MessageParameter(string Name, string TypeName, WireType? Wire);

/// <summary>A method as the generated code needs it.</summary>
internal sealed record MessageMethod(
    string Name,
    ResultKind Kind,
    WireType? Result,
    ImmutableArray<MessageParameter> Parameters
);

/// <summary>A message interface as the generated code needs it, or what is wrong with it.</summary>
internal sealed class MessageModel
{
    private const string AttributeNamespace = "Cosmos.Multikernel.Messages";

    private readonly List<Diagnostic> problems = [];
    private readonly List<MessageMethod> methods = [];

    private MessageModel(INamedTypeSymbol symbol)
    {
        Name = symbol.Name;
        QualifiedName = symbol.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
        PlainName = symbol.ToDisplayString();
        Namespace = symbol.ContainingNamespace.IsGlobalNamespace
            ? null
            : symbol.ContainingNamespace.ToDisplayString();
        Accessibility =
            symbol.DeclaredAccessibility == Microsoft.CodeAnalysis.Accessibility.Public
                ? "public"
                : "internal";
        Service = PlainName;
    }

    public string Name { get; }

    public string QualifiedName { get; }

    public string PlainName { get; }

    public string? Namespace { get; }

    public string Accessibility { get; }

    public string Service { get; private set; }

    public IReadOnlyList<MessageMethod> Methods => methods;

    public IReadOnlyList<Diagnostic> Problems => problems;

    /// <summary>IDisk gives Disk.</summary>
    public string BaseName =>
        Name.Length > 1 && Name[0] == 'I' && char.IsUpper(Name[1]) ? Name.Substring(1) : Name;

    /// <summary>64-bit FNV-1a over everything the wire format depends on.</summary>
    public ulong Hash()
    {
        var text = string.Join(
            "\n",
            methods.Select(method =>
                $"{method.Kind} {method.Result?.Layout} {method.Name}({string.Join(",", method.Parameters.Select(static p => p.Wire?.Layout ?? "cancellation"))})"
            )
        );
        var hash = 14695981039346656037UL;
        foreach (var unit in $"{PlainName}\n{text}")
        {
            hash = (hash ^ unit) * 1099511628211UL;
        }
        return hash;
    }

    public static MessageModel Create(
        GeneratorAttributeSyntaxContext context,
        CancellationToken cancellation
    )
    {
        var symbol = (INamedTypeSymbol)context.TargetSymbol;
        var model = new MessageModel(symbol);
        foreach (var argument in context.Attributes[0].NamedArguments)
        {
            if (argument is { Key: "Service", Value.Value: string service })
            {
                model.Service = service;
            }
        }
        if (
            symbol.IsGenericType
            || symbol.ContainingType is not null
            || symbol.Interfaces.Length != 0
        )
        {
            model.Report(Diagnostics.InterfaceKind, symbol, symbol.Name);
        }
        foreach (var member in symbol.GetMembers())
        {
            cancellation.ThrowIfCancellationRequested();
            model.Add(member);
        }
        return model;
    }

    private void Add(ISymbol member)
    {
        if (
            member is IMethodSymbol
            {
                MethodKind: MethodKind.PropertyGet
                    or MethodKind.PropertySet
                    or MethodKind.EventAdd
                    or MethodKind.EventRemove
            }
        )
        {
            // Reported for the property or event itself.
            return;
        }
        if (
            member
            is not IMethodSymbol
            {
                MethodKind: MethodKind.Ordinary,
                IsGenericMethod: false,
                IsStatic: false
            } method
        )
        {
            Report(Diagnostics.NotAMethod, member, member.Name);
            return;
        }
        var parameters = method
            .Parameters.Select(parameter => ParameterOf(method, parameter))
            .ToImmutableArray();
        var oneWay = method
            .GetAttributes()
            .Any(static a =>
                a.AttributeClass?.ToDisplayString() == AttributeNamespace + ".OneWayAttribute"
            );
        var kind = KindOf(method.ReturnType, out var result);
        if (kind is null)
        {
            Report(
                Diagnostics.ReturnType,
                method,
                method.Name,
                method.ReturnType.ToDisplayString()
            );
            return;
        }
        if (parameters.Count(static p => p.Wire is null) > 1)
        {
            Report(
                Diagnostics.ParameterType,
                method,
                "CancellationToken",
                method.Name,
                "a second CancellationToken"
            );
        }
        if (oneWay)
        {
            if (kind != ResultKind.Nothing || parameters.Any(static p => p.Wire is null))
            {
                Report(Diagnostics.OneWay, method, method.Name);
            }
            kind = ResultKind.OneWay;
        }
        var filled = parameters.Count(static p => p.Wire is { IsFilled: true });
        if (filled > 1 || (filled == 1 && kind != ResultKind.Value))
        {
            Report(Diagnostics.Filled, method, method.Name);
        }
        methods.Add(new MessageMethod(method.Name, kind.Value, result, parameters));
    }

    private MessageParameter ParameterOf(IMethodSymbol method, IParameterSymbol parameter)
    {
        if (parameter.RefKind != RefKind.None || parameter.IsParams)
        {
            Report(Diagnostics.ParameterKind, parameter, parameter.Name, method.Name);
        }
        var typeName = parameter.Type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
        if (typeName == "global::System.Threading.CancellationToken")
        {
            return new MessageParameter("@" + parameter.Name, typeName, null);
        }
        var wire = WireType.Of(parameter.Type, isParameter: true);
        if (wire is null)
        {
            Report(
                Diagnostics.ParameterType,
                parameter,
                parameter.Name,
                method.Name,
                parameter.Type.ToDisplayString()
            );
        }
        return new MessageParameter("@" + parameter.Name, wire?.Name ?? typeName, wire);
    }

    private static ResultKind? KindOf(ITypeSymbol type, out WireType? result)
    {
        result = null;
        if (type.ToDisplayString() == "System.Threading.Tasks.ValueTask")
        {
            return ResultKind.Nothing;
        }
        if (type is not INamedTypeSymbol { TypeArguments.Length: 1 } named)
        {
            return null;
        }
        result = WireType.Of(named.TypeArguments[0], isParameter: false);
        return result is null
            ? null
            : named.ConstructedFrom.ToDisplayString() switch
            {
                "System.Threading.Tasks.ValueTask<TResult>" => ResultKind.Value,
                "System.Collections.Generic.IAsyncEnumerable<out T>"
                or "System.Collections.Generic.IAsyncEnumerable<T>" => ResultKind.Stream,
                _ => null,
            };
    }

    private void Report(
        DiagnosticDescriptor descriptor,
        ISymbol where,
        params object[] arguments
    ) => problems.Add(Diagnostic.Create(descriptor, where.Locations.FirstOrDefault(), arguments));
}
