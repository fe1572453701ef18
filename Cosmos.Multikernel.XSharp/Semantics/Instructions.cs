using System.Collections.Frozen;

namespace Cosmos.Multikernel.XSharp.Semantics;

/// <summary>Kinds of operand that a place in an instruction takes.</summary>
[Flags]
internal enum Kinds
{
    Register = 1,
    Memory = 2,
    Immediate = 4,

    /// <summary>The register CL, as the count of a shift.</summary>
    Count = 8,
    RegisterOrMemory = Register | Memory,
    Any = Register | Memory | Immediate,
}

/// <summary>One operand's place in an instruction.</summary>
/// <param name="Kinds">What may stand there.</param>
/// <param name="Sizes">Widths in bits it may have; none: memory whose size the instruction implies, or any number.</param>
/// <param name="Linked">It has the common size of the instruction's linked operands.</param>
internal sealed record Slot(Kinds Kinds, int[] Sizes, bool Linked);

/// <summary>An instruction that X# writes by its own name.</summary>
/// <param name="Name">As X# writes it, lower case.</param>
/// <param name="Text">As NASM writes it.</param>
/// <param name="Forms">The lists of operands it takes.</param>
internal sealed record Instruction(string Name, string Text, IReadOnlyList<Slot[]> Forms)
{
    /// <summary>Exists in 64-bit code only.</summary>
    public bool Only64 { get; init; }

    /// <summary>May follow <c>lock</c> when its first operand is memory.</summary>
    public bool Lockable { get; init; }

    /// <summary>A string instruction: may follow <c>rep</c>.</summary>
    public bool Repeatable { get; init; }
}

/// <summary>
/// The instructions that have no spelling of their own in X#. One table: adding a row adds the instruction to
/// the parser, the checks and the emitter at once. Source: Intel SDM volume 2, AMD APM volume 3.
/// </summary>
internal static partial class Instructions
{
    private static readonly int[] AllSizes = [8, 16, 32, 64];
    private static readonly int[] WideSizes = [16, 32, 64];
    private static readonly int[] LongSizes = [32, 64];

    /// <summary>NASM's condition codes.</summary>
    public static readonly string[] ConditionCodes =
    [
        .. "o no b nae c nb ae nc e z ne nz be na nbe a s ns p pe np po l nge nl ge le ng nle g".Split(
            ' '
        ),
    ];

    private static readonly FrozenDictionary<string, Instruction> All = Make()
        .ToFrozenDictionary(i => i.Name);

    public static IEnumerable<Instruction> Everything => All.Values.OrderBy(i => i.Name);

    public static bool Exists(string mnemonic) => All.ContainsKey(mnemonic);

    public static Instruction Get(string mnemonic) => All[mnemonic];

    private static IEnumerable<Instruction> Make() =>
        Plain()
            .Concat(Strings())
            .Concat(System())
            .Concat(FloatingPoint())
            .Concat(Arithmetic())
            .Concat(Bits())
            .Concat(Atomics())
            .Concat(Moves())
            .Concat(Conditional());

    private static Slot Register(params int[] sizes) => new(Kinds.Register, sizes, true);

    private static Slot Target(int[] sizes) => new(Kinds.RegisterOrMemory, sizes, true);

    private static Slot ShiftCount() => new(Kinds.Immediate | Kinds.Count, [8], false);

    private static Slot Implied() => new(Kinds.Memory, [], false);
}
