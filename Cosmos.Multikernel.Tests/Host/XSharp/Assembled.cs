using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Cosmos.Multikernel.XSharp;
using Iced.Intel;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.XSharp;

/// <summary>X# functions compiled together and assembled by one run of nasm, each with its bytes.</summary>
/// <remarks>The file is a flat binary; it starts with a table of the functions' offsets.</remarks>
internal sealed class Assembled
{
    private readonly byte[] image;
    private readonly int bits;
    private readonly Dictionary<ulong, string> names = [];
    private readonly List<int> starts = [];

    private Assembled(byte[] image, int bits, int count)
    {
        this.image = image;
        this.bits = bits;
        // The table: F0 … Fn, G, V, B, Q.
        for (var i = 0; i < count; i++)
        {
            starts.Add(Entry(i));
        }
        foreach (var (i, name) in new[] { "X_G", "X_V", "X_B", "X_Q" }.Index())
        {
            names[(ulong)Entry(count + i)] = name;
        }
    }

    public required IReadOnlyList<string[]> Nasm { get; init; }

    private int Entry(int i) => (int)BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(i * 4));

    /// <summary>Compiles one function for each source.</summary>
    public static Assembled Make(int bits, IReadOnlyList<string> sources)
    {
        var text = new StringBuilder();
        text.Append("namespace X\n");
        text.Append(CultureInfo.InvariantCulture, $"bits {bits}\n");
        for (var i = 0; i < sources.Count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"data dword @.F#{i}\n");
        }
        text.Append("data dword @.G, @.V, @.B, @.Q\n");
        text.Append(Forms.Prelude).Append('\n');
        for (var i = 0; i < sources.Count; i++)
        {
            // The name of the function itself is used by some forms as F.
            var source = sources[i].Replace("- F ", $"- F#{i} ").Replace("@.F", $"@.F#{i}");
            text.Append(CultureInfo.InvariantCulture, $"function F#{i} {{\n{source}\n}}\n");
        }
        var result = Compiler.Compile(text.ToString(), "forms.xs");
        Assert.That(
            result.Diagnostics,
            Is.Empty,
            () =>
                string.Join(
                    '\n',
                    result.Diagnostics.Select(d =>
                        $"{d}: {text.ToString().Split('\n')[d.Position.Line - 1]}"
                    )
                )
        );
        return new Assembled(Assemble(result.Assembly!), bits, sources.Count)
        {
            Nasm = [.. Enumerable.Range(0, sources.Count).Select(i => Lines(result.Assembly!, i))],
        };
    }

    /// <summary>The lines between a function's label and its Exit label, with F for its numbered name.</summary>
    private static string[] Lines(string assembly, int number)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"X_F{number}");
        var start = assembly.IndexOf($"\n{name}:\n", StringComparison.Ordinal);
        var end = assembly.IndexOf($"\n{name}_Exit:\n", start + 1, StringComparison.Ordinal);
        return
        [
            .. assembly[(start + name.Length + 3)..(end + 1)]
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => Regex.Replace(line.Trim(), $@"\b{name}(?!\d)", "X_F")),
        ];
    }

    /// <summary>Runs nasm on a source made for ELF, as a flat binary: no exports, externs or section attributes.</summary>
    public static byte[] Assemble(string assembly)
    {
        var folder = Directory.CreateTempSubdirectory("xsharp");
        try
        {
            var input = Path.Combine(folder.FullName, "t.asm");
            var output = Path.Combine(folder.FullName, "t.bin");
            File.WriteAllLines(
                input,
                assembly
                    .Split('\n')
                    .Where(line =>
                        !line.StartsWith("global ", StringComparison.Ordinal)
                        && !line.StartsWith("extern ", StringComparison.Ordinal)
                    )
            );
            using var nasm = Process.Start(
                new ProcessStartInfo("nasm", ["-f", "bin", "-Werror", "-o", output, input])
                {
                    RedirectStandardError = true,
                }
            )!;
            var errors = nasm.StandardError.ReadToEnd();
            nasm.WaitForExit();
            Assert.That(nasm.ExitCode, Is.Zero, () => WithLines(errors, File.ReadAllLines(input)));
            return File.ReadAllBytes(output);
        }
        finally
        {
            folder.Delete(true);
        }
    }

    /// <summary>The errors of nasm with the lines they speak of.</summary>
    private static string WithLines(string errors, string[] source) =>
        Regex.Replace(
            errors,
            @"^.*?:(\d+): (.*)$",
            m =>
                $"{m.Groups[2].Value}: {source[int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture) - 1]}",
            RegexOptions.Multiline
        );

    /// <summary>Decodes so many instructions of a function.</summary>
    public List<Instruction> Decode(int number, int count)
    {
        var reader = new ByteArrayCodeReader(image, starts[number], image.Length - starts[number]);
        var decoder = Iced.Intel.Decoder.Create(bits, reader);
        decoder.IP = (ulong)starts[number];
        return [.. Enumerable.Range(0, count).Select(_ => decoder.Decode())];
    }

    /// <summary>The bytes of so many instructions of a function, as hexadecimal digits.</summary>
    public string Bytes(int number, int count)
    {
        var length = Decode(number, count).Sum(i => i.Length);
        return Convert.ToHexString(image, starts[number], length);
    }

    /// <summary>Writes an instruction as text, with names for the addresses of the prelude.</summary>
    public string Format(Instruction instruction, IReadOnlyDictionary<ulong, string> labels)
    {
        var formatter = new NasmFormatter(new Resolver(names, labels));
        formatter.Options.HexPrefix = "0x";
        formatter.Options.HexSuffix = "";
        formatter.Options.ShowSymbolAddress = false;
        formatter.Options.RipRelativeAddresses = false;
        var output = new StringOutput();
        formatter.Format(instruction, output);
        return output.ToString();
    }

    /// <summary>The address of a symbol of the prelude.</summary>
    public ulong Address(string name) => names.First(pair => pair.Value == name).Key;

    public int Start(int number) => starts[number];

    private sealed class Resolver(
        IReadOnlyDictionary<ulong, string> names,
        IReadOnlyDictionary<ulong, string> labels
    ) : ISymbolResolver
    {
        public bool TryGetSymbol(
            in Instruction instruction,
            int operand,
            int instructionOperand,
            ulong address,
            int addressSize,
            out SymbolResult symbol
        )
        {
            var found =
                labels.TryGetValue(address, out var name) || names.TryGetValue(address, out name);
            symbol = found ? new SymbolResult(address, name!) : default;
            return found;
        }
    }
}
