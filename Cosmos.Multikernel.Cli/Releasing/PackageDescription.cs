using System.Xml.Linq;

namespace Cosmos.Multikernel.Cli.Releasing;

/// <summary>NuGet packages as components: what they say of themselves, and the notices that they carry.</summary>
internal static class PackageDescription
{
    // Ours; they are no others' work.
    private const string OurPrefix = "Cosmos.Multikernel";

    private static readonly string[] NoticeNames =
    [
        "LICENSE*",
        "LICENCE*",
        "COPYING*",
        "NOTICE*",
        "THIRD-PARTY-NOTICES*",
    ];

    /// <summary>Describes packages, each once.</summary>
    /// <param name="packages">They.</param>
    /// <param name="where">How they came in.</param>
    public static IEnumerable<Component> Of(IEnumerable<LinkedPackage> packages, string where) =>
        packages
            .Where(package => !package.Name.StartsWith(OurPrefix, StringComparison.Ordinal))
            .DistinctBy(package => package.Name)
            .OrderBy(package => package.Name, StringComparer.Ordinal)
            .Select(package => Describe(package, where));

    private static Component Describe(LinkedPackage package, string where)
    {
        var folder = FolderOf(package);
        var metadata = folder is null
            ? null
            : XDocument
                .Load(Directory.EnumerateFiles(folder, "*.nuspec").First())
                .Root?.Elements()
                .FirstOrDefault(element => element.Name.LocalName == "metadata");
        var licence = Find(metadata, "license");
        var namesFile = licence?.Attribute("type")?.Value == "file";
        string[] texts = folder is null ? [] : [.. TextsIn(folder)];
        if (namesFile && Path.Combine(folder!, licence!.Value) is var text && File.Exists(text))
        {
            texts = [.. texts.Append(text).Distinct()];
        }

        return new(
            package.Name,
            package.Version,
            (namesFile ? null : licence?.Value)
                ?? Find(metadata, "licenseUrl")?.Value
                ?? "unknown: its package does not say",
            where + (Find(metadata, "copyright")?.Value is { } owner ? $"; {owner}" : ""),
            Find(metadata, "repository")?.Attribute("url")?.Value
                ?? Find(metadata, "projectUrl")?.Value
                ?? "",
            texts
        );
    }

    // The nuspec lies in the package's folder, some levels above the assembly.
    private static string? FolderOf(LinkedPackage package)
    {
        var folder = Path.GetDirectoryName(package.Assembly);
        while (folder is not null && !Directory.EnumerateFiles(folder, "*.nuspec").Any())
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder;
    }

    private static IEnumerable<string> TextsIn(string folder) =>
        NoticeNames
            .SelectMany(name =>
                Directory.EnumerateFiles(
                    folder,
                    name,
                    new EnumerationOptions { MatchCasing = MatchCasing.CaseInsensitive }
                )
            )
            .Order(StringComparer.Ordinal);

    private static XElement? Find(XElement? metadata, string name) =>
        metadata?.Elements().FirstOrDefault(element => element.Name.LocalName == name);
}
