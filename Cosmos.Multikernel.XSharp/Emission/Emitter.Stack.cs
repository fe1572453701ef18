using Cosmos.Multikernel.XSharp.Semantics;
using Cosmos.Multikernel.XSharp.Syntax;

namespace Cosmos.Multikernel.XSharp.Emission;

/// <summary>Push and pop.</summary>
internal sealed partial class Emitter
{
    /// <summary>The order in which 64-bit code pushes all: memory then reads R15 … R8 RDI RSI RBP RDX RCX RBX RAX upward.</summary>
    private static readonly string[] AllRegisters =
    [
        .. "RAX RBX RCX RDX RBP RSI RDI R8 R9 R10 R11 R12 R13 R14 R15".Split(' '),
    ];

    private void Stack(StackStatement stack)
    {
        switch (stack.Special)
        {
            case StackSpecial.All when stack.Push:
                PushAll();
                break;
            case StackSpecial.All:
                PopAll();
                break;
            case StackSpecial.Flags:
                var suffix = Context.Bits switch
                {
                    16 => "w",
                    32 => "d",
                    _ => "q",
                };
                Instruct((stack.Push ? "pushf" : "popf") + suffix);
                break;
            default:
                Instruct($"{(stack.Push ? "push" : "pop")} {StackOperand(stack)}");
                break;
        }
    }

    private void PushAll()
    {
        if (Context.Bits != 64)
        {
            Instruct(Context.Bits == 16 ? "pushaw" : "pushad");
            return;
        }
        foreach (var register in AllRegisters)
        {
            Instruct($"push {register}");
        }
    }

    private void PopAll()
    {
        if (Context.Bits != 64)
        {
            Instruct(Context.Bits == 16 ? "popaw" : "popad");
            return;
        }
        foreach (var register in AllRegisters.Reverse())
        {
            Instruct($"pop {register}");
        }
    }

    private string StackOperand(StackStatement stack)
    {
        var operand = stack.Operand!;
        switch (operand)
        {
            case RegisterOperand { Register.Class: RegisterClass.Segment } segment:
                CheckSegment(segment, stack.Push);
                return segment.Register.Name;
            case RegisterOperand register:
                OperandWriter.CheckGeneral(register);
                CheckStackSize(register.Register.Bits, register);
                return operands.Register(register);
            case MemoryOperand memory:
                var bits = memory.Bits ?? Context.Bits;
                CheckStackSize(bits, memory);
                return operands.Write(memory, bits, false);
            default:
                if (!stack.Push)
                {
                    throw new CompileException(
                        operand.Position,
                        DiagnosticCode.Operand,
                        "expected a register or memory to pop into"
                    );
                }
                return PushedNumber((ImmediateOperand)operand);
        }
    }

    private string PushedNumber(ImmediateOperand number)
    {
        var bits = number.Bits ?? Context.Bits;
        CheckStackSize(bits, number);
        return $"{OperandWriter.Keyword(bits)} {operands.Immediate(number, bits)}";
    }

    private void CheckStackSize(int bits, Operand operand)
    {
        var fits = Context.Bits == 64 ? bits is 16 or 64 : bits is 16 or 32;
        if (!fits)
        {
            throw new CompileException(
                operand.Position,
                DiagnosticCode.Operand,
                $"{Context.Bits}-bit code pushes and pops 16 or {(Context.Bits == 64 ? 64 : 32)} bits, not {bits}"
            );
        }
    }

    private void CheckSegment(RegisterOperand segment, bool push)
    {
        if (Context.Bits == 64 && segment.Register.Name is not ("FS" or "GS"))
        {
            throw new CompileException(
                segment.Position,
                DiagnosticCode.Operand,
                "64-bit code pushes and pops FS and GS only"
            );
        }
        if (!push && segment.Register.Name == "CS")
        {
            throw new CompileException(
                segment.Position,
                DiagnosticCode.Operand,
                "CS is loaded by a far jump or far return only: goto $08:Label, RetFar"
            );
        }
    }
}
