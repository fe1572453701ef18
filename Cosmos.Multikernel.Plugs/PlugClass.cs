using Mono.Cecil;

namespace Cosmos.Multikernel.Plugs;

/// <summary>What a class's <c>[Plug]</c> says.</summary>
internal sealed record PlugClass(
    TypeDefinition Type,
    TypeReference? Target,
    string? TargetName,
    bool IsOptional,
    bool IsInheritable
)
{
    /// <summary>Reads it; null when there is none.</summary>
    public static PlugClass? Read(TypeDefinition type)
    {
        CustomAttribute? attribute = type.Find(AttributeNames.Plug);
        if (attribute is null)
        {
            return null;
        }
        object? given = attribute.ConstructorArguments.FirstOrDefault().Value;
        return new PlugClass(
            type,
            given as TypeReference ?? attribute.Read<TypeReference>(nameof(Target)),
            given as string ?? attribute.Read<string>(nameof(TargetName)),
            attribute.Read<bool>(nameof(IsOptional)),
            attribute.Read<bool>("Inheritable")
        );
    }

    /// <summary>The methods that replace others: the public static ones.</summary>
    public IEnumerable<PlugMethod> Methods() =>
        Type
            .Methods.Where(static method =>
                method.IsPublic && method.IsStatic && !method.IsConstructor
            )
            .Select(PlugMethod.Read)
            .Where(static method => method.IsEnabled);

    /// <summary>How the author called the target.</summary>
    public string TargetText => Target?.FullName ?? TargetName ?? "";

    /// <summary>Whether plug and target are both in an assembly, as far as the attribute tells.</summary>
    public bool IsWithin(AssemblyDefinition assembly)
    {
        bool isElsewhere = Target is not null
            ? Target.Scope is AssemblyNameReference
            : TargetName?.Split(',', StringSplitOptions.TrimEntries) is [_, { } named, ..]
                && named != assembly.Name.Name;
        return Type.Module.Assembly == assembly && !isElsewhere;
    }

    /// <summary>Finds the target; null when it is nowhere.</summary>
    public TypeDefinition? Resolve(Assemblies assemblies)
    {
        if (Target is not null)
        {
            try
            {
                return Target.Resolve();
            }
            catch (AssemblyResolutionException)
            {
                return null;
            }
        }
        // "Namespace.Type, Assembly": nested types as reflection writes them.
        string[] parts = (TargetName ?? "").Split(',', StringSplitOptions.TrimEntries);
        string name = parts[0].Replace('+', '/');
        ModuleDefinition? module =
            parts.Length > 1 ? assemblies.Find(parts[1])?.MainModule : Type.Module;
        return module?.GetType(name)
            ?? module
                ?.ExportedTypes.FirstOrDefault(exported => exported.FullName == name)
                ?.Resolve();
    }
}
