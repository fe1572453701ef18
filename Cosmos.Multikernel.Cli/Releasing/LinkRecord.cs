using Cosmos.Multikernel.Cli.Output;

namespace Cosmos.Multikernel.Cli.Releasing;

/// <summary>
/// What a program was linked of: a file beside it, PROGRAM.link, of lines with fields between tabs. Sdk.targets writes one
/// when it links, with the linker's arguments and the NuGet packages that were compiled in; the Sdk's package has one for each
/// of its programs, where the components that the packer's machine linked in are named as well.
/// <code>
/// program    NAME
/// folder     FOLDER                                              file names in the record count from here
/// argument   ARGUMENT                                            one of the linker's, in their order
/// package    NAME VERSION ASSEMBLY                               a NuGet package
/// component  NAME VERSION LICENCE WHERE SOURCE TEXT...           or, instead of looking further, all that is in it
/// </code>
/// </summary>
internal sealed record LinkRecord
{
    private const string Extension = ".link";
    private const int ComponentFields = 5;

    /// <summary>The program's own name, whatever its file is called.</summary>
    public required string Program { get; init; }

    /// <summary>The folder that file names in the record count from.</summary>
    public required string Folder { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    public IReadOnlyList<LinkedPackage> Packages { get; init; } = [];

    /// <summary>All that is in it; null when this machine has to be asked.</summary>
    public IReadOnlyList<Component>? Components { get; init; }

    /// <summary>The record's file of a program.</summary>
    public static string FileOf(string program) => program + Extension;

    /// <summary>The record of a program; null when it has none.</summary>
    /// <exception cref="CommandFailure">It is no such record.</exception>
    public static LinkRecord? Find(string program)
    {
        var file = FileOf(program);
        if (!File.Exists(file))
        {
            return null;
        }

        var record = new LinkRecord { Program = Path.GetFileName(program), Folder = "" };
        var arguments = new List<string>();
        var packages = new List<LinkedPackage>();
        List<Component>? components = null;
        foreach (var line in File.ReadLines(file).Where(line => line.Length > 0))
        {
            switch (line.Split('\t'))
            {
                case ["program", var name]:
                    record = record with { Program = name };
                    break;
                case ["folder", var folder]:
                    var place = Path.GetDirectoryName(Path.GetFullPath(program))!;
                    record = record with { Folder = Path.GetFullPath(folder, place) };
                    break;
                case ["argument", var argument]:
                    arguments.Add(argument);
                    break;
                case ["package", var name, var version, var assembly]:
                    packages.Add(new(name, version, assembly));
                    break;
                case ["component", .. var fields] when fields.Length >= ComponentFields:
                    components ??= [];
                    components.Add(ReadComponent(fields, record.Folder));
                    break;
                default:
                    throw new CommandFailure($"{file}: not a line of a link record: {line}");
            }
        }

        return record with
        {
            Arguments = arguments,
            Packages = packages,
            Components = components,
        };
    }

    /// <summary>The record as a file has it.</summary>
    public override string ToString()
    {
        IEnumerable<string> lines =
        [
            $"program\t{Program}",
            $"folder\t{Folder}",
            .. Arguments.Select(argument => $"argument\t{argument}"),
            .. Packages.Select(package =>
                $"package\t{package.Name}\t{package.Version}\t{package.Assembly}"
            ),
            .. (Components ?? []).Select(WriteComponent),
        ];
        return string.Join('\n', lines) + "\n";
    }

    private static Component ReadComponent(string[] fields, string folder) =>
        new(
            fields[0],
            fields[1],
            fields[2],
            fields[3],
            fields[4],
            [.. fields[ComponentFields..].Select(text => Path.GetFullPath(text, folder))]
        );

    private static string WriteComponent(Component part) =>
        string.Join(
            '\t',
            [
                "component",
                part.Name,
                part.Version,
                part.Licence,
                part.Where,
                part.Source,
                .. part.Texts,
            ]
        );
}

/// <summary>A NuGet package that was compiled into a program.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Assembly">Its assembly on this machine.</param>
internal sealed record LinkedPackage(string Name, string Version, string Assembly);
