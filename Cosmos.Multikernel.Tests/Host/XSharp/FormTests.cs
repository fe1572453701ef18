using System.Globalization;
using System.Text.RegularExpressions;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.XSharp;

/// <summary>Each statement form: the NASM it gives, and the instructions that its bytes are.</summary>
public sealed partial class FormTests
{
    private static readonly Dictionary<int, Lazy<Assembled>> Batches = Forms
        .All.GroupBy(form => form.Bits)
        .ToDictionary(
            group => group.Key,
            group => new Lazy<Assembled>(() =>
                Assembled.Make(group.Key, [.. group.Select(f => f.Source)])
            )
        );

    public static IEnumerable<TestCaseData> Cases =>
        Forms
            .All.GroupBy(form => form.Bits)
            .SelectMany(group =>
                group.Select(
                    (form, i) => new TestCaseData(form, i).SetArgDisplayNames(form.ToString())
                )
            );

    internal static (Assembled Batch, string[] Nasm) Get(Form form, int number)
    {
        var batch = Batches[form.Bits].Value;
        return (batch, batch.Nasm[number]);
    }

    [TestCaseSource(nameof(Cases))]
    public void CompilesToGoldenOutput(Form form, int number) =>
        Assert.That(string.Join(" / ", Get(form, number).Nasm), Is.EqualTo(form.Nasm));

    /// <summary>Disassembles the bytes and compares with the form's meaning (its NASM where none is given).</summary>
    [TestCaseSource(nameof(Cases))]
    public void BytesAreTheInstructionsMeant(Form form, int number)
    {
        var (batch, nasm) = Get(form, number);
        var count = nasm.Count(line => !line.EndsWith(':'));
        var decoded = batch.Decode(number, count + 1);
        Assert.That(decoded.Any(i => i.IsInvalid), Is.False, "an instruction could not be decoded");
        Assert.That(
            decoded[^1].Mnemonic,
            Is.EqualTo(Iced.Intel.Mnemonic.Ret),
            "a function ends in ret"
        );
        if (form.Meaning == "?")
        {
            // What is computed from addresses has no fixed text; AddressTests checks the numbers.
            return;
        }
        var labels = Labels(nasm, decoded);
        var actual = decoded.Take(count).Select(i => Normal(batch.Format(i, labels)));
        var meant = form.Meaning is { } meaning
            ? meaning.Split(" / ")
            : nasm.Where(line => !line.EndsWith(':'));
        Assert.That(
            string.Join(" / ", actual),
            Is.EqualTo(string.Join(" / ", meant.Select(Normal)))
        );
    }

    /// <summary>The addresses of a form's own labels: each stands before the instruction that follows it.</summary>
    private static Dictionary<ulong, string> Labels(
        string[] nasm,
        List<Iced.Intel.Instruction> decoded
    )
    {
        var labels = new Dictionary<ulong, string> { [decoded[^1].IP] = "X_F_Exit" };
        var at = 0;
        foreach (var line in nasm)
        {
            if (line.EndsWith(':'))
            {
                labels[decoded[at].IP] = line[..^1];
            }
            else
            {
                at++;
            }
        }
        return labels;
    }

    /// <summary>One spelling for both sides: lower case, no spaces, no jump sizes, numbers in decimal.</summary>
    private static string Normal(string text)
    {
        text = text.ToLowerInvariant().Replace("x_const_c", "5");
        text = JumpSize().Replace(text, "");
        text = Regex.Replace(text, @"\s*([,+*\-\[\]:])\s*", "$1").Trim();
        return Number()
            .Replace(
                text,
                m =>
                    (
                        m.Value.StartsWith("0x", StringComparison.Ordinal)
                            ? ulong.Parse(
                                m.Value[2..],
                                NumberStyles.HexNumber,
                                CultureInfo.InvariantCulture
                            )
                            : ulong.Parse(m.Value, CultureInfo.InvariantCulture)
                    ).ToString(CultureInfo.InvariantCulture)
            );
    }

    [GeneratedRegex(@"\b(near|short)\b ?")]
    private static partial Regex JumpSize();

    [GeneratedRegex(@"\b(0x[0-9a-f]+|\d+)\b")]
    private static partial Regex Number();
}
