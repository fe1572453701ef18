namespace Cosmos.Multikernel.Plugs;

/// <summary>What to rewrite. Read from a file of lines <c>key=value</c>.</summary>
public sealed class RewriteJob
{
    /// <summary>The program's own assembly.</summary>
    public required string Program { get; init; }

    /// <summary>All that it may refer to, as it is run: no reference assemblies.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>
    /// The folder that takes what is rewritten, the program and others; null to rewrite the program where it is, and nothing else: where the
    /// framework is the machine's own.
    /// </summary>
    public string? Output { get; init; }

    /// <summary>Reads a job.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static RewriteJob Read(IEnumerable<string> lines)
    {
        string? program = null;
        string? output = null;
        List<string> references = [];
        foreach (string line in lines.Where(static line => line.Length > 0))
        {
            int end = line.IndexOf('=');
            string value = line[(end + 1)..];
            switch (end < 0 ? line : line[..end])
            {
                case "program":
                    program = value;
                    break;
                case "reference":
                    references.Add(value);
                    break;
                case "output":
                    output = value;
                    break;
                default:
                    throw new FormatException(
                        $"'{line}' is neither program=FILE nor reference=FILE nor output=FOLDER."
                    );
            }
        }
        return new RewriteJob
        {
            Program = program ?? throw new FormatException("No program=FILE is named."),
            References = references,
            Output = output,
        };
    }
}
