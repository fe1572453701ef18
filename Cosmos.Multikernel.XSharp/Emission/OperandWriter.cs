using System.Globalization;
using System.Numerics;
using Cosmos.Multikernel.XSharp.Semantics;
using Cosmos.Multikernel.XSharp.Syntax;

namespace Cosmos.Multikernel.XSharp.Emission;

/// <summary>Writes operands for NASM and checks that the CPU has them: sizes, ranges, addressing.</summary>
internal sealed class OperandWriter(SymbolTable table, ExpressionWriter expressions)
{
    /// <summary>What must be known of the place: code size, names, origin. Set for each statement.</summary>
    public Context Context { get; set; } = new();

    private int CodeBits => Context.Bits;

    public static string Keyword(int bits) =>
        bits switch
        {
            8 => "byte",
            16 => "word",
            32 => "dword",
            _ => "qword",
        };

    /// <summary>The size that an operand has by itself: of the register, or said, or declared.</summary>
    public int? SizeOf(Operand operand) =>
        operand switch
        {
            RegisterOperand register => register.Register.Bits,
            ImmediateOperand immediate => immediate.Bits,
            MemoryOperand memory => memory.Bits ?? DeclaredSize(memory),
            _ => null,
        };

    private int? DeclaredSize(MemoryOperand memory) =>
        memory.Variable is null ? null : table.Resolve(memory.Variable, Context).Bits;

    /// <summary>The one size of several operands: that of the registers, or else said, or else declared.</summary>
    public int CommonSize(Position position, params IReadOnlyList<Operand> operands)
    {
        int? size = null;
        Operand? decisive = null;
        foreach (var register in operands.OfType<RegisterOperand>())
        {
            CheckGeneral(register);
            Agree(register, register.Register.Bits);
        }
        foreach (var operand in operands)
        {
            var said = operand switch
            {
                MemoryOperand memory => memory.Bits,
                ImmediateOperand immediate => immediate.Bits,
                _ => null,
            };
            if (said is { } bits)
            {
                Agree(operand, bits);
            }
        }
        size ??= operands
            .OfType<MemoryOperand>()
            .Select(DeclaredSize)
            .FirstOrDefault(b => b is not null);
        return size
            ?? throw new CompileException(
                position,
                DiagnosticCode.Operand,
                "nothing says the size: expected 'as byte', 'as word', 'as dword' or 'as qword'"
            );

        void Agree(Operand operand, int bits)
        {
            if (size is not null && size != bits)
            {
                throw new CompileException(
                    operand.Position,
                    DiagnosticCode.Operand,
                    $"sizes differ: {Describe(decisive!)} has {size} bits, {Describe(operand)} {bits}"
                );
            }
            size = bits;
            decisive = operand;
        }
    }

    public static string Describe(Operand operand) =>
        operand switch
        {
            RegisterOperand register => register.Register.Name,
            MemoryOperand => "the memory operand",
            _ => "the number",
        };

    public static void CheckGeneral(RegisterOperand register)
    {
        if (!register.Register.IsGeneral)
        {
            throw new CompileException(
                register.Position,
                DiagnosticCode.Operand,
                $"expected a general register: {register.Register.Name} is only moved from and to general registers"
            );
        }
    }

    /// <summary>A register, checked to exist in this code size.</summary>
    public string Register(RegisterOperand operand)
    {
        if (operand.Register.Only64 && CodeBits != 64)
        {
            throw new CompileException(
                operand.Position,
                DiagnosticCode.Operand,
                $"{operand.Register.Name} exists only in 64-bit code (bits 64)"
            );
        }
        return operand.Register.Name;
    }

    /// <summary>An operand whose size the other operands say.</summary>
    public string Write(Operand operand, int bits, bool sizeIsVisible) =>
        operand switch
        {
            RegisterOperand register => Register(register),
            MemoryOperand memory when sizeIsVisible => Memory(memory),
            MemoryOperand memory => $"{Keyword(bits)} {Memory(memory)}",
            ImmediateOperand immediate => Immediate(immediate, bits),
            _ => throw new InvalidOperationException(operand.GetType().Name),
        };

