namespace Cosmos.Multikernel.Tests.Host.XSharp;

/// <summary>One statement form: what is written, the NASM it gives, and what the CPU reads in its bytes.</summary>
/// <param name="Bits">Code size.</param>
/// <param name="Source">The X# statement.</param>
/// <param name="Nasm">The expected lines, joined by <c> / </c>.</param>
/// <param name="Meaning">The expected disassembly where it is not the same text.</param>
public sealed record Form(int Bits, string Source, string Nasm, string? Meaning)
{
    public override string ToString() => $"{Bits}: {Source}";
}

/// <summary>
/// Every statement form with its golden output. A line is <c>source => NASM</c> or
/// <c>source => NASM => disassembly</c>. They stand in function F of namespace X, beside <see cref="Prelude"/>.
/// </summary>
public static partial class Forms
{
    /// <summary>The declarations that the forms use.</summary>
    public const string Prelude = """
        namespace X
        const C = 5
        struct S {
            A qword
            B dword
        }
        var V = 7
        var B byte[9] = 1
        var Q qword = 1
        function G { nop }
        """;

    public static IEnumerable<Form> All { get; } =
    [
        .. Parse(32, Moves32),
        .. Parse(32, Arithmetic32),
        .. Parse(32, Flow32),
        .. Parse(16, Code16),
        .. Parse(64, Code64),
        .. Parse(64, System64),
    ];

    private static IEnumerable<Form> Parse(int bits, string text)
    {
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split(" => ", StringSplitOptions.TrimEntries);
            yield return new Form(bits, parts[0], parts[1], parts.Length > 2 ? parts[2] : null);
        }
    }
}
