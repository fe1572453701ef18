using Cosmos.Multikernel.XSharp.Semantics;
using Cosmos.Multikernel.XSharp.Syntax;

namespace Cosmos.Multikernel.XSharp.Emission;

/// <summary>Everything spelled with <c>=</c>.</summary>
internal sealed partial class Emitter
{
    private void Move(MoveStatement move)
    {
        OperandWriter.CheckHighBytes(move.Target, move.Source);
        if (
            move.Target is MemoryOperand
            && move.Source is MemoryOperand
            && move.Kind is MoveKind.Plain
        )
        {
            throw new CompileException(
                move.Position,
                DiagnosticCode.Operand,
                "memory cannot be moved to memory: go through a register"
            );
        }
        switch (move.Kind)
        {
            case MoveKind.Plain when IsSpecial(move.Target) || IsSpecial(move.Source):
                MoveSpecial(move);
                break;
            case MoveKind.Plain when move.Target is RegisterOperand target:
                MoveToRegister(target, move.Source, move.Position);
                break;
            case MoveKind.Plain:
                var bits = operands.CommonSize(move.Position, move.Target, move.Source);
                var visible = move.Source is RegisterOperand;
                Instruct(
                    $"mov {operands.Write(move.Target, bits, visible)}, {operands.Write(move.Source, bits, visible)}"
                );
                break;
            case MoveKind.Signed:
                MoveSigned(move);
                break;
            case MoveKind.Not or MoveKind.Negate:
                MoveInverted(move);
                break;
            case MoveKind.Absolute:
                MoveAbsolute(move);
                break;
            case MoveKind.EffectiveAddress:
                var register = General(move.Target, 16);
                Instruct(
                    $"lea {operands.Register(register)}, {operands.Memory((MemoryOperand)move.Source)}"
                );
                break;
        }
    }

    private static bool IsSpecial(Operand operand) =>
        operand is RegisterOperand { Register.IsGeneral: false };

    private static RegisterOperand General(Operand operand, int leastBits)
    {
        if (
            operand is RegisterOperand { Register.IsGeneral: true } register
            && register.Register.Bits >= leastBits
        )
        {
            return register;
        }
        throw new CompileException(
            operand.Position,
            DiagnosticCode.Operand,
            leastBits > 8
                ? $"expected a general register of {leastBits} bits or more"
                : "expected a general register"
        );
    }

    private void MoveToRegister(RegisterOperand target, Operand source, Position position)
    {
        var name = operands.Register(target);
        var bits = target.Register.Bits;
        switch (source)
        {
            case ImmediateOperand immediate:
                MoveNumber(target, immediate);
                return;
            case RegisterOperand register when register.Register.Bits < bits:
                operands.Register(register);
                Extend(target, register, register.Register.Bits);
                return;
            case MemoryOperand { Bits: { } said } memory when said < bits:
                Extend(target, memory, said);
                return;
            default:
                operands.CommonSize(position, target, source);
                Instruct($"mov {name}, {operands.Write(source, bits, true)}");
                return;
        }
    }

    /// <summary>Fills the upper bits with zero.</summary>
    private void Extend(RegisterOperand target, Operand source, int bits)
    {
        if (bits == 32)
        {
            // Writing the lower half of a 64-bit register clears the upper (SDM vol. 1, 3.4.1.1).
            var half = Register.General(target.Register.Number, 32);
            Instruct($"mov {half.Name}, {operands.Write(source, 32, true)}");
            return;
        }
        Instruct(
            $"movzx {operands.Register(target)}, {operands.Write(source, bits, source is RegisterOperand)}"
        );
    }

    private void MoveNumber(RegisterOperand target, ImmediateOperand source)
    {
        var bits = target.Register.Bits;
        if (source.Bits is { } said && said != bits)
        {
            throw new CompileException(
                source.Position,
                DiagnosticCode.Operand,
                $"sizes differ: {target.Register.Name} has {bits} bits, the number {said}"
            );
        }
        if (Table.Evaluate(source.Value, Context) is { } value)
        {
            OperandWriter.CheckFits(value, bits, source.Position);
        }
        else if (
            Context.Bits == 64
            && bits >= 32
            && operands.Relative(source.Value) is { } relative
        )
        {
            Instruct($"lea {target.Register.Name}, [rel {relative}]");
            return;
        }
        Instruct($"mov {target.Register.Name}, {expressions.Write(source.Value, Context)}");
    }

