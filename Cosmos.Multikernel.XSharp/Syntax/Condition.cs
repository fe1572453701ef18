namespace Cosmos.Multikernel.XSharp.Syntax;

/// <summary>What stands after <c>if</c> and <c>while</c>.</summary>
internal abstract record Condition(Position Position);

/// <summary>A relation in X#'s spelling; unsigned unless <see cref="Condition"/> says signed.</summary>
internal enum Relation
{
    Equal,
    NotEqual,
    Below,
    Above,
    BelowOrEqual,
    AboveOrEqual,
}

/// <summary><c>EAX &lt; 4</c>.</summary>
internal sealed record Comparison(
    Operand Left,
    Relation Relation,
    Operand Right,
    bool Signed,
    Position Position
) : Condition(Position);

/// <summary><c>EAX &amp; 8</c>: any of the bits set; with <c>not</c>, none.</summary>
internal sealed record BitTest(Operand Left, Operand Mask, bool AnySet, Position Position)
    : Condition(Position);

/// <summary>A relation alone, on the flags as they are.</summary>
internal sealed record FlagRelation(Relation Relation, bool Signed, Position Position)
    : Condition(Position);

/// <summary><c>carry</c>, <c>not zero</c>.</summary>
/// <param name="Code">NASM's condition code when the flag is set: C, O, Z, S, P.</param>
/// <param name="Set">False after <c>not</c>.</param>
/// <param name="Position">Where it stands.</param>
internal sealed record FlagCondition(string Code, bool Set, Position Position)
    : Condition(Position);

/// <summary>All of the terms.</summary>
internal sealed record AllOf(IReadOnlyList<Condition> Terms, Position Position)
    : Condition(Position);

/// <summary>Any of the terms.</summary>
internal sealed record AnyOf(IReadOnlyList<Condition> Terms, Position Position)
    : Condition(Position);
