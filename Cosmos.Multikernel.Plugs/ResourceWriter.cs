using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace Cosmos.Multikernel.Plugs;

/// <summary>Fills fields with embedded resources, at the start of their class's static constructor.</summary>
internal sealed class ResourceWriter(Assemblies assemblies, List<Diagnostic> diagnostics)
{
    /// <summary>Fills a type's fields that ask for it.</summary>
    public void Write(TypeDefinition type)
    {
        List<Instruction> code = [];
        foreach (FieldDefinition field in type.Fields)
        {
            if (field.Find(AttributeNames.Resource) is { } attribute)
            {
                code.AddRange(Fill(field, attribute.Read<string>("ResourceName")));
            }
        }
        if (code.Count == 0)
        {
            return;
        }
        MethodBody constructor = ConstructorOf(type).Body;
        ILProcessor processor = constructor.GetILProcessor();
        Instruction first = constructor.Instructions[0];
        foreach (Instruction instruction in code)
        {
            processor.InsertBefore(first, instruction);
        }
        assemblies.MarkChanged(type.Module.Assembly);
    }

    private IEnumerable<Instruction> Fill(FieldDefinition field, string? resource)
    {
        TypeDefinition type = field.DeclaringType;
        string name = $"{type.FullName}.{field.Name}";
        if (
            !field.IsStatic
            || type.HasGenericParameters
            || field.FieldType is not ArrayType { ElementType.MetadataType: MetadataType.Byte }
        )
        {
            diagnostics.Add(
                new Diagnostic(
                    type.Place(),
                    DiagnosticCode.ResourceField,
                    $"{name} cannot hold a resource: that needs a static byte[] of a class that is not generic."
                )
            );
            return [];
        }
        List<string> there = [.. type.Module.Resources.Select(static embedded => embedded.Name)];
        if (resource is null || !there.Contains(resource))
        {
            diagnostics.Add(
                new Diagnostic(
                    type.Place(),
                    DiagnosticCode.Resource,
                    $"{name}: there is no embedded resource '{resource}'; "
                        + (
                            there.Count == 0
                                ? "the project has none (<EmbeddedResource Include=\"...\" />)."
                                : $"there are {string.Join(", ", there)}."
                        )
                )
            );
            return [];
        }
        return
        [
            Instruction.Create(OpCodes.Ldtoken, type),
            Instruction.Create(OpCodes.Ldstr, resource),
            Instruction.Create(OpCodes.Call, type.Module.ImportReference(Reader)),
            Instruction.Create(OpCodes.Stsfld, field),
        ];
    }

    private MethodDefinition Reader =>
        assemblies
            .Find(AttributeNames.Assembly)!
            .MainModule.GetType(AttributeNames.ResourceReader)
            .Methods.Single(static method => method.Name == AttributeNames.ResourceReaderMethod);

    private static MethodDefinition ConstructorOf(TypeDefinition type)
    {
        if (type.GetStaticConstructor() is { } constructor)
        {
            return constructor;
        }
        constructor = new MethodDefinition(
            ".cctor",
            MethodAttributes.Private
                | MethodAttributes.HideBySig
                | MethodAttributes.Static
                | MethodAttributes.SpecialName
                | MethodAttributes.RTSpecialName,
            type.Module.TypeSystem.Void
        );
        constructor.Body.GetILProcessor().Emit(OpCodes.Ret);
        type.Methods.Add(constructor);
        return constructor;
    }
}
