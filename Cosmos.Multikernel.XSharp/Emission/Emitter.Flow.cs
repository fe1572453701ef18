using System.Globalization;
using Cosmos.Multikernel.XSharp.Semantics;
using Cosmos.Multikernel.XSharp.Syntax;

namespace Cosmos.Multikernel.XSharp.Emission;

/// <summary>Calls, jumps, blocks.</summary>
internal sealed partial class Emitter
{
    private readonly Dictionary<string, int> blocks = [];
    private readonly Stack<(string Begin, string End)> loops = [];

    /// <summary>The prefix of the next block's labels: <c>X_F_Block1</c>.</summary>
    private string NextBlock()
    {
        var prefix = Context.Function ?? Context.Namespace;
        var number = blocks[prefix] = blocks.GetValueOrDefault(prefix) + 1;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{(prefix.Length == 0 ? "" : prefix + "_")}Block{number}"
        );
    }

    private void Call(CallStatement call)
    {
        foreach (var argument in call.Arguments)
        {
            Instruct(
                $"push {StackOperand(new StackStatement(true, StackSpecial.None, argument, argument.Position))}"
            );
        }
        Instruct($"call {Destination(call.Target)}");
    }

    /// <summary>Where a call or jump goes.</summary>
    private string Destination(Operand target)
    {
        switch (target)
        {
            case ImmediateOperand label:
                return operands.Label(label);
            case RegisterOperand register:
                OperandWriter.CheckGeneral(register);
                CheckDestinationSize(register.Register.Bits, register);
                return operands.Register(register);
            default:
                var memory = (MemoryOperand)target;
                if (memory.Bits is not { } bits)
                {
                    return operands.Memory(memory);
                }
                CheckDestinationSize(bits, memory);
                return operands.Write(memory, bits, false);
        }
    }

    private void CheckDestinationSize(int bits, Operand operand)
    {
        if (Context.Bits == 64 ? bits != 64 : bits is not (16 or 32))
        {
            throw new CompileException(
                operand.Position,
                DiagnosticCode.Operand,
                $"{Context.Bits}-bit code does not go to an address of {bits} bits"
            );
        }
    }

    private void FarGoto(FarGotoStatement jump)
    {
        if (Context.Bits == 64)
        {
            throw new CompileException(
                jump.Position,
                DiagnosticCode.Operand,
                "64-bit code has no direct far jump: push selector and address, then RetFar"
            );
        }
        var bits = jump.Bits ?? Context.Bits;
        if (bits is not (16 or 32))
        {
            throw new CompileException(
                jump.Position,
                DiagnosticCode.Operand,
                "expected 'as word' or 'as dword': the offset of a far jump"
            );
        }
        Table.Need(jump.Selector, Context, "a selector", 0, 0xFFFF);
        var size = bits == Context.Bits ? "" : OperandWriter.Keyword(bits) + " ";
        Instruct(
            $"jmp {size}{expressions.Write(jump.Selector, Context)}:{expressions.Write(jump.Offset, Context)}"
        );
    }

    private void FarGoto(FarGotoMemoryStatement jump)
    {
        if (jump.Target is not MemoryOperand memory)
        {
            throw new CompileException(
                jump.Target.Position,
                DiagnosticCode.Operand,
                "expected memory after goto far"
            );
        }
        var bits = memory.Bits ?? Context.Bits;
        if (bits == 8 || (bits == 64 && Context.Bits != 64))
        {
            throw new CompileException(
                memory.Position,
                DiagnosticCode.Operand,
                "expected 'as word' or 'as dword' (in 64-bit code also 'as qword'): the size of the offset"
            );
        }
        Instruct($"jmp {OperandWriter.Keyword(bits)} far {operands.Memory(memory)}");
    }

    private void Ret(RetStatement ret)
    {
        var mnemonic = ret.Kind switch
        {
            ReturnKind.Near => "ret",
            ReturnKind.Far => Context.Bits == 64 ? "retfq" : "retf",
            _ => InterruptReturn,
        };
        if (ret.Bytes is null)
        {
            Instruct(mnemonic);
            return;
        }
        var bytes = Table.Need(ret.Bytes, Context, "the number of bytes to drop", 0, 0xFFFF);
        Instruct(string.Create(CultureInfo.InvariantCulture, $"{mnemonic} {bytes}"));
    }

    private void ConditionalJump(ConditionalJump jump)
    {
        var target = jump.Target switch
        {
            null => ExitLabel(jump.Position),
            ImmediateOperand label => operands.Label(label),
            _ => throw new CompileException(
                jump.Target.Position,
                DiagnosticCode.Operand,
                "expected a label: a conditional jump does not go through registers or memory"
            ),
        };
        JumpIf(jump.Condition, target);
    }

    protected override void OnIf(IReadOnlyList<IfBranch> branches, Position position)
    {
        operands.Context = Context;
        code.At(position);
        RefuseCodeInSpace(position);
        var block = NextBlock();
        for (var i = 0; i < branches.Count; i++)
        {
            operands.Context = Context;
            var isLast = i == branches.Count - 1;
            var next =
                isLast ? $"{block}_End"
                : i == 0 ? $"{block}_Else"
                : string.Create(CultureInfo.InvariantCulture, $"{block}_Else{i + 1}");
            if (branches[i].Condition is { } condition)
            {
                JumpUnless(condition, next);
            }
            Walk(branches[i].Body);
            if (!isLast)
            {
                Instruct($"jmp {block}_End");
                code.Label(next);
            }
        }
        code.Label($"{block}_End");
    }

    private void Loop(WhileStatement loop)
    {
        var block = NextBlock();
        var labels = (Begin: $"{block}_Begin", End: $"{block}_End");
        code.Label(labels.Begin);
        if (loop.Condition is { } condition)
        {
            JumpUnless(condition, labels.End);
        }
        loops.Push(labels);
        Walk(loop.Body);
        loops.Pop();
        Instruct($"jmp {labels.Begin}");
        code.Label(labels.End);
    }

    private void Break(BreakStatement leave)
    {
        if (!loops.TryPeek(out var labels))
        {
            throw new CompileException(
                leave.Position,
                DiagnosticCode.Placement,
                $"{(leave.Continue ? "continue" : "break")} stands in while or loop"
            );
        }
        Instruct($"jmp {(leave.Continue ? labels.Begin : labels.End)}");
    }
}
