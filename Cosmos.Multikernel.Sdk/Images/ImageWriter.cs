namespace Cosmos.Multikernel.Sdk.Images;

/// <summary>
/// Writes one hybrid ISO that boots as CD and as USB stick, by BIOS and by UEFI, and also when its files are merely
/// copied to a FAT32 stick under UEFI. The same layout and programs give the same image, bit for bit.
/// </summary>
public static class ImageWriter
{
    /// <summary>Where the instances' programs lie on the image.</summary>
    private const string InstanceFolder = "/boot/instances/";

    private const int MarkerDigits = 16;

    /// <summary>Writes the image; an existing file is replaced only when the new one is complete.</summary>
    /// <exception cref="ImageException">The layout, a file or a tool is wrong; the message says how.</exception>
    public static void Write(ImageLayout layout, string output)
    {
        if (!File.Exists(layout.Driver))
        {
            throw new ImageException($"there is no CPU driver at {layout.Driver}; build it first");
        }

        layout = layout with
        {
            Modules = [.. layout.Modules.Select(module => module.Validated())],
            Data = [.. layout.Data.Select(data => data.Validated())],
        };
        CheckNames("instances", layout.Modules.Select(module => module.Name));
        CheckNames("modules", layout.Data.Select(data => data.Name));
        var folder = Directory.CreateTempSubdirectory("cosmos-image-").FullName;
        try
        {
            var tree = Directory.CreateDirectory(Path.Combine(folder, "tree")).FullName;
            var work = Directory.CreateDirectory(Path.Combine(folder, "work")).FullName;
            Stage(layout, tree);
            BootLoader.Write(tree, work, WriteMarker(tree));
            HybridIso.Write(tree, work, Path.GetFullPath(output));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ImageException($"{output} cannot be written: {failure.Message}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // FAT, which the image's files may be copied to, takes names for the same that differ in case only.
    private static void CheckNames(string kind, IEnumerable<string> all)
    {
        var repeated = all.GroupBy(name => name, StringComparer.OrdinalIgnoreCase)
            .FirstOrDefault(group => group.Count() > 1);
        if (repeated is not null)
        {
            var names = repeated.Select(name => $"'{name}'").Distinct();
            throw new ImageException(
                $"two {kind} are called {string.Join(" and ", names)}: names must differ, and not in case alone"
            );
        }
    }

    private static void Stage(ImageLayout layout, string tree)
    {
        Directory.CreateDirectory(Path.Combine(tree, "boot/grub"));
        Directory.CreateDirectory(tree + InstanceFolder);
        File.Copy(layout.Driver, tree + GrubConfiguration.DriverPath);
        // Instances made from the same program share one file on the image, but not in memory: GRUB loads it anew.
        var paths = new Dictionary<string, string>();
        foreach (var module in layout.Modules)
        {
            var source = Path.GetFullPath(module.File);
            if (paths.TryAdd(source, InstanceFolder + module.Name))
            {
                File.Copy(source, tree + paths[source]);
            }
        }

        Directory.CreateDirectory(tree + GrubConfiguration.DataFolder);
        foreach (var data in layout.Data)
        {
            File.Copy(data.File, tree + GrubConfiguration.DataFolder + data.Name);
        }

        var configuration = GrubConfiguration.Write(
            layout,
            module => paths[Path.GetFullPath(module.File)]
        );
        File.WriteAllText(Path.Combine(tree, "boot/grub/grub.cfg"), configuration);
    }

    /// <summary>Writes the file by which the loader knows its own image among others in the machine; gives its path there.</summary>
    private static string WriteMarker(string tree)
    {
        var identity = ContentHash.Of(tree, tree)[..MarkerDigits];
        var marker = $"/boot/{identity}.id";
        File.WriteAllText(tree + marker, "The boot loader finds this image by this file's name.\n");
        return marker;
    }
}
