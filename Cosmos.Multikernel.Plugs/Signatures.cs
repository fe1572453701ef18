using Mono.Cecil;

namespace Cosmos.Multikernel.Plugs;

/// <summary>Whether a plug's parameters are those of its target.</summary>
internal static class Signatures
{
    /// <summary>Whether a plug can take the place of a method.</summary>
    /// <param name="plug">The plug.</param>
    /// <param name="target">The method.</param>
    /// <param name="exactly">Whether object stands for nothing but itself.</param>
    public static bool Match(PlugMethod plug, MethodDefinition target, bool exactly)
    {
        List<TypeReference> passed =
        [
            .. plug.Passed.Select(static parameter => parameter.ParameterType),
        ];
        int objects = target.HasThis ? 1 : 0;
        return passed.Count == target.Parameters.Count + objects
            && Same(plug.Method.ReturnType, target.ReturnType, exactly: true)
            && (objects == 0 || IsObject(passed[0], target.DeclaringType))
            && target
                .Parameters.Zip(passed.Skip(objects))
                .All(pair => Same(pair.Second, pair.First.ParameterType, exactly));
    }

    /// <summary>Whether two types of different assemblies are the same, by name: reference assemblies have them elsewhere.</summary>
    public static bool Same(TypeReference plug, TypeReference target, bool exactly) =>
        plug.Unmodified().FullName == target.Unmodified().FullName
        || (
            !exactly
            && plug.MetadataType == MetadataType.Object
            && !target.IsValueType
            && !IsSpecial(target)
        );

    /// <summary>A type without the reference to it.</summary>
    public static TypeReference WithoutReference(this TypeReference type) =>
        type is ByReferenceType reference ? reference.ElementType : type;

    /// <summary>What a plug of a method looks like, for the error.</summary>
    public static string PlugFor(MethodDefinition target)
    {
        IEnumerable<string> parameters = target.Parameters.Select(static parameter =>
            Text(parameter.ParameterType)
        );
        if (target.HasThis)
        {
            string owner = Text(target.DeclaringType);
            parameters = parameters.Prepend(
                target.DeclaringType.IsValueType ? $"ref {owner}" : owner
            );
        }
        return $"{Text(target.ReturnType)} ({string.Join(", ", parameters)})";
    }

    // The object itself, or anything that it is; a value by reference or pointer.
    private static bool IsObject(TypeReference plug, TypeDefinition owner)
    {
        if (owner.IsValueType)
        {
            return plug is ByReferenceType or PointerType
                && ((TypeSpecification)plug).ElementType.FullName == owner.FullName;
        }
        for (
            TypeDefinition? ancestor = owner;
            ancestor is not null;
            ancestor = ancestor.BaseType?.Resolve()
        )
        {
            if (plug.FullName == ancestor.FullName)
            {
                return true;
            }
        }
        return plug.MetadataType == MetadataType.Object;
    }

    private static bool IsSpecial(TypeReference type) =>
        type is ByReferenceType or PointerType or GenericParameter or FunctionPointerType
        || type.MetadataType == MetadataType.Void;

    // "in" and "volatile" are marks on types that do not change them.
    private static TypeReference Unmodified(this TypeReference type) =>
        type is RequiredModifierType or OptionalModifierType
            ? ((TypeSpecification)type).ElementType.Unmodified()
            : type;

    private static string Text(TypeReference type) =>
        type is ByReferenceType reference ? $"ref {Text(reference.ElementType)}" : type.FullName;
}
