using Cosmos.Multikernel.XSharp.Semantics;

namespace Cosmos.Multikernel.XSharp.Syntax;

/// <summary>What an instruction works on.</summary>
internal abstract record Operand(Position Position);

internal sealed record RegisterOperand(Register Register, Position Position) : Operand(Position);

/// <summary>A constant or an address; known to the assembler or the linker.</summary>
/// <param name="Value">The expression.</param>
/// <param name="Bits">Its size when one was said (<c>as word</c>).</param>
/// <param name="Position">Where it stands.</param>
internal sealed record ImmediateOperand(Expression Value, int? Bits, Position Position)
    : Operand(Position);

/// <summary>Memory: <c>[RDI + RCX*8 + 16]</c>, <c>.V</c>, <c>GS:[8]</c>.</summary>
/// <param name="Base">The register that counts once.</param>
/// <param name="Index">The register that is scaled.</param>
/// <param name="Scale">1, 2, 4 or 8.</param>
/// <param name="Displacement">The part without registers, null when there is none.</param>
/// <param name="Segment">A segment other than the usual.</param>
/// <param name="Bits">The size that was said.</param>
/// <param name="Variable">For <c>.V</c>: the variable, whose declared size counts when no other is said.</param>
/// <param name="Position">Where it stands.</param>
internal sealed record MemoryOperand(
    Register? Base,
    Register? Index,
    int Scale,
    Expression? Displacement,
    Register? Segment,
    int? Bits,
    Name? Variable,
    Position Position
) : Operand(Position)
{
    public bool HasRegister => Base is not null || Index is not null;
}
