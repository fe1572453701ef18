using System.Numerics;
using Cosmos.Multikernel.XSharp.Semantics;

namespace Cosmos.Multikernel.XSharp.Syntax;

/// <summary>Operands: registers, memory, and expressions.</summary>
internal sealed partial class Parser
{
    private Operand Operand()
    {
        Operand operand;
        if (
            Current.Kind == TokenKind.Word
            && SizeOf(Current) is { } bits
            && Register.Find(Current.Text) is null
        )
        {
            at++;
            operand = WithSize(UnsizedOperand(), bits);
        }
        else
        {
            operand = UnsizedOperand();
        }
        if (TakeIfWord("as"))
        {
            operand = WithSize(operand, ExpectSize());
        }
        return operand;
    }

    private static Operand WithSize(Operand operand, int bits)
    {
        switch (operand)
        {
            case MemoryOperand memory:
                return memory with { Bits = bits };
            case ImmediateOperand immediate:
                return immediate with { Bits = bits };
            case RegisterOperand register when register.Register.Bits == bits:
                return register;
            default:
                throw new CompileException(
                    operand.Position,
                    DiagnosticCode.Operand,
                    $"the size of a register is that of the register: {bits} bits were asked for"
                );
        }
    }

    private Operand UnsizedOperand()
    {
        var token = Current;
        if (token.Is("."))
        {
            return Variable(null);
        }
        if (token.Is("["))
        {
            return Memory(null, null, token.Position);
        }
        if (token.Kind == TokenKind.Word && Register.Find(token.Text) is { } register)
        {
            at++;
            if (register.Class == RegisterClass.Segment && TakeIf(":"))
            {
                return SegmentOperand(register);
            }
            return register.IsGeneral && Current.Is("[")
                ? Memory(register, null, token.Position)
                : new RegisterOperand(register, token.Position);
        }
        return new ImmediateOperand(Expression(), null, token.Position);
    }

    private MemoryOperand SegmentOperand(Register segment)
    {
        var token = Current;
        if (token.Is("."))
        {
            return Variable(segment);
        }
        if (token.Is("["))
        {
            return Memory(null, segment, token.Position);
        }
        if (
            token.Kind == TokenKind.Word
            && Register.Find(token.Text) is { IsGeneral: true } register
            && Following.Is("[")
        )
        {
            at++;
            return Memory(register, segment, token.Position);
        }
        throw Expected("memory ([..] or .V) after the segment");
    }

    /// <summary>Parses <c>.V</c>, <c>.V[4]</c>, <c>.V[RCX*8]</c>.</summary>
    private MemoryOperand Variable(Register? segment)
    {
        var dot = Expect(".");
        var name = Name("the name of a variable");
        Expression address = new AddressExpression(name, dot.Position);
        if (TakeIf("["))
        {
            var offset = Expression(Names.Registers);
            Expect("]");
            address = new BinaryExpression(address, "+", offset, dot.Position);
        }
        return Addressing(address, segment, dot.Position) with { Variable = name };
    }

    /// <summary>Parses <c>[..]</c>; after a register (<c>EDI[4]</c>) that register is added.</summary>
    private MemoryOperand Memory(Register? register, Register? segment, Position position)
    {
        Expect("[");
        var address = Expression(Names.Registers);
        Expect("]");
        if (register is not null)
        {
            address = new BinaryExpression(
                new RegisterExpression(register, position),
                "+",
                address,
                position
            );
        }
        return Addressing(address, segment, position);
    }

    /// <summary>Splits a sum into base, index × scale and the rest.</summary>
    private static MemoryOperand Addressing(
        Expression address,
        Register? segment,
        Position position
    )
    {
        Register? single = null;
        Register? scaled = null;
        var scale = 1;
        Expression? rest = null;
        Split(address, false);
        if (single is not null && scaled is { IsStackPointer: true } && scale == 1)
        {
            // The stack pointer cannot be the index; a sum of two plain registers may be turned round.
            (single, scaled) = (scaled, single);
        }
        if (single is null && scaled is not null && scale == 1)
        {
            (single, scaled) = (scaled, null);
        }
        return new MemoryOperand(
            single,
            scaled,
            scale,
            rest is NumberExpression { Value.IsZero: true } && single is not null ? null : rest,
            segment,
            null,
            null,
            position
        );

        void Split(Expression part, bool negative)
        {
            switch (part)
            {
                case BinaryExpression { Operator: "+" } sum:
                    Split(sum.Left, negative);
                    Split(sum.Right, negative);
                    break;
                case BinaryExpression { Operator: "-" } difference:
                    Split(difference.Left, negative);
                    Split(difference.Right, !negative);
                    break;
                case RegisterExpression register when !negative:
                    AddRegister(register.Register, 1, part.Position);
                    break;
                case BinaryExpression
                {
                    Operator: "*",
                    Left: RegisterExpression register,
                    Right: NumberExpression factor
                } when !negative:
                    AddRegister(register.Register, factor.Value, part.Position);
                    break;
                case BinaryExpression
                {
                    Operator: "*",
                    Left: NumberExpression factor,
                    Right: RegisterExpression register
                } when !negative:
                    AddRegister(register.Register, factor.Value, part.Position);
                    break;
                default:
                    RefuseRegisters(part);
                    rest = rest switch
                    {
                        null when negative => new UnaryExpression("-", part, part.Position),
                        null => part,
                        _ => new BinaryExpression(rest, negative ? "-" : "+", part, part.Position),
                    };
                    break;
            }
        }

        void AddRegister(Register register, BigInteger factor, Position where)
        {
            if (!register.IsGeneral || register.Bits < 16)
            {
                throw new CompileException(
                    where,
                    DiagnosticCode.Operand,
                    $"{register.Name} cannot address memory"
                );
            }
            if (factor != 1 && factor != 2 && factor != 4 && factor != 8)
            {
                throw new CompileException(
                    where,
                    DiagnosticCode.Operand,
                    $"a register in an address is scaled by 1, 2, 4 or 8, not {factor}"
                );
            }
            if (factor.IsOne && single is null)
            {
                single = register;
            }
            else if (scaled is null)
            {
                scaled = register;
                scale = (int)factor;
            }
            else if (single is null && scale == 1)
            {
                (single, scaled, scale) = (scaled, register, (int)factor);
            }
            else
            {
                throw new CompileException(
                    where,
                    DiagnosticCode.Operand,
                    "an address has at most two registers, one of them scaled"
                );
            }
        }
    }

    private static void RefuseRegisters(Expression expression)
    {
        switch (expression)
        {
            case RegisterExpression register:
                throw new CompileException(
                    register.Position,
                    DiagnosticCode.Operand,
                    "in an address a register is added, or multiplied by 1, 2, 4 or 8 and added"
                );
            case UnaryExpression unary:
                RefuseRegisters(unary.Operand);
                break;
            case BinaryExpression binary:
                RefuseRegisters(binary.Left);
                RefuseRegisters(binary.Right);
                break;
        }
    }

    private static int? SizeOf(Token token) =>
        token.Kind == TokenKind.Word
            ? token.Text.ToLowerInvariant() switch
            {
                "byte" => 8,
                "word" => 16,
                "dword" => 32,
                "qword" => 64,
                _ => null,
            }
            : null;

    private int ExpectSize()
    {
        var bits = SizeOf(Current) ?? throw Expected("byte, word, dword or qword");
        at++;
        return bits;
    }
}
