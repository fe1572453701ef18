using Mono.Cecil;

namespace Cosmos.Multikernel.Plugs;

/// <summary>What a plug's method says.</summary>
internal sealed record PlugMethod(
    MethodDefinition Method,
    bool IsEnabled,
    bool IsOptional,
    string? NotThere
)
{
    private const string InstanceConstructor = ".ctor";
    private const string StaticConstructor = ".cctor";

    public static PlugMethod Read(MethodDefinition method)
    {
        CustomAttribute? attribute = method.Find(AttributeNames.PlugMethod);
        return attribute is null
            ? new PlugMethod(method, IsEnabled: true, IsOptional: false, NotThere: null)
            : new PlugMethod(
                method,
                attribute.Read<bool?>("Enabled") ?? true,
                attribute.Read<bool>(nameof(IsOptional)),
                attribute.Read<TypeReference>("Assembler") is not null ? "Assembler"
                    : attribute.Read<string>("Signature") is not null ? "Signature"
                    : attribute.Read<bool>("IsWildcard") ? "IsWildcard"
                    : null
            );
    }

    /// <summary>The name of the method that it replaces.</summary>
    public string TargetName =>
        Method.Name.Equals("Ctor", StringComparison.OrdinalIgnoreCase) ? InstanceConstructor
        : Method.Name.Equals("CCtor", StringComparison.OrdinalIgnoreCase) ? StaticConstructor
        : Method.Name;

    /// <summary>The parameters that the target's callers pass.</summary>
    public IEnumerable<ParameterDefinition> Passed =>
        Method.Parameters.Where(static parameter => FieldOf(parameter) is null);

    /// <summary>The field that a parameter is; null for one that is passed.</summary>
    public static string? FieldOf(ParameterDefinition parameter)
    {
        CustomAttribute? attribute = parameter.Find(AttributeNames.FieldAccess);
        return attribute is null
            ? null
            : (attribute.Read<string>("Name") ?? parameter.Name).Split(' ', '.')[^1];
    }
}
