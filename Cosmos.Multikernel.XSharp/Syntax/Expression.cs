using System.Numerics;
using Cosmos.Multikernel.XSharp.Semantics;

namespace Cosmos.Multikernel.XSharp.Syntax;

/// <summary>A name as written: <c>Load</c>, <c>Traps.Load</c>, <c>Stub#N</c>.</summary>
/// <param name="Parts">The parts between the dots.</param>
/// <param name="Number">The expression after <c>#</c> that is appended to the last part.</param>
/// <param name="Position">Where it starts.</param>
internal sealed record Name(IReadOnlyList<string> Parts, Expression? Number, Position Position)
{
    public override string ToString() =>
        string.Join('.', Parts) + (Number is ConstantExpression c ? "#" + c.Name : "");
}

/// <summary>Something the assembler computes: numbers, constants, addresses. In <c>[..]</c> registers too.</summary>
internal abstract record Expression(Position Position);

/// <param name="Value">The number.</param>
/// <param name="Text">How NASM writes it (keeps the base it was written in).</param>
/// <param name="Position">Where it stands.</param>
internal sealed record NumberExpression(BigInteger Value, string Text, Position Position)
    : Expression(Position);

/// <summary><c>#C</c>, <c>#Frame.Rip</c>, <c>#N</c>.</summary>
internal sealed record ConstantExpression(Name Name, Position Position) : Expression(Position);

/// <summary><c>@.V</c>: an address.</summary>
internal sealed record AddressExpression(Name Name, Position Position) : Expression(Position);

/// <summary>A register inside <c>[..]</c>.</summary>
internal sealed record RegisterExpression(Register Register, Position Position)
    : Expression(Position);

internal sealed record UnaryExpression(string Operator, Expression Operand, Position Position)
    : Expression(Position);

internal sealed record BinaryExpression(
    Expression Left,
    string Operator,
    Expression Right,
    Position Position
) : Expression(Position);

/// <summary>The largest of several values: the size of a structure, whose fields may overlap. Has no spelling.</summary>
internal sealed record LargestExpression(IReadOnlyList<Expression> Of, Position Position)
    : Expression(Position);
