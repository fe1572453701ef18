using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Output;
using Cosmos.Multikernel.Sdk.Images;

namespace Cosmos.Multikernel.Cli.Releasing;

/// <summary>
/// What is handed on of a kernel: its image with checksum, who wrote what is in it and under which licences, and what is needed
/// to link its instances anew. One zip file, which depends on nothing but what is in it.
/// </summary>
internal static class Release
{
    /// <summary>Makes the release of an image that has been built.</summary>
    /// <param name="kernel">Whose image.</param>
    /// <param name="version">The kernel's version.</param>
    /// <returns>The file.</returns>
    /// <exception cref="CommandFailure">Something that belongs to it is not there.</exception>
    public static string Make(KernelProject kernel, string version)
    {
        var files = new ReleaseFiles();
        files.AddFile("", kernel.Image);
        files.AddText(ImageChecksums.FileName, ImageChecksums.LineOf(kernel.Image) + "\n");
        foreach (var licence in kernel.LicenceFiles)
        {
            files.AddFile("", licence);
        }

        var layout = ImageLayout.Read(kernel.Layout);
        var notice = new Notice(files);
        notice.Add(ComponentFinder.Ourselves);
        foreach (var component in ComponentFinder.InCpuDriver(LinkRecord.Find(layout.Driver)))
        {
            notice.Add(component);
        }

        notice.Add(ComponentFinder.BootLoader);
        AddInstances(layout.Modules, new RelinkKit(files), notice);
        notice.Write($"{kernel.Name} {version}");

        var output = Path.Combine(kernel.ReleaseFolder, $"{kernel.Name}-{version}.zip");
        files.WriteZip(output);
        return output;
    }

    private static void AddInstances(
        IReadOnlyList<ImageModule> modules,
        RelinkKit kit,
        Notice notice
    )
    {
        // Several instances of one program are linked once.
        foreach (var module in modules.DistinctBy(module => module.File))
        {
            var record =
                LinkRecord.Find(module.File)
                ?? throw new CommandFailure(
                    $"instance '{module.Name}': how {module.File} was linked is not known: there is no {LinkRecord.FileOf(module.File)}",
                    ["only programs that this Sdk has built can be released"]
                );
            kit.Add(module.File, record);
            foreach (var component in ComponentFinder.In(record))
            {
                notice.Add(component, record.Program);
            }
        }
    }
}
