using System.Collections.Immutable;
using System.Numerics;
using Cosmos.Multikernel.XSharp.Syntax;

namespace Cosmos.Multikernel.XSharp.Semantics;

/// <summary>A stretch of code that runs at another address than it is linked at (<c>org</c>).</summary>
/// <param name="Marker">The local label at its start.</param>
/// <param name="Address">Where the marker will be when the code runs.</param>
internal sealed record Origin(string Marker, BigInteger Address);

internal enum SymbolKind
{
    Function,
    Label,
    Variable,
    Extern,
}

/// <summary>A label of the output.</summary>
/// <param name="Name">With its namespace (and function).</param>
/// <param name="Kind">What it labels.</param>
/// <param name="Position">Where it is declared.</param>
internal sealed record Symbol(string Name, SymbolKind Kind, Position Position)
{
    /// <summary>Size of one element of a variable in bits.</summary>
    public int? Bits { get; init; }

    /// <summary>The <c>org</c> stretch it lies in.</summary>
    public Origin? Origin { get; init; }

    /// <summary>Not in this file: an <c>extern</c> line is needed.</summary>
    public bool IsElsewhere { get; init; }

    /// <summary>The Exit label that a function places itself.</summary>
    public bool IsExit { get; init; }
}

/// <summary>A constant, or the offset of a field.</summary>
/// <param name="Name">With its namespace: <c>X_Const_C</c>.</param>
/// <param name="Value">Its definition.</param>
/// <param name="Namespace">Where the names in the definition are looked up.</param>
/// <param name="Position">Where it is declared.</param>
/// <param name="IsElsewhere">It comes from a used file: written to the output only when needed.</param>
internal sealed record Constant(
    string Name,
    Expression Value,
    string Namespace,
    Position Position,
    bool IsElsewhere
);

/// <summary>A field whose offset and size are known.</summary>
internal sealed record LaidOutField(string Name, int Bits, BigInteger? Count, BigInteger Offset);

/// <summary>A structure whose fields have their offsets.</summary>
internal sealed record Structure(
    string Name,
    string Namespace,
    IReadOnlyList<LaidOutField> Fields,
    BigInteger Size,
    bool Shared
);

/// <summary>A constant that C# sees too.</summary>
internal sealed record SharedConstant(string Name, string Namespace, BigInteger Value);

/// <summary>Everything that decides what a statement means at its place.</summary>
internal sealed record Context
{
    public string Namespace { get; init; } = "";

    /// <summary>Full name of the function around.</summary>
    public string? Function { get; init; }

    public FunctionKind FunctionKind { get; init; }

    public int Bits { get; init; } = 32;

    public SectionDirective? Section { get; init; }

    public Origin? Origin { get; init; }

    /// <summary>The counters of the repeats around.</summary>
    public ImmutableDictionary<string, BigInteger> Counters { get; init; } =
        ImmutableDictionary<string, BigInteger>.Empty;

    /// <summary>Puts the namespace in front of a name.</summary>
    public string Qualify(string name) => Namespace.Length == 0 ? name : $"{Namespace}_{name}";
}
