using System.Linq;
using Microsoft.CodeAnalysis;

namespace Cosmos.Multikernel.Generators.MessageInterfaces;

/// <summary>How a type travels: the code that writes and reads it, and the text that its layout adds to the hash.</summary>
internal sealed class WireType
{
    private static readonly SymbolDisplayFormat Qualified =
        SymbolDisplayFormat.FullyQualifiedFormat.AddMiscellaneousOptions(
            SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier
        );

    private WireType(string name, string layout, string write, string read, bool isFilled = false)
    {
        Name = name;
        Layout = layout;
        Write = write;
        Read = read;
        IsFilled = isFilled;
    }

    /// <summary>The type as it is written in generated code.</summary>
    public string Name { get; }

    /// <summary>What the hash is made of.</summary>
    public string Layout { get; }

    /// <summary>The writer's method, with {0} for the value.</summary>
    public string Write { get; }

    /// <summary>The reader's expression.</summary>
    public string Read { get; }

    /// <summary>Whether it is memory that the server fills: only its length goes there, and the bytes come back.</summary>
    public bool IsFilled { get; }

    /// <summary>The way of a type, or null when it has none. Spans and memory go as parameters only.</summary>
    public static WireType? Of(ITypeSymbol type, bool isParameter)
    {
        var name = type.ToDisplayString(Qualified);
        if (type.SpecialType == SpecialType.System_String)
        {
            var nullable = type.NullableAnnotation == NullableAnnotation.Annotated;
            var read = nullable ? "ReadNullableString()" : "ReadString()";
            return new WireType(name, nullable ? "string?" : "string", "WriteString({0})", read);
        }
        if (type is IArrayTypeSymbol { Rank: 1 } array)
        {
            var element = array.ElementType;
            if (element.SpecialType == SpecialType.System_String)
            {
                return new WireType(name, "string[]", "WriteStrings({0})", "ReadStrings()");
            }
            var elementName = element.ToDisplayString(Qualified);
            return IsPlain(element)
                ? new WireType(
                    name,
                    LayoutOf(element) + "[]",
                    $"WriteArray<{elementName}>({{0}})",
                    $"ReadArray<{elementName}>()"
                )
                : null;
        }
        if (isParameter && IsBytes(type, "ReadOnlySpan"))
        {
            return new WireType(name, "bytes", "WriteArray<byte>({0})", "ReadBytes()");
        }
        if (isParameter && IsBytes(type, "ReadOnlyMemory"))
        {
            return new WireType(name, "bytes", "WriteArray<byte>({0}.Span)", "ReadArray<byte>()");
        }
        if (isParameter && IsBytes(type, "Memory"))
        {
            return new WireType(
                name,
                "filled bytes",
                "Write<int>({0}.Length)",
                "Read<int>()",
                isFilled: true
            );
        }
        if (IsCapability(type))
        {
            // What it is a capability for is checked when it is read; the class's name says enough.
            return new WireType(
                name,
                $"capability {type.Name}",
                "WriteCapability({0})",
                $"ReadCapability<{name}>()"
            );
        }
        if (!isParameter && IsValueWithCapability(type, out var value, out var capability))
        {
            var types =
                $"{value.ToDisplayString(Qualified)}, {capability.ToDisplayString(Qualified)}";
            return new WireType(
                name,
                $"{LayoutOf(value)} and capability {capability.Name}",
                $"WriteBoth<{types}>({{0}})",
                $"ReadBoth<{types}>()"
            );
        }
        return IsPlain(type)
            ? new WireType(name, LayoutOf(type), $"Write<{name}>({{0}})", $"Read<{name}>()")
            : null;
    }

    /// <summary>What a method gives back that says how it went and returns a capability in any case.</summary>
    private static bool IsValueWithCapability(
        ITypeSymbol type,
        out ITypeSymbol value,
        out ITypeSymbol capability
    )
    {
        value = capability = type;
        if (type is not INamedTypeSymbol { IsTupleType: true, TupleElements.Length: 2 } tuple)
        {
            return false;
        }
        value = tuple.TupleElements[0].Type;
        capability = tuple.TupleElements[1].Type;
        return IsPlain(value) && IsCapability(capability);
    }

    /// <summary>A class of capabilities that may be sent: its ownership moves with the message.</summary>
    private static bool IsCapability(ITypeSymbol type) =>
        type.NullableAnnotation != NullableAnnotation.Annotated
        && type.ToDisplayString()
            is "Cosmos.Multikernel.Capabilities.Frame"
                or "Cosmos.Multikernel.Capabilities.DeviceMemory"
                or "Cosmos.Multikernel.Capabilities.PortRange"
                or "Cosmos.Multikernel.Capabilities.Interrupt"
                or "Cosmos.Multikernel.Capabilities.ConsoleStream";

    /// <summary>A value whose bytes mean the same on the other side: no pointer, native integer or null in it.</summary>
    private static bool IsPlain(ITypeSymbol type)
    {
        if (
            !type.IsUnmanagedType
            || type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T
            || type.SpecialType is SpecialType.System_IntPtr or SpecialType.System_UIntPtr
            || type.TypeKind
                is TypeKind.Pointer
                    or TypeKind.FunctionPointer
                    or TypeKind.TypeParameter
        )
        {
            return false;
        }
        return type.SpecialType != SpecialType.None
            || type.TypeKind == TypeKind.Enum
            || Fields(type).All(static field => IsPlain(field.Type));
    }

    private static string LayoutOf(ITypeSymbol type)
    {
        if (type is INamedTypeSymbol { EnumUnderlyingType: { } underlying })
        {
            return $"{type.ToDisplayString()}:{underlying.ToDisplayString()}";
        }
        return type.SpecialType != SpecialType.None
            ? type.ToDisplayString()
            : $"{type.ToDisplayString()}{PlacingOf(type)}{{{string.Join(";", Fields(type).Select(static field => $"{LayoutOf(field.Type)} {field.Name}{PlacingOf(field)}"))}}}";
    }

    /// <summary>What attributes say about where fields lie: packing, size, offsets, the length of an inline array.</summary>
    private static string PlacingOf(ISymbol symbol) =>
        string.Concat(
            symbol
                .GetAttributes()
                .Where(static data =>
                    data.AttributeClass?.Name
                        is "StructLayoutAttribute"
                            or "FieldOffsetAttribute"
                            or "InlineArrayAttribute"
                )
                .Select(static data =>
                    $"[{data.AttributeClass!.Name} {string.Join(",", data.ConstructorArguments.Select(static value => value.Value))} {string.Join(",", data.NamedArguments.Select(static named => $"{named.Key}={named.Value.Value}"))}]"
                )
        );

    private static System.Collections.Generic.IEnumerable<IFieldSymbol> Fields(ITypeSymbol type) =>
        type.GetMembers().OfType<IFieldSymbol>().Where(static field => !field.IsStatic);

    private static bool IsBytes(ITypeSymbol type, string name) =>
        type.ToDisplayString() == $"System.{name}<byte>";
}
