using Cosmos.Multikernel.XSharp.Semantics;
using Cosmos.Multikernel.XSharp.Syntax;

namespace Cosmos.Multikernel.XSharp.Emission;

/// <summary>Instructions by their own name, checked against the table in <see cref="Instructions"/>.</summary>
internal sealed partial class Emitter
{
    private void Instruction(InstructionStatement statement)
    {
        var instruction = Instructions.Get(statement.Mnemonic);
        if (instruction.Only64 && Context.Bits != 64)
        {
            throw Bad(
                statement.Position,
                $"{instruction.Name} exists only in 64-bit code (bits 64)"
            );
        }
        CheckPrefix(statement, instruction);
        var form = instruction.Forms.FirstOrDefault(f => Matches(f, statement.Operands));
        if (form is null)
        {
            throw Bad(
                statement.Position,
                $"{instruction.Name} takes {string.Join(", or ", instruction.Forms.Select(Describe))}"
            );
        }
        if (statement.Operands.Count(o => o is MemoryOperand) > 1)
        {
            throw Bad(
                statement.Position,
                $"{instruction.Name} has one memory operand at most: go through a register"
            );
        }
        OperandWriter.CheckHighBytes(statement.Operands);
        var size = CommonSize(statement, form);
        var registerSaysSize = statement
            .Operands.Where((o, i) => form[i].Linked && o is RegisterOperand)
            .Any();
        var texts = statement.Operands.Select(
            (operand, i) => Write(operand, form[i], size, registerSaysSize)
        );
        var prefix = statement.Prefix is null ? "" : statement.Prefix + " ";
        Instruct($"{prefix}{instruction.Text} {string.Join(", ", texts)}".TrimEnd());
    }

    private static void CheckPrefix(InstructionStatement statement, Instruction instruction)
    {
        if (statement.Prefix is null)
        {
            return;
        }
        var compares =
            instruction.Name.StartsWith("cmps", StringComparison.Ordinal)
            || instruction.Name.StartsWith("scas", StringComparison.Ordinal);
        if (!instruction.Repeatable || compares == (statement.Prefix == "rep"))
        {
            throw Bad(
                statement.Position,
                "rep stands before movs, stos, lods, ins and outs; repe and repne before cmps and scas"
            );
        }
    }

    private static bool Matches(Slot[] form, IReadOnlyList<Operand> operands)
    {
        if (form.Length != operands.Count)
        {
            return false;
        }
        for (var i = 0; i < form.Length; i++)
        {
            Kinds kind = operands[i] switch
            {
                RegisterOperand { Register.Name: "CL" } when form[i].Kinds.HasFlag(Kinds.Count) =>
                    Kinds.Count,
                RegisterOperand { Register.IsGeneral: true } => Kinds.Register,
                MemoryOperand => Kinds.Memory,
                ImmediateOperand => Kinds.Immediate,
                _ => default,
            };
            if ((form[i].Kinds & kind) == 0)
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>The size that the linked operands have in common; 0 when there are none.</summary>
    private int CommonSize(InstructionStatement statement, Slot[] form)
    {
        // 'as dword' at the end of 'bts [RDI], 3 as dword' speaks of the memory, though it stands at the number.
        var linked = statement
            .Operands.Where((o, i) => form[i].Linked || o is ImmediateOperand { Bits: not null })
            .ToList();
        if (linked.Count == 0)
        {
            return 0;
        }
        var sizes = form.First(slot => slot.Linked).Sizes;
        var size =
            sizes.Length == 1 && linked.All(o => o is MemoryOperand { Bits: null })
                ? sizes[0]
                : operands.CommonSize(statement.Position, linked);
        return sizes.Contains(size)
            ? size
            : throw Bad(
                statement.Position,
                $"{statement.Mnemonic} works on {string.Join(", ", sizes)} bits, not {size}"
            );
    }

    private string Write(Operand operand, Slot slot, int size, bool registerSaysSize)
    {
        if (slot.Linked)
        {
            return operands.Write(operand, size, registerSaysSize);
        }
        switch (operand)
        {
            case RegisterOperand { Register.Name: "CL" } when slot.Kinds.HasFlag(Kinds.Count):
                return "CL";
            case ImmediateOperand immediate:
                Table.Need(immediate.Value, Context, "this number", 0, 255);
                return expressions.Write(immediate.Value, Context);
            case MemoryOperand memory when slot.Sizes.Length == 0:
                return operands.Memory(memory);
            default:
                var own = operands.CommonSize(operand.Position, operand);
                if (!slot.Sizes.Contains(own) || (size != 0 && own >= size))
                {
                    throw Bad(
                        operand.Position,
                        $"expected an operand smaller than the target, of {string.Join(" or ", slot.Sizes)} bits"
                    );
                }
                return operands.Write(operand, own, operand is RegisterOperand);
        }
    }

    private static string Describe(Slot[] form) =>
        form.Length == 0
            ? "no operands"
            : string.Join(
                ", ",
                form.Select(slot =>
                {
                    var kinds = new List<string>();
                    if (slot.Kinds.HasFlag(Kinds.Register))
                    {
                        kinds.Add("register");
                    }
                    if (slot.Kinds.HasFlag(Kinds.Memory))
                    {
                        kinds.Add("memory");
                    }
                    if (slot.Kinds.HasFlag(Kinds.Immediate))
                    {
                        kinds.Add("number");
                    }
                    if (slot.Kinds.HasFlag(Kinds.Count))
                    {
                        kinds.Add("CL");
                    }
                    return string.Join(" or ", kinds);
                })
            );

    private static CompileException Bad(Position position, string message) =>
        new(position, DiagnosticCode.Operand, message);
}
