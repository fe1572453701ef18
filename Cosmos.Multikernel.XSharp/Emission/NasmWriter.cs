using System.Globalization;
using System.Text;
using Cosmos.Multikernel.XSharp.Syntax;

namespace Cosmos.Multikernel.XSharp.Emission;

/// <summary>Collects the lines of the NASM source.</summary>
/// <param name="lineDirectives">Write <c>%line</c> where the line of the X# source changes.</param>
internal sealed class NasmWriter(bool lineDirectives)
{
    private readonly StringBuilder text = new();
    private int line;

    public bool IsEmpty => text.Length == 0;

    /// <summary>The X# source that the next lines come from.</summary>
    public void At(Position position)
    {
        if (lineDirectives && position.Line != line)
        {
            line = position.Line;
            Directive(
                string.Create(CultureInfo.InvariantCulture, $"%line {line}+0 {position.File}")
            );
        }
    }

    public void Label(string name) => text.Append(name).Append(":\n");

    public void Instruction(string instruction) =>
        text.Append("    ").Append(instruction).Append('\n');

    public void Directive(string directive) => text.Append(directive).Append('\n');

    public override string ToString() => text.ToString();
}
