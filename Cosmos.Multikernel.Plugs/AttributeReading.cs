using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Cosmos.Multikernel.Plugs;

/// <summary>Reads attributes, and finds the lines that things are declared at.</summary>
internal static class AttributeReading
{
    public static CustomAttribute? Find(this ICustomAttributeProvider provider, string name) =>
        provider.HasCustomAttributes
            ? provider.CustomAttributes.FirstOrDefault(attribute =>
                attribute.AttributeType.FullName == name
            )
            : null;

    /// <summary>A named argument; the type's default when it is not given.</summary>
    public static T? Read<T>(this CustomAttribute attribute, string name)
    {
        foreach (
            CustomAttributeNamedArgument argument in attribute.Properties.Concat(attribute.Fields)
        )
        {
            if (argument.Name == name && argument.Argument.Value is T value)
            {
                return value;
            }
        }
        return default;
    }

    /// <summary>Where a method is, for the error list.</summary>
    public static string Place(this MethodDefinition method)
    {
        SequencePoint? point = method.DebugInformation.SequencePoints.FirstOrDefault(
            static candidate => !candidate.IsHidden
        );
        return point is null
            ? method.DeclaringType.Place()
            : $"{point.Document.Url}({point.StartLine},{point.StartColumn})";
    }

    /// <summary>Where a type is: at its first method that has lines, else its assembly's name.</summary>
    public static string Place(this TypeDefinition type) =>
        type.Methods.SelectMany(static method => method.DebugInformation.SequencePoints)
            .Where(static point => !point.IsHidden)
            .Select(static point => $"{point.Document.Url}({point.StartLine},{point.StartColumn})")
            .FirstOrDefault()
        ?? type.Module.Assembly.Name.Name;
}
