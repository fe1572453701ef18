namespace Cosmos.Multikernel.XSharp.Syntax;

internal abstract record Statement(Position Position);

internal sealed record NamespaceDirective(string Name, Position Position) : Statement(Position);

internal sealed record BitsDirective(int Bits, Position Position) : Statement(Position);

/// <param name="Name">The section.</param>
/// <param name="Executable">Holds code.</param>
/// <param name="Writable">May be written.</param>
/// <param name="NoBits">Takes space only.</param>
/// <param name="Alignment">Alignment when said.</param>
/// <param name="Position">Where it stands.</param>
internal sealed record SectionDirective(
    string Name,
    bool Executable,
    bool Writable,
    bool NoBits,
    Expression? Alignment,
    Position Position
) : Statement(Position)
{
    /// <summary>Without attributes: the section is as it was where it first stood.</summary>
    public bool Bare { get; init; }
}

internal sealed record AlignDirective(Expression Alignment, Position Position)
    : Statement(Position);

internal sealed record OriginDirective(Expression Address, Position Position) : Statement(Position);

internal sealed record UseDirective(string File, Position Position) : Statement(Position);

/// <param name="Name">The symbol, used as it is.</param>
/// <param name="Bits">Size of one element when said.</param>
/// <param name="Position">Where it stands.</param>
internal sealed record ExternDeclaration(string Name, int? Bits, Position Position)
    : Statement(Position);

internal sealed record ConstantDeclaration(
    string Name,
    Expression Value,
    bool Shared,
    Position Position
) : Statement(Position);

/// <param name="Name">The field.</param>
/// <param name="Bits">Size of one element.</param>
/// <param name="Count">How many elements; null for a plain field.</param>
/// <param name="Offset">Its offset when said; otherwise it follows the one before.</param>
/// <param name="Position">Where it stands.</param>
internal sealed record StructureField(
    string Name,
    int Bits,
    Expression? Count,
    Expression? Offset,
    Position Position
);

internal sealed record StructureDeclaration(
    string Name,
    IReadOnlyList<StructureField> Fields,
    bool Shared,
    Position Position
) : Statement(Position);

internal enum FunctionKind
{
    /// <summary>Ends in an Exit label and <c>ret</c>.</summary>
    Function,

    /// <summary>Neither Exit nor <c>ret</c>.</summary>
    Naked,

    /// <summary>Saves all registers, ends in <c>iret</c>.</summary>
    Interrupt,
}

internal sealed record FunctionDeclaration(
    Name Name,
    FunctionKind Kind,
    Expression? Alignment,
    IReadOnlyList<Statement> Body,
    Position Position
) : Statement(Position);

internal sealed record LabelDeclaration(Name Name, Position Position) : Statement(Position);

/// <summary>One value in a list of data: a number, an address or a text.</summary>
internal sealed record DataValue(Expression? Value, string? Text, Position Position);

/// <param name="Name">The variable.</param>
/// <param name="Bits">Size of one element.</param>
/// <param name="Count">Number of elements when it is an array.</param>
/// <param name="Values">Initial values; empty when there are none.</param>
/// <param name="Alignment">Alignment when said; otherwise that of the element.</param>
/// <param name="Position">Where it stands.</param>
internal sealed record VariableDeclaration(
    Name Name,
    int Bits,
    Expression? Count,
    IReadOnlyList<DataValue> Values,
    Expression? Alignment,
    Position Position
) : Statement(Position);

/// <param name="Bits">Size of one value.</param>
/// <param name="Count">How many times the values are repeated when said.</param>
/// <param name="Values">The values.</param>
/// <param name="Position">Where it stands.</param>
internal sealed record DataDeclaration(
    int Bits,
    Expression? Count,
    IReadOnlyList<DataValue> Values,
    Position Position
) : Statement(Position);
