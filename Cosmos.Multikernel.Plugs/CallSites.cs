using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Cosmos.Multikernel.Plugs;

/// <summary>
/// Hosted, .NET and other assemblies are the machine's own and stay as they are: there a plug of their methods takes the place of the
/// program's calls instead. What .NET calls inside itself goes past it.
/// </summary>
internal sealed class CallSites(Assemblies assemblies)
{
    private readonly Dictionary<string, MethodDefinition> plugs = [];

    /// <summary>Whether a plug can stand where its target is called.</summary>
    public static bool CanTake(PlugMethod plug, MethodDefinition target) =>
        target.IsPublic
        && !target.IsConstructor
        && !target.HasGenericParameters
        && plug.Method.Parameters.Count == plug.Passed.Count();

    /// <summary>Remembers that a method's calls are to go to its plug.</summary>
    /// <returns>The plug that has them already, or null.</returns>
    public MethodDefinition? Add(MethodDefinition target, MethodDefinition plug) =>
        plugs.TryAdd(target.FullName, plug) ? null : plugs[target.FullName];

    /// <summary>Changes the program's calls.</summary>
    public void Write()
    {
        if (plugs.Count == 0)
        {
            return;
        }
        ModuleDefinition program = assemblies.Program.MainModule;
        foreach (TypeDefinition type in program.GetTypes())
        {
            // A plug may call what it takes the place of.
            if (!IsInPlug(type))
            {
                foreach (MethodDefinition method in type.Methods.Where(static one => one.HasBody))
                {
                    Write(method, program);
                }
            }
        }
    }

    private static bool IsInPlug(TypeDefinition type) =>
        PlugClass.Read(type) is not null || (type.DeclaringType is { } outer && IsInPlug(outer));

    // A delegate of an object's method has the object in it in a form that a static method may not take.
    private static bool IsCall(Instruction instruction, MethodReference called) =>
        instruction.OpCode.Code switch
        {
            Code.Call => true,
            Code.Callvirt => instruction.Previous?.OpCode.Code != Code.Constrained,
            Code.Ldftn => !called.HasThis,
            _ => false,
        };

    private void Write(MethodDefinition method, ModuleDefinition program)
    {
        foreach (Instruction instruction in method.Body.Instructions)
        {
            if (
                instruction.Operand is MethodReference called
                && IsCall(instruction, called)
                && plugs.TryGetValue(called.FullName, out MethodDefinition? plug)
            )
            {
                instruction.Operand = program.ImportReference(plug);
                if (instruction.OpCode.Code == Code.Callvirt)
                {
                    instruction.OpCode = OpCodes.Call;
                }
                assemblies.MarkChanged(assemblies.Program);
            }
        }
    }
}