    /// <summary>A number of an instruction other than mov: 64-bit instructions extend 32 bits with their sign.</summary>
    public string Immediate(ImmediateOperand operand, int bits)
    {
        if (table.Evaluate(operand.Value, Context) is { } value)
        {
            CheckFits(value, bits, operand.Position);
            if (bits == 64 && !FitsSigned32(value))
            {
                throw new CompileException(
                    operand.Position,
                    DiagnosticCode.Range,
                    $"{Hex(value)} does not fit: this instruction extends 32 bits to 64 with their sign (move the number to a register first)"
                );
            }
        }
        return expressions.Write(operand.Value, Context);
    }

    /// <summary>Refuses a number that has no representation in so many bits, with or without sign.</summary>
    public static void CheckFits(BigInteger value, int bits, Position position)
    {
        if (value < -(BigInteger.One << (bits - 1)) || value >= BigInteger.One << bits)
        {
            throw new CompileException(
                position,
                DiagnosticCode.Range,
                $"{Hex(value)} does not fit in {bits} bits"
            );
        }
    }

    private static string Hex(BigInteger value) =>
        value > 0xFFFF
            ? "$" + value.ToString("X", CultureInfo.InvariantCulture).TrimStart('0')
            : value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether 32 bits, extended with their sign, give this 64-bit pattern.</summary>
    public static bool FitsSigned32(BigInteger value)
    {
        var pattern = value >= BigInteger.One << 63 ? value - (BigInteger.One << 64) : value;
        return pattern >= int.MinValue && pattern <= int.MaxValue;
    }

    /// <summary>Memory in brackets, without size.</summary>
    public string Memory(MemoryOperand memory)
    {
        CheckAddressing(memory);
        var text = memory.Segment is null ? "[" : $"[{memory.Segment.Name}:";
        var parts = new List<string>();
        if (memory.Base is not null)
        {
            parts.Add(memory.Base.Name);
        }
        if (memory.Index is not null)
        {
            parts.Add(
                memory.Scale == 1
                    ? memory.Index.Name
                    : string.Create(
                        CultureInfo.InvariantCulture,
                        $"{memory.Index.Name} * {memory.Scale}"
                    )
            );
        }
        text += string.Join(" + ", parts);
        if (memory.Displacement is null)
        {
            return text + "]";
        }
        if (!memory.HasRegister)
        {
            return $"{text}{Direct(memory.Displacement)}]";
        }
        var displacement = Displacement(memory.Displacement);
        return displacement.StartsWith('-')
            ? $"{text} - {displacement[1..]}]"
            : $"{text} + {displacement}]";
    }

    private string Displacement(Expression displacement)
    {
        if (
            table.Evaluate(displacement, Context) is { } value
            && (CodeBits == 64 ? !FitsSigned32(value) : !FitsAddress(value))
        )
        {
            throw new CompileException(
                displacement.Position,
                DiagnosticCode.Range,
                $"{Hex(value)} does not fit in an address"
            );
        }
        var text = expressions.Write(displacement, Context);
        return text.StartsWith('-') && displacement is BinaryExpression ? $"({text})" : text;
    }

    private static bool FitsAddress(BigInteger value) =>
        value >= int.MinValue && value <= uint.MaxValue;

    /// <summary>An address without registers: relative to RIP in 64-bit code where that is possible.</summary>
    private string Direct(Expression displacement)
    {
        if (CodeBits == 64)
        {
            if (Relative(displacement) is { } relative)
            {
                return "rel " + relative;
            }
            return "abs " + Displacement(displacement);
        }
        return Displacement(displacement);
    }

