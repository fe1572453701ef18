using System.Xml.Linq;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Output;
using Cosmos.Multikernel.Cli.Releasing;

namespace Cosmos.Multikernel.Cli.Packing;

/// <summary>
/// The programs that come ready-made in the Sdk's package, gathered as they lie there, together with what their licences ask for:
/// <c>instances/PART</c> with its link record, <c>relink/</c>, <c>licences/</c>, NOTICE. A release of an author's kernel takes it from there.
/// </summary>
internal static class PackagedParts
{
    // From the records to the package's root.
    private const string Root = "..";

    private static readonly string Folder = Path.Combine(Repository.Artifacts, "obj/Sdk/parts");

    /// <summary>Gathers them from what has been published.</summary>
    /// <exception cref="CommandFailure">A part, its link record or a licence text is not there.</exception>
    public static void Gather()
    {
        var files = new ReleaseFiles();
        var kit = new RelinkKit(files);
        var notice = new Notice(files);
        notice.Add(ComponentFinder.Ourselves);
        files.AddFile("", Repository.Licence);

        var driver = new LinkRecord
        {
            Program = Path.GetFileNameWithoutExtension(Repository.CpuDriver),
            Folder = Root,
            Components = [.. ComponentFinder.InCpuDriver(null).Select(part => notice.Add(part))],
        };
        files.AddText(
            "driver/" + LinkRecord.FileOf(Path.GetFileName(Repository.CpuDriver)),
            driver.ToString()
        );
        foreach (var part in Names())
        {
            Add(part, files, kit, notice);
        }

        foreach (
            var component in PackageDescription.Of(ToolPackages.Find(Cache()), "beside the tools")
        )
        {
            notice.Add(component);
        }

        notice.Write($"{Product.Name} {Product.Version}");
        files.WriteFolder(Folder);
    }

    private static void Add(string part, ReleaseFiles files, RelinkKit kit, Notice notice)
    {
        var program = ProgramOf(part);
        var record =
            LinkRecord.Find(program)
            ?? throw new CommandFailure(
                $"part {part}: there is no {LinkRecord.FileOf(program)}",
                ["publish it again"]
            );
        files.AddFile("instances/", program, part);
        var packaged = new LinkRecord
        {
            Program = record.Program,
            Folder = Root,
            Arguments = kit.Add(program, record),
            Components =
            [
                .. ComponentFinder
                    .In(record)
                    .Select(component => notice.Add(component, record.Program)),
            ],
        };
        files.AddText(LinkRecord.FileOf($"instances/{part}"), packaged.ToString());
    }

    // Where NuGet unpacks: CACHE/PACKAGE/VERSION/runtimes/linux-x64/native holds the runtime that a part is linked with.
    private static string Cache() =>
        Path.GetFullPath(
            "../../../../..",
            RelinkKit.RuntimeLibraries(LinkRecord.Find(ProgramOf(Names().First()))!)
        );

    // A part's published folder holds the program, and files that have extensions.
    private static string ProgramOf(string part)
    {
        var folder = Path.GetDirectoryName(Repository.InstanceProgram($"{Product.Name}.{part}"))!;
        return Directory.EnumerateFiles(folder).Single(file => !Path.HasExtension(file));
    }

    private static IEnumerable<string> Names() =>
        XDocument
            .Load(Path.Combine(Repository.Root, $"{Product.Name}.Sdk/Sdk/Parts.props"))
            .Descendants("CosmosPart")
            .SelectMany(item => item.Attribute("Include")!.Value.Split(';'));
}
