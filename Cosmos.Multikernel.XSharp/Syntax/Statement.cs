namespace Cosmos.Multikernel.XSharp.Syntax;

/// <param name="Count">How many times.</param>
/// <param name="Counter">Name of the counter when there is one.</param>
/// <param name="Body">What is repeated.</param>
/// <param name="Position">Where it stands.</param>
internal sealed record RepeatStatement(
    Expression Count,
    string? Counter,
    IReadOnlyList<Statement> Body,
    Position Position
) : Statement(Position);

/// <param name="Condition">Null for <c>else</c>.</param>
/// <param name="Body">What it guards.</param>
internal sealed record IfBranch(Condition? Condition, IReadOnlyList<Statement> Body);

internal sealed record IfStatement(IReadOnlyList<IfBranch> Branches, Position Position)
    : Statement(Position);

/// <summary><c>if C return</c> (<see cref="Target"/> is null) and <c>if C goto L</c>.</summary>
internal sealed record ConditionalJump(Condition Condition, Operand? Target, Position Position)
    : Statement(Position);

/// <summary><c>while C { }</c>; without a condition <c>loop { }</c>.</summary>
internal sealed record WhileStatement(
    Condition? Condition,
    IReadOnlyList<Statement> Body,
    Position Position
) : Statement(Position);

internal sealed record BreakStatement(bool Continue, Position Position) : Statement(Position);

/// <summary>What is done to the source of a move on its way.</summary>
internal enum MoveKind
{
    Plain,
    Signed,
    Not,
    Negate,
    Absolute,
    EffectiveAddress,
}

internal sealed record MoveStatement(
    Operand Target,
    MoveKind Kind,
    Operand Source,
    Position Position
) : Statement(Position);

/// <param name="Target">Where the result goes.</param>
/// <param name="Operator">One of <c>+ - * / % &amp; | ^</c>, <c>?=</c>, <c>?&amp;</c>, <c>&lt;-&gt;</c>, <c>&lt;&lt; &gt;&gt; ~&gt; &lt;~</c>, or <c>s&gt;&gt;</c> for the signed shift.</param>
/// <param name="Source">The other operand.</param>
/// <param name="Position">Where it stands.</param>
internal sealed record OperatorStatement(
    Operand Target,
    string Operator,
    Operand Source,
    Position Position
) : Statement(Position);

internal sealed record IncrementStatement(Operand Target, bool Up, Position Position)
    : Statement(Position);

/// <summary>What is pushed or popped besides an operand.</summary>
internal enum StackSpecial
{
    None,
    All,
    Flags,
}

internal sealed record StackStatement(
    bool Push,
    StackSpecial Special,
    Operand? Operand,
    Position Position
) : Statement(Position);

internal sealed record PortStatement(bool Output, Operand Port, Operand Value, Position Position)
    : Statement(Position);

internal sealed record CallStatement(
    Operand Target,
    IReadOnlyList<Operand> Arguments,
    Position Position
) : Statement(Position);

internal sealed record GotoStatement(Operand Target, Position Position) : Statement(Position);

internal sealed record FarGotoStatement(
    Expression Selector,
    Expression Offset,
    int? Bits,
    Position Position
) : Statement(Position);

internal sealed record FarGotoMemoryStatement(Operand Target, Position Position)
    : Statement(Position);

internal sealed record ReturnStatement(Position Position) : Statement(Position);

internal enum ReturnKind
{
    Near,
    Far,
    Interrupt,
}

internal sealed record RetStatement(ReturnKind Kind, Expression? Bytes, Position Position)
    : Statement(Position);

internal sealed record InterruptStatement(Expression Vector, Position Position)
    : Statement(Position);

/// <summary>An instruction by its own name.</summary>
/// <param name="Mnemonic">Lower case.</param>
/// <param name="Prefix"><c>rep</c>, <c>repe</c>, <c>repne</c> or null.</param>
/// <param name="Operands">What it works on.</param>
/// <param name="Position">Where it stands.</param>
internal sealed record InstructionStatement(
    string Mnemonic,
    string? Prefix,
    IReadOnlyList<Operand> Operands,
    Position Position
) : Statement(Position);

internal sealed record LockStatement(Statement Inner, Position Position) : Statement(Position);

internal sealed record RawStatement(string Text, Position Position) : Statement(Position);