    /// <summary>
    /// The text of an address that RIP-relative addressing reaches in 64-bit code; null when the address must be
    /// written as a number: it is computed, or lies in an <c>org</c> stretch that this code is not part of.
    /// </summary>
    public string? Relative(Expression expression)
    {
        if (
            expressions.Split(expression, Context) is not var (symbol, offset)
            || !FitsSigned32(offset)
        )
        {
            return null;
        }
        if (IsTogether(symbol))
        {
            return expressions.WriteLinked(expression, Context);
        }
        if (symbol.Origin is null)
        {
            throw new CompileException(
                expression.Position,
                DiagnosticCode.Operand,
                $"{symbol.Name} cannot be reached relative to code that org moves: load its address with 'absolute @.{symbol.Name}'"
            );
        }
        return null;
    }

    /// <summary>Whether a symbol keeps its distance from this code when the code is moved.</summary>
    public bool IsTogether(Symbol symbol) =>
        symbol.IsElsewhere
            ? symbol.Origin is null && Context.Origin is null
            : symbol.Origin == Context.Origin;

    /// <summary>The operand of a jump or call to a label.</summary>
    public string Label(ImmediateOperand target)
    {
        if (expressions.Split(target.Value, Context) is not var (symbol, _))
        {
            throw new CompileException(
                target.Position,
                DiagnosticCode.Operand,
                "expected a label, a function, a register or memory"
            );
        }
        if (!IsTogether(symbol))
        {
            throw new CompileException(
                target.Position,
                DiagnosticCode.Operand,
                $"a relative jump between code that org moves and other code goes astray: load 'absolute @.{symbol.Name}' into a register and go there"
            );
        }
        return expressions.WriteLinked(target.Value, Context);
    }

    private void CheckAddressing(MemoryOperand memory)
    {
        foreach (var register in (Register?[])[memory.Base, memory.Index])
        {
            if (register is not null)
            {
                Register(new RegisterOperand(register, memory.Position));
            }
        }
        if (
            memory.Base is not null
            && memory.Index is not null
            && memory.Base.Bits != memory.Index.Bits
        )
        {
            throw Bad($"{memory.Base.Name} and {memory.Index.Name} have different sizes");
        }
        if (memory.Index is { IsStackPointer: true })
        {
            throw Bad($"{memory.Index.Name} cannot be scaled or stand second");
        }
        if ((memory.Base ?? memory.Index) is not { Bits: 16 })
        {
            return;
        }
        if (CodeBits == 64)
        {
            throw Bad("64-bit code has no addresses with 16-bit registers");
        }
        // Only [BX|BP] + [SI|DI] + number exists with 16-bit registers.
        string[] bases = ["BX", "BP"];
        string[] indexes = ["SI", "DI"];
        var first = memory.Base?.Name;
        var second = memory.Index?.Name;
        var exists =
            memory.Scale == 1
            && (
                second is null
                    ? bases.Contains(first) || indexes.Contains(first)
                    : (bases.Contains(first) && indexes.Contains(second))
                        || (bases.Contains(second) && indexes.Contains(first))
            );
        if (!exists)
        {
            throw Bad("with 16-bit registers an address is [BX or BP + SI or DI + number]");
        }

        CompileException Bad(string message) =>
            new(memory.Position, DiagnosticCode.Operand, message);
    }

    /// <summary>Refuses AH, BH, CH and DH where another operand makes a REX prefix necessary.</summary>
    public static void CheckHighBytes(params IReadOnlyList<Operand> operands)
    {
        RegisterOperand? high = null;
        string? extended = null;
        foreach (var operand in operands)
        {
            if (operand is RegisterOperand register)
            {
                high = register.Register.IsHighByte ? register : high;
                extended = register.Register.NeedsRex ? register.Register.Name : extended;
            }
            else if (operand is MemoryOperand memory)
            {
                extended =
                    memory.Base is { Number: >= 8 } ? memory.Base.Name
                    : memory.Index is { Number: >= 8 } ? memory.Index.Name
                    : extended;
            }
        }
        if (high is not null && extended is not null)
        {
            throw new CompileException(
                high.Position,
                DiagnosticCode.Operand,
                $"{high.Register.Name} and {extended} cannot stand in one instruction"
            );
        }
    }
}
