using System.Globalization;
using Cosmos.Multikernel.XSharp.Semantics;
using Cosmos.Multikernel.XSharp.Syntax;

namespace Cosmos.Multikernel.XSharp.Emission;

/// <summary>Arithmetic, shifts, exchange, comparison.</summary>
internal sealed partial class Emitter
{
    private void Operate(OperatorStatement operation)
    {
        OperandWriter.CheckHighBytes(operation.Target, operation.Source);
        switch (operation.Operator)
        {
            case "+":
                Binary("add", operation);
                break;
            case "-":
                Binary("sub", operation);
                break;
            case "&":
                Binary("and", operation);
                break;
            case "|":
                Binary("or", operation);
                break;
            case "^":
                Binary("xor", operation);
                break;
            case "?=":
                Binary("cmp", operation);
                break;
            case "?&":
                Binary("test", operation);
                break;
            case "*":
                General(operation.Target, 16);
                Binary("imul", operation);
                break;
            case "/" or "%":
                Divide(operation);
                break;
            case "<->":
                Exchange(operation);
                break;
            default:
                Shift(operation);
                break;
        }
    }

    private void Binary(string mnemonic, OperatorStatement operation) =>
        Binary(mnemonic, operation.Target, operation.Source, operation.Position);

    private void Binary(string mnemonic, Operand target, Operand source, Position position)
    {
        if (target is MemoryOperand && source is MemoryOperand)
        {
            throw new CompileException(
                position,
                DiagnosticCode.Operand,
                $"{mnemonic} has one memory operand at most: go through a register"
            );
        }
        var bits = operands.CommonSize(position, target, source);
        var visible = target is RegisterOperand || source is RegisterOperand;
        Instruct(
            $"{mnemonic} {operands.Write(target, bits, visible)}, {operands.Write(source, bits, visible)}"
        );
    }

    /// <summary>Divides without sign: the quotient or the remainder goes to the accumulator, DX is destroyed.</summary>
    private void Divide(OperatorStatement operation)
    {
        var target = General(operation.Target, 16);
        if (!target.Register.IsAccumulator)
        {
            throw new CompileException(
                target.Position,
                DiagnosticCode.Operand,
                "the CPU divides AX, EAX or RAX only"
            );
        }
        var bits = target.Register.Bits;
        var high = Register.General(2, bits);
        if (operation.Source is ImmediateOperand)
        {
            throw new CompileException(
                operation.Source.Position,
                DiagnosticCode.Operand,
                "the CPU divides by a register or memory, not by a number"
            );
        }
        if (Uses(operation.Source, high.Number))
        {
            throw new CompileException(
                operation.Source.Position,
                DiagnosticCode.Operand,
                $"{high.Name} is cleared before the division: divide by something else"
            );
        }
        operands.CommonSize(operation.Position, target, operation.Source);
        var name = operands.Register(target);
        var source = operands.Write(operation.Source, bits, operation.Source is RegisterOperand);
        Instruct($"xor {high.Name}, {high.Name}");
        Instruct($"div {source}");
        if (operation.Operator == "%")
        {
            Instruct($"mov {name}, {high.Name}");
        }
    }

    private static bool Uses(Operand operand, int number) =>
        operand switch
        {
            RegisterOperand register => register.Register.Number == number,
            MemoryOperand memory => memory.Base?.Number == number || memory.Index?.Number == number,
            _ => false,
        };

    private void Exchange(OperatorStatement operation)
    {
        if (
            operation.Target is not RegisterOperand && operation.Source is not RegisterOperand
            || operation.Source is ImmediateOperand
        )
        {
            throw new CompileException(
                operation.Source.Position,
                DiagnosticCode.Operand,
                "expected a register on one side of <-> and a register or memory on the other"
            );
        }
        Binary("xchg", operation);
    }

    private void Shift(OperatorStatement operation)
    {
        var mnemonic = operation.Operator switch
        {
            "<<" => "shl",
            ">>" => "shr",
            "s>>" => "sar",
            "~>" => "ror",
            _ => "rol",
        };
        // 'as dword' at the end of '[RDI] << 1 as dword' speaks of the memory, though it stands at the number.
        var bits =
            operation.Source is ImmediateOperand
                ? operands.CommonSize(operation.Position, operation.Target, operation.Source)
                : operands.CommonSize(operation.Position, operation.Target);
        Instruct(
            $"{mnemonic} {operands.Write(operation.Target, bits, operation.Target is RegisterOperand)}, {ShiftCount(operation.Source, bits)}"
        );
    }

    private string ShiftCount(Operand count, int bits)
    {
        switch (count)
        {
            case RegisterOperand { Register.Name: "CL" }:
                return "CL";
            case ImmediateOperand immediate:
                Table.Need(immediate.Value, Context, "the count of a shift", 0, bits - 1);
                return expressions.Write(immediate.Value, Context);
            default:
                throw new CompileException(
                    count.Position,
                    DiagnosticCode.Operand,
                    "expected a number or CL as the count of a shift"
                );
        }
    }

    private void Increment(IncrementStatement increment)
    {
        var bits = operands.CommonSize(increment.Position, increment.Target);
        var target = operands.Write(increment.Target, bits, increment.Target is RegisterOperand);
        Instruct($"{(increment.Up ? "inc" : "dec")} {target}");
    }

    private void Port(PortStatement port)
    {
        if (
            port.Value
            is not RegisterOperand { Register: { IsAccumulator: true, Bits: <= 32 } } value
        )
        {
            throw new CompileException(
                port.Value.Position,
                DiagnosticCode.Operand,
                "expected AL, AX or EAX as the value of a port"
            );
        }
        string number;
        switch (port.Port)
        {
            case RegisterOperand { Register.Name: "DX" }:
                number = "DX";
                break;
            case ImmediateOperand immediate:
                Table.Need(immediate.Value, Context, "the number of a port outside DX", 0, 255);
                number = expressions.Write(immediate.Value, Context);
                break;
            default:
                throw new CompileException(
                    port.Port.Position,
                    DiagnosticCode.Operand,
                    "expected DX or a number as the port"
                );
        }
        Instruct(
            port.Output
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"out {number}, {value.Register.Name}"
                )
                : string.Create(CultureInfo.InvariantCulture, $"in {value.Register.Name}, {number}")
        );
    }
}
