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
    private const string Licences = "licences/";

    /// <summary>Makes the release of an image that has been built.</summary>
    /// <returns>The file.</returns>
    /// <exception cref="CommandFailure">Something that belongs to it is not there.</exception>
    public static string Make(KernelProject kernel)
    {
        var archive = new ReleaseArchive();
        var image = Path.GetFileName(kernel.Image);
        archive.AddFile(image, kernel.Image);
        archive.AddText(ImageChecksums.FileName, ImageChecksums.LineOf(kernel.Image) + "\n");

        var kit = new RelinkKit(archive);
        foreach (var module in ImageLayout.Read(kernel.Layout).Modules)
        {
            kit.Add(module);
        }

        var components = Components.Find(
            kit.RuntimePack
                ?? throw new CommandFailure("no instance is linked with the .NET runtime")
        );
        archive.AddFile(Licences + "LICENSE", Path.Combine(Repository.Root, "LICENSE"));
        foreach (var component in components)
        {
            foreach (var text in component.Texts)
            {
                archive.AddFile(TextPath(component, text), text);
            }
        }

        archive.AddText("NOTICE", Notice.Write(components, TextPath));
        var output = Path.Combine(
            Repository.Artifacts,
            "release",
            $"{kernel.Name}-{Product.Version}.zip"
        );
        archive.Write(output);
        return output;
    }

    // Texts that several share lie there once, by their own names; others by their component's.
    private static string TextPath(Component component, string text) =>
        Path.GetFileName(text) is "copyright"
            ? $"{Licences}{Path.GetFileName(Path.GetDirectoryName(text))}.copyright"
        : Path.GetExtension(text) == ".TXT" ? $"{Licences}dotnet-{Path.GetFileName(text)}"
        : Licences + Path.GetFileName(text);
}