    private void MoveAbsolute(MoveStatement move)
    {
        var target = General(move.Target, 16);
        var source = (ImmediateOperand)move.Source;
        if (Table.Evaluate(source.Value, Context) is { } value)
        {
            OperandWriter.CheckFits(value, target.Register.Bits, source.Position);
        }
        var size = target.Register.Bits == 64 ? "qword " : "";
        Instruct(
            $"mov {operands.Register(target)}, {size}{expressions.WriteLinked(source.Value, Context)}"
        );
    }

    private void MoveSigned(MoveStatement move)
    {
        var target = General(move.Target, 16);
        var bits = operands.SizeOf(move.Source);
        if (move.Source is ImmediateOperand || IsSpecial(move.Source))
        {
            throw new CompileException(
                move.Source.Position,
                DiagnosticCode.Operand,
                "expected a general register or memory after signed"
            );
        }
        if (bits is null || bits >= target.Register.Bits)
        {
            throw new CompileException(
                move.Source.Position,
                DiagnosticCode.Operand,
                $"expected something smaller than {target.Register.Name} to extend with its sign (memory: as byte, as word, as dword)"
            );
        }
        Instruct(
            $"{(bits == 32 ? "movsxd" : "movsx")} {operands.Register(target)}, {operands.Write(move.Source, bits.Value, move.Source is RegisterOperand)}"
        );
    }

    /// <summary>Writes <c>EAX = ~EBX</c>: a move unless source and target are one, then not or neg.</summary>
    private void MoveInverted(MoveStatement move)
    {
        var bits = operands.CommonSize(move.Position, move.Target, move.Source);
        var visible = move.Target is RegisterOperand || move.Source is RegisterOperand;
        var target = operands.Write(move.Target, bits, visible);
        var source = operands.Write(move.Source, bits, visible);
        if (target != source)
        {
            if (move.Target is MemoryOperand && move.Source is MemoryOperand)
            {
                throw new CompileException(
                    move.Position,
                    DiagnosticCode.Operand,
                    "memory cannot be moved to memory: go through a register"
                );
            }
            Instruct($"mov {target}, {source}");
        }
        Instruct(
            $"{(move.Kind == MoveKind.Not ? "not" : "neg")} {operands.Write(move.Target, bits, move.Target is RegisterOperand)}"
        );
    }

    /// <summary>Moves from and to segment, control and debug registers.</summary>
    private void MoveSpecial(MoveStatement move)
    {
        var special = (RegisterOperand)(IsSpecial(move.Target) ? move.Target : move.Source);
        var other = IsSpecial(move.Target) ? move.Source : move.Target;
        var toSpecial = IsSpecial(move.Target);
        var isSegment = special.Register.Class == RegisterClass.Segment;
        var native = Context.Bits == 64 ? 64 : 32;
        var fits = other switch
        {
            RegisterOperand { Register.IsGeneral: true } general => isSegment
                ? general.Register.Bits == 16 || (!toSpecial && general.Register.Bits >= 32)
                : general.Register.Bits == native,
            MemoryOperand memory => isSegment && memory.Bits is null or 16,
            _ => false,
        };
        if (!fits)
        {
            throw new CompileException(
                other.Position,
                DiagnosticCode.Operand,
                isSegment
                    ? $"expected a 16-bit register or memory beside {special.Register.Name}"
                    : $"expected a {native}-bit register beside {special.Register.Name} in {Context.Bits}-bit code"
            );
        }
        if (toSpecial && special.Register.Name == "CS")
        {
            throw new CompileException(
                special.Position,
                DiagnosticCode.Operand,
                "CS is loaded by a far jump or far return only: goto $08:Label, RetFar"
            );
        }
        Instruct(
            $"mov {operands.Write(move.Target, 16, true)}, {operands.Write(move.Source, 16, true)}"
        );
    }
}
