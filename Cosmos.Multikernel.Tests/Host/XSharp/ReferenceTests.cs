using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.XSharp;

/// <summary>The table of forms in docs/xsharp-reference.md is the one that the tests know.</summary>
/// <remarks>After a change of a form run this test with UPDATE_REFERENCE=1: it writes the table anew.</remarks>
public sealed class ReferenceTests
{
    private const string Begin = "<!-- forms: written by ReferenceTests -->";
    private const string End = "<!-- end of forms -->";

    [Test]
    public void TableIsUpToDate()
    {
        var file = Path.Combine(Repository.Root, "docs", "xsharp-reference.md");
        var text = File.ReadAllText(file);
        var start = text.IndexOf(Begin, StringComparison.Ordinal);
        var end = text.IndexOf(End, StringComparison.Ordinal);
        Assert.That(start, Is.Positive);
        Assert.That(end, Is.GreaterThan(start));
        var updated = text[..(start + Begin.Length)] + "\n\n" + Table() + "\n" + text[end..];
        if (Environment.GetEnvironmentVariable("UPDATE_REFERENCE") == "1")
        {
            File.WriteAllText(file, updated);
            return;
        }
        Assert.That(
            text.ReplaceLineEndings("\n"),
            Is.EqualTo(updated),
            "docs/xsharp-reference.md: run this test with UPDATE_REFERENCE=1"
        );
    }

    private static string Table()
    {
        var table = new StringBuilder();
        foreach (var group in Forms.All.GroupBy(f => f.Bits))
        {
            table.Append(
                CultureInfo.InvariantCulture,
                $"### In {group.Key}-bit code\n\n| X# | NASM | bytes |\n|---|---|---|\n"
            );
            foreach (var (i, form) in group.Index())
            {
                var (batch, nasm) = FormTests.Get(form, i);
                var count = nasm.Count(line => !line.EndsWith(':'));
                // Addresses of the test's own variables and jumps over them would change with every new form.
                var bytes = IsAddressed(form) ? "…" : batch.Bytes(i, count);
                table.Append(
                    CultureInfo.InvariantCulture,
                    $"| `{Escape(form.Source)}` | {string.Join("<br>", nasm.Select(n => $"`{Escape(n)}`"))} | {bytes} |\n"
                );
            }
            table.Append('\n');
        }
        return table.ToString().TrimEnd('\n') + "\n";
    }

    private static bool IsAddressed(Form form) =>
        form.Nasm.Contains("X_V", StringComparison.Ordinal)
        || form.Nasm.Contains("X_B", StringComparison.Ordinal)
            && !form.Nasm.Contains("X_F_B", StringComparison.Ordinal)
        || form.Nasm.Contains("X_Q", StringComparison.Ordinal)
        || form.Nasm.Contains("X_G", StringComparison.Ordinal)
        || form.Nasm.Contains("[X_B]", StringComparison.Ordinal);

    private static string Escape(string text) => text.Replace("|", "\\|");
}

/// <summary>Where the sources are.</summary>
internal static class Repository
{
    public static string Root { get; } =
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", ".."));

    private static string Here([CallerFilePath] string path = "") => path;
}
