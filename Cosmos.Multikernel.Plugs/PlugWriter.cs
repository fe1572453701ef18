using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Cosmos.Multikernel.Plugs;

/// <summary>Makes methods call their plugs.</summary>
internal sealed class PlugWriter(
    Assemblies assemblies,
    List<Diagnostic> diagnostics,
    CallSites? callSites
)
{
    private readonly Dictionary<MethodDefinition, MethodDefinition> plugged = [];

    /// <summary>Puts in what a type plugs, if it is a plug.</summary>
    public void Write(TypeDefinition type)
    {
        if (PlugClass.Read(type) is not { } plug)
        {
            return;
        }
        if (callSites is not null && !plug.IsWithin(assemblies.Program))
        {
            TakeCalls(plug, callSites);
            return;
        }
        if (plug.Resolve(assemblies) is not { } target)
        {
            if (!plug.IsOptional)
            {
                Report(
                    type.Place(),
                    DiagnosticCode.UnknownType,
                    $"plug {type.FullName}: there is no type '{plug.TargetText}'. A type that C# cannot name is "
                        + "TargetName = \"Namespace.Type, Assembly\"."
                );
            }
            return;
        }
        if (target.HasGenericParameters || plug.IsInheritable)
        {
            Report(
                type.Place(),
                DiagnosticCode.NotThere,
                $"plug {type.FullName}: plugs of generic types, and Inheritable ones, are not there."
            );
            return;
        }
        foreach (PlugMethod method in plug.Methods())
        {
            Write(method, target);
        }
    }

    // Hosted there may be only reference assemblies of what is not the program's, without what is private: what is wrong with a plug is
    // the image's build to say.
    private void TakeCalls(PlugClass plug, CallSites sites)
    {
        bool isPrograms = plug.Type.Module.Assembly == assemblies.Program;
        TypeDefinition? target = plug.Resolve(assemblies);
        foreach (PlugMethod method in plug.Methods())
        {
            MethodDefinition? found = target is null ? null : FindTarget(method, target.Methods);
            bool isTaken = found is not null && CallSites.CanTake(method, found);
            if (isTaken && (isPrograms || plug.Type.IsPublic))
            {
                if (sites.Add(found!, method.Method) is { } other)
                {
                    ReportTwice(method.Method, found!, other);
                }
                Expose(method.Method);
            }
            else if (isPrograms && !plug.IsOptional && !method.IsOptional)
            {
                Report(
                    method.Method.Place(),
                    DiagnosticCode.NotApplied,
                    $"{NameOf(method.Method)} has no effect hosted: of {plug.TargetText}, which is not the program's own, only "
                        + "calls of public methods from the program can be changed there."
                );
            }
        }
    }

    private void Write(PlugMethod plug, TypeDefinition target)
    {
        MethodDefinition method = plug.Method;
        string place = method.Place();
        string name = NameOf(method);
        if (plug.NotThere is { } feature)
        {
            Report(
                place,
                DiagnosticCode.NotThere,
                feature == "Assembler"
                    ? $"{name}: assembler plugs are not there; write X# (docs/xsharp-reference.md)."
                    : $"{name}: PlugMethod.{feature} is not there; call the method as its target is called."
            );
            return;
        }
        List<MethodDefinition> sameName =
        [
            .. target.Methods.Where(candidate => candidate.Name == plug.TargetName),
        ];
        if (sameName.Count == 0)
        {
            if (!plug.IsOptional)
            {
                Report(
                    place,
                    DiagnosticCode.UnknownMethod,
                    $"{name}: {target.FullName} has no method {plug.TargetName}. A helper of the plug's own is private."
                );
            }
            return;
        }
        MethodDefinition? found = FindTarget(plug, sameName);
        if (found is null)
        {
            Report(
                place,
                DiagnosticCode.Signature,
                $"{name} fits no {plug.TargetName} of {target.FullName}; it would have to be "
                    + string.Join(" or ", sameName.Select(Signatures.PlugFor))
                    + "."
            );
            return;
        }
        if (WhyNot(found) is var (code, reason))
        {
            Report(place, code, $"{name}: {found.FullName} {reason}");
            return;
        }
        if (!plugged.TryAdd(found, method))
        {
            ReportTwice(method, found, plugged[found]);
            return;
        }
        if (Compose(plug, found, place, name) is { } body)
        {
            found.Body = body;
            Expose(method);
            assemblies.MarkChanged(target.Module.Assembly);
        }
    }

    // Of several the one with the very types, before those that object stands for.
    private static MethodDefinition? FindTarget(
        PlugMethod plug,
        IEnumerable<MethodDefinition> methods
    )
    {
        List<MethodDefinition> sameName =
        [
            .. methods.Where(candidate => candidate.Name == plug.TargetName),
        ];
        return sameName.Find(candidate => Signatures.Match(plug, candidate, exactly: true))
            ?? sameName.Find(candidate => Signatures.Match(plug, candidate, exactly: false));
    }

    private static string NameOf(MethodDefinition plug) =>
        $"plug {plug.DeclaringType.FullName}.{plug.Name}";

    private void ReportTwice(
        MethodDefinition plug,
        MethodDefinition target,
        MethodDefinition other
    ) =>
        Report(
            plug.Place(),
            DiagnosticCode.Twice,
            $"{NameOf(plug)}: {target.FullName} has a plug already, {other.DeclaringType.FullName}.{other.Name}."
        );

    private static (DiagnosticCode Code, string Reason)? WhyNot(MethodDefinition method) =>
        method.Find(AttributeNames.Intrinsic) is not null
            ? (
                DiagnosticCode.Intrinsic,
                "is one that the compiler puts its own code in the place of (an intrinsic): a plug would have no effect."
            )
        : !method.HasBody
            ? (
                DiagnosticCode.NoCode,
                method.IsAbstract
                    ? "is abstract: plug the methods that override it."
                    : "is not written in C# (extern): plug a method that calls it."
            )
        : method.HasGenericParameters
            ? (DiagnosticCode.NotThere, "is generic: plugs of generic methods are not there.")
        : null;

    /// <summary>The code of a method that calls its plug.</summary>
    private MethodBody? Compose(PlugMethod plug, MethodDefinition target, string place, string name)
    {
        ModuleDefinition module = target.Module;
        // With the target's own types: a plug was compiled against reference assemblies, which name them elsewhere.
        MethodReference call = new(
            plug.Method.Name,
            target.ReturnType,
            module.ImportReference(plug.Method.DeclaringType)
        );
        MethodBody body = new(target);
        ILProcessor code = body.GetILProcessor();
        int passed = 0;
        foreach (ParameterDefinition parameter in plug.Method.Parameters)
        {
            if (PlugMethod.FieldOf(parameter) is not { } fieldName)
            {
                code.Append(LoadArgument(code, passed));
                call.Parameters.Add(
                    new ParameterDefinition(TypeOfArgument(parameter, target, passed))
                );
                passed++;
                continue;
            }
            bool byReference = parameter.ParameterType is ByReferenceType;
            TypeReference wanted = parameter.ParameterType.WithoutReference();
            FieldDefinition? field = target.DeclaringType.Fields.FirstOrDefault(candidate =>
                candidate.Name == fieldName
            );
            if (
                field is null
                || (!field.IsStatic && target.IsStatic)
                || !Signatures.Same(wanted, field.FieldType, exactly: true)
            )
            {
                Report(
                    place,
                    DiagnosticCode.Field,
                    $"{name}: {target.DeclaringType.FullName} has no {(target.IsStatic ? "static " : "")}field {fieldName} of type {wanted.FullName}."
                );
                return null;
            }
            call.Parameters.Add(
                new ParameterDefinition(
                    byReference ? new ByReferenceType(field.FieldType) : field.FieldType
                )
            );
            if (!field.IsStatic)
            {
                code.Emit(OpCodes.Ldarg_0);
            }
            code.Emit(
                field.IsStatic
                    ? (byReference ? OpCodes.Ldsflda : OpCodes.Ldsfld)
                    : (byReference ? OpCodes.Ldflda : OpCodes.Ldfld),
                field
            );
        }
        code.Emit(OpCodes.Call, call);
        code.Emit(OpCodes.Ret);
        return body;
    }

    private static Instruction LoadArgument(ILProcessor code, int index) =>
        index switch
        {
            0 => code.Create(OpCodes.Ldarg_0),
            1 => code.Create(OpCodes.Ldarg_1),
            2 => code.Create(OpCodes.Ldarg_2),
            3 => code.Create(OpCodes.Ldarg_3),
            // Cecil numbers an instance method's parameters without the object.
            _ => code.Create(
                OpCodes.Ldarg,
                code.Body.Method.Parameters[code.Body.Method.HasThis ? index - 1 : index]
            ),
        };

    private static TypeReference TypeOfArgument(
        ParameterDefinition parameter,
        MethodDefinition target,
        int index
    )
    {
        TypeReference declared = parameter.ParameterType;
        if (declared.MetadataType == MetadataType.Object)
        {
            return target.Module.TypeSystem.Object;
        }
        if (!target.HasThis)
        {
            return target.Parameters[index].ParameterType;
        }
        return index > 0 ? target.Parameters[index - 1].ParameterType
            : declared is ByReferenceType ? new ByReferenceType(target.DeclaringType)
            : declared is PointerType ? new PointerType(target.DeclaringType)
            : target.DeclaringType;
    }

    // The target's code calls the plug from outside, perhaps from another assembly.
    private void Expose(MethodDefinition method)
    {
        if (method.Module.Assembly != assemblies.Program)
        {
            // ILC, the only one that sees these, does not ask who may see what.
            return;
        }
        for (
            TypeDefinition? type = method.DeclaringType;
            type is not null;
            type = type.DeclaringType
        )
        {
            if (type.IsNested)
            {
                type.IsNestedPublic = true;
            }
            else
            {
                type.IsPublic = true;
            }
        }
        assemblies.MarkChanged(assemblies.Program);
    }

    private void Report(string place, DiagnosticCode code, string message) =>
        diagnostics.Add(new Diagnostic(place, code, message));
}
