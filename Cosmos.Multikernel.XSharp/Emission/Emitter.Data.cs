using System.Globalization;
using System.Text;
using Cosmos.Multikernel.XSharp.Semantics;
using Cosmos.Multikernel.XSharp.Syntax;

namespace Cosmos.Multikernel.XSharp.Emission;

/// <summary>Variables and data.</summary>
internal sealed partial class Emitter
{
    private const int LargestArray = 1 << 30;

    private static readonly SectionDirective InitialisedData = new(
        ".data",
        false,
        true,
        false,
        null,
        default
    );

    private static readonly SectionDirective Space = new(".bss", false, true, true, null, default);

    private void Variable(VariableDeclaration variable)
    {
        var here = Context.Section is { Writable: true };
        var section =
            here ? Context.Section!
            : variable.Values.Count > 0 ? InitialisedData
            : Space;
        var into =
            here ? code
            : section.NoBits ? space
            : data;
        into.At(variable.Position);
        var name = Context.Qualify(Table.TextOf(variable.Name, Context));
        int? count = variable.Count is null
            ? null
            : Table.Need(variable.Count, Context, "the number of elements", 1, LargestArray);
        var values = Values(variable.Values, variable.Bits, out var length);
        if (section.NoBits && length > 0)
        {
            throw new CompileException(
                variable.Position,
                DiagnosticCode.Placement,
                $"section {section.Name} takes space only: a variable in it has no value"
            );
        }
        if (length > count)
        {
            throw new CompileException(
                variable.Position,
                DiagnosticCode.Range,
                $"{length} values for {count} elements"
            );
        }
        var alignment = variable.Alignment is null
            ? variable.Bits / 8
            : Alignment(variable.Alignment);
        if (alignment > 1)
        {
            Align(into, alignment, section);
        }
        Export(name, "data");
        into.Label(ExpressionWriter.Escape(name));
        var letter = Letter(variable.Bits);
        var rest = (count ?? Math.Max(1, length)) - length;
        if (section.NoBits)
        {
            into.Instruction(string.Create(CultureInfo.InvariantCulture, $"res{letter} {rest}"));
            return;
        }
        if (length > 0)
        {
            into.Instruction($"d{letter} {values}");
        }
        if (rest > 0)
        {
            into.Instruction(
                rest == 1
                    ? $"d{letter} 0"
                    : string.Create(CultureInfo.InvariantCulture, $"times {rest} d{letter} 0")
            );
        }
    }

    private void Data(DataDeclaration declaration)
    {
        RefuseCodeInSpace(declaration.Position);
        var values = Values(declaration.Values, declaration.Bits, out var length);
        var times = "";
        if (declaration.Count is not null)
        {
            var count = Table.Need(
                declaration.Count,
                Context,
                "the number of repetitions",
                0,
                LargestArray
            );
            times = string.Create(CultureInfo.InvariantCulture, $"times {count} ");
        }
        if (length > 0)
        {
            code.Instruction($"{times}d{Letter(declaration.Bits)} {values}");
        }
    }

    private static char Letter(int bits) =>
        bits switch
        {
            8 => 'b',
            16 => 'w',
            32 => 'd',
            _ => 'q',
        };

    private string Values(IReadOnlyList<DataValue> values, int bits, out int length)
    {
        var texts = new List<string>();
        length = 0;
        foreach (var value in values)
        {
            if (value.Text is { } text)
            {
                var bytes = Encoding.UTF8.GetBytes(text);
                if (bits != 8 && bytes.Length != 1)
                {
                    throw new CompileException(
                        value.Position,
                        DiagnosticCode.Operand,
                        "a text is a list of bytes: expected byte as the size"
                    );
                }
                texts.AddRange(Quoted(bytes));
                length += bytes.Length;
            }
            else
            {
                if (Table.Evaluate(value.Value!, Context) is { } known)
                {
                    OperandWriter.CheckFits(known, bits, value.Position);
                }
                texts.Add(expressions.Write(value.Value!, Context));
                length++;
            }
        }
        return string.Join(", ", texts);
    }

    /// <summary>A text as NASM reads it: what can be printed in quotes, the rest as numbers.</summary>
    private static IEnumerable<string> Quoted(byte[] bytes)
    {
        var run = new StringBuilder();
        foreach (var b in bytes)
        {
            if (b is >= 0x20 and < 0x7F and not (byte)'\'')
            {
                run.Append((char)b);
                continue;
            }
            if (run.Length > 0)
            {
                yield return $"'{run}'";
                run.Clear();
            }
            yield return b.ToString(CultureInfo.InvariantCulture);
        }
        if (run.Length > 0)
        {
            yield return $"'{run}'";
        }
    }
}
