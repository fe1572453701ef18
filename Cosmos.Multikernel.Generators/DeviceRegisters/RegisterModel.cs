using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace Cosmos.Multikernel.Generators.DeviceRegisters;

/// <summary>A register as the generated code needs it.</summary>
internal sealed record Register(
    string Name,
    string TypeName,
    string Accessibility,
    int Offset,
    int Size,
    bool CanRead,
    bool CanWrite,
    bool IsInit
);

/// <summary>A block of registers as the generated code needs it, or what is wrong with it.</summary>
internal sealed class RegisterModel
{
    private const string AttributeName = "Cosmos.Multikernel.Drivers.Registers.RegisterAttribute";

    private readonly List<Diagnostic> problems = [];
    private readonly List<(Register Register, ISymbol Symbol)> registers = [];

    private RegisterModel(INamedTypeSymbol symbol)
    {
        Name = symbol.Name;
        PlainName = symbol.ToDisplayString();
        Namespace = symbol.ContainingNamespace.IsGlobalNamespace
            ? null
            : symbol.ContainingNamespace.ToDisplayString();
    }

    public string Name { get; }

    public string PlainName { get; }

    public string? Namespace { get; }

    public IEnumerable<Register> Registers => registers.Select(static entry => entry.Register);

    public IReadOnlyList<Diagnostic> Problems => problems;

    public static RegisterModel Create(
        GeneratorAttributeSyntaxContext context,
        CancellationToken cancellation
    )
    {
        var symbol = (INamedTypeSymbol)context.TargetSymbol;
        var model = new RegisterModel(symbol);
        if (
            !symbol.IsSealed
            || symbol.IsGenericType
            || symbol.ContainingType is not null
            || symbol.BaseType is { SpecialType: not SpecialType.System_Object }
            || !IsPartial(context.TargetNode)
        )
        {
            model.Report(Diagnostics.ClassKind, symbol, symbol.Name);
        }
        foreach (var member in symbol.GetMembers())
        {
            cancellation.ThrowIfCancellationRequested();
            model.Add(member);
        }
        model.CheckOverlaps();
        return model;
    }

    private static bool IsPartial(SyntaxNode node) =>
        node is Microsoft.CodeAnalysis.CSharp.Syntax.ClassDeclarationSyntax declaration
        && declaration.Modifiers.Any(static modifier => modifier.ValueText == "partial");

    private void Add(ISymbol member)
    {
        var attribute = member
            .GetAttributes()
            .FirstOrDefault(static a => a.AttributeClass?.ToDisplayString() == AttributeName);
        if (attribute is null)
        {
            return;
        }
        if (
            member
            is not IPropertySymbol
            {
                IsStatic: false,
                IsIndexer: false,
                IsPartialDefinition: true
            } property
        )
        {
            Report(Diagnostics.PropertyKind, member, member.Name);
            return;
        }
        var size = SizeOf(property.Type);
        if (size == 0)
        {
            Report(
                Diagnostics.PropertyType,
                property,
                property.Name,
                property.Type.ToDisplayString()
            );
            return;
        }
        if (attribute.ConstructorArguments.FirstOrDefault().Value is not int offset)
        {
            return;
        }
        if (offset < 0 || offset % size != 0)
        {
            Report(Diagnostics.Offset, property, property.Name, size, offset);
            return;
        }
        registers.Add(
            (
                new Register(
                    property.Name,
                    property.Type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat),
                    AccessibilityOf(property),
                    offset,
                    size,
                    property.GetMethod is not null,
                    property.SetMethod is not null,
                    property.SetMethod is { IsInitOnly: true }
                ),
                property
            )
        );
    }

    // One place may hold a register to read and another to write: many old devices have such.
    private void CheckOverlaps()
    {
        for (var i = 0; i < registers.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var (one, symbol) = registers[i];
                var other = registers[j].Register;
                var overlap =
                    one.Offset < other.Offset + other.Size && other.Offset < one.Offset + one.Size;
                if (overlap && one.CanRead && other.CanRead)
                {
                    Report(Diagnostics.Overlap, symbol, one.Name, other.Name, "read");
                }
                else if (overlap && one.CanWrite && other.CanWrite)
                {
                    Report(Diagnostics.Overlap, symbol, one.Name, other.Name, "written");
                }
            }
        }
    }

    private static int SizeOf(ITypeSymbol type)
    {
        var integer = type is INamedTypeSymbol { EnumUnderlyingType: { } underlying }
            ? underlying
            : type;
        return integer.SpecialType switch
        {
            SpecialType.System_Byte => 1,
            SpecialType.System_UInt16 => 2,
            SpecialType.System_UInt32 => 4,
            SpecialType.System_UInt64 => 8,
            _ => 0,
        };
    }

    private static string AccessibilityOf(ISymbol symbol) =>
        symbol.DeclaredAccessibility switch
        {
            Microsoft.CodeAnalysis.Accessibility.Public => "public",
            Microsoft.CodeAnalysis.Accessibility.Internal => "internal",
            _ => "private",
        };

    private void Report(
        DiagnosticDescriptor descriptor,
        ISymbol where,
        params object[] arguments
    ) => problems.Add(Diagnostic.Create(descriptor, where.Locations.FirstOrDefault(), arguments));
}
