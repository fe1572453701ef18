using System.Diagnostics;

namespace Cosmos.Multikernel.Sdk.Images;

/// <summary>
/// Writes one hybrid ISO that boots as CD and as USB stick, by BIOS and by UEFI, and also when its files are merely
/// copied to a FAT32 stick under UEFI. The tools are GRUB's grub-mkrescue and grub-mkimage.
/// </summary>
public static class ImageWriter
{
    private const string BootModules =
        "normal multiboot2 iso9660 part_gpt part_msdos fat search search_fs_file serial terminal all_video configfile";

    /// <summary>Writes the image; an existing file is replaced only when the new one is complete.</summary>
    /// <exception cref="ImageException">The layout or a tool is wrong; the message says how.</exception>
    public static void Write(ImageLayout layout, string output)
    {
        if (!File.Exists(layout.Driver))
        {
            throw new ImageException($"there is no CPU driver at {layout.Driver}; build it first");
        }

        var modules = layout.Modules.Select(module => module.Validated()).ToList();
        var repeated = modules.GroupBy(module => module.Name).FirstOrDefault(g => g.Count() > 1);
        if (repeated is not null)
        {
            throw new ImageException($"two instances are called '{repeated.Key}'");
        }

        var tree = Directory.CreateTempSubdirectory("cosmos-image-").FullName;
        try
        {
            Stage(layout with { Modules = modules }, tree);
            WriteFallbackLoader(tree);
            WriteIso(tree, Path.GetFullPath(output));
        }
        finally
        {
            Directory.Delete(tree, recursive: true);
        }
    }

    private static void Stage(ImageLayout layout, string tree)
    {
        Directory.CreateDirectory(Path.Combine(tree, "boot/grub"));
        File.Copy(layout.Driver, tree + GrubConfiguration.DriverPath);
        // Instances made from the same program share one file on the image, but not in memory: GRUB loads it anew.
        var paths = new Dictionary<string, string>();
        foreach (var module in layout.Modules)
        {
            var source = Path.GetFullPath(module.File);
            if (paths.TryAdd(source, $"/boot/{module.Name}"))
            {
                File.Copy(source, tree + paths[source]);
            }
        }

        var configuration = GrubConfiguration.Write(
            layout,
            module => paths[Path.GetFullPath(module.File)]
        );
        File.WriteAllText(Path.Combine(tree, "boot/grub/grub.cfg"), configuration);
    }

    // The loader grub-mkrescue makes lives in a hidden EFI partition. When a tool copies the files to FAT32 instead of
    // the sectors, the firmware looks for this one, which finds the configuration wherever it was copied to.
    private static void WriteFallbackLoader(string tree)
    {
        var early = Path.Combine(tree, "early.cfg");
        File.WriteAllText(
            early,
            """
            search --no-floppy --file --set=root /boot/cpudriver.elf
            set prefix=($root)/boot/grub
            configfile $prefix/grub.cfg

            """
        );
        var folder = Directory.CreateDirectory(Path.Combine(tree, "EFI/BOOT")).FullName;
        var loader = Path.Combine(folder, "BOOTX64.EFI");
        Run(
            "grub-mkimage",
            [
                "-O",
                "x86_64-efi",
                "-o",
                loader,
                "-c",
                early,
                "-p",
                "/boot/grub",
                .. BootModules.Split(' '),
            ]
        );
        File.Delete(early);
    }

    private static void WriteIso(string tree, string output)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(output)!);
        // A name of our own: two builds of the same image may run at once.
        var partial = $"{output}.{Environment.ProcessId}.partial";
        try
        {
            Run(
                "grub-mkrescue",
                [
                    "-o",
                    partial,
                    $"--install-modules={BootModules}",
                    "--fonts=",
                    "--locales=",
                    "--themes=",
                    "--compress=xz",
                    tree,
                ]
            );
            File.Move(partial, output, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    private static void Run(string tool, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(tool, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new ImageException($"{tool} is not installed; './build.sh setup' installs it");
        }

        using (process)
        {
            var standardOutput = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                throw new ImageException(
                    $"{tool} failed ({process.ExitCode}): {errors.Trim()} {standardOutput.Result.Trim()}"
                );
            }
        }
    }
}
