using System.Globalization;

namespace Cosmos.Multikernel.Sdk.Images;

/// <summary>
/// Turns a folder into an ISO that is CD and stick in one: El Torito boots it as a CD, GRUB's hybrid boot sector as a
/// disk by BIOS, and a FAT partition behind the files by UEFI. The tools are xorriso and mtools.
/// <para>
/// The same files give the same image, bit for bit: dates, identifiers and the order of the files are ours to choose,
/// never the tools'.
/// </para>
/// </summary>
internal static class HybridIso
{
    private const string VolumeName = "COSMOS_MULTIKERNEL";
    private const string BootSector = "/usr/lib/grub/i386-pc/boot_hybrid.img";

    // FAT knows no earlier date.
    private static readonly DateTime Date = new(1980, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Writes the ISO; an existing file is replaced only when the new one is complete.</summary>
    /// <param name="tree">The files, <see cref="BootLoader"/>'s among them.</param>
    /// <param name="work">A folder for what is not on the image.</param>
    /// <param name="output">The ISO.</param>
    public static void Write(string tree, string work, string output)
    {
        var partition = WriteUefiPartition(tree, work);
        Directory.CreateDirectory(Path.GetDirectoryName(output)!);
        // A name of our own: two builds of the same image may run at once.
        var partial = $"{output}.{Environment.ProcessId}.partial";
        try
        {
            ImageTool.Run("xorriso", Arguments(tree, partition, partial));
            File.Move(partial, output, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    // Firmware that boots a CD or a stick starts the loader from a FAT file system of its own.
    private static string WriteUefiPartition(string tree, string work)
    {
        var partition = Path.Combine(work, "uefi.img");
        var files = Path.Combine(work, "uefi");
        var loader = Path.Combine(files, BootLoader.UefiPath);
        Directory.CreateDirectory(Path.GetDirectoryName(loader)!);
        File.Copy(Path.Combine(tree, BootLoader.UefiPath), loader);
        foreach (
            var entry in Directory.EnumerateFileSystemEntries(
                files,
                "*",
                SearchOption.AllDirectories
            )
        )
        {
            Directory.SetLastWriteTimeUtc(entry, Date);
        }

        // A floppy disk's geometry of 2.88 MB: what every firmware reads. The serial number would else be random.
        ImageTool.Run("mformat", "-C", "-i", partition, "-f", "2880", "-N", "00000001", "::");
        ImageTool.Run("mcopy", "-s", "-m", "-i", partition, Path.Combine(files, "EFI"), "::");
        return partition;
    }

    private static IEnumerable<string> Arguments(string tree, string partition, string output)
    {
        var date = Date.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture) + "00";
        return
        [
            "-as",
            "mkisofs",
            "-quiet",
            "-o",
            output,
            "-V",
            VolumeName,
            "-R",
            "-r",
            $"--modification-date={date}",
            "--gpt_disk_guid",
            "modification-date",
            "--set_all_file_dates",
            date,
            .. Order(tree),
            // BIOS, as a CD.
            "-b",
            BootLoader.BiosPath,
            "-no-emul-boot",
            "-boot-load-size",
            "4",
            "-boot-info-table",
            "--grub2-boot-info",
            // BIOS, as a disk.
            "--grub2-mbr",
            BootSector,
            "--protective-msdos-label",
            // UEFI, both.
            "-append_partition",
            "2",
            "0xef",
            partition,
            "-appended_part_as_gpt",
            "-eltorito-alt-boot",
            "-e",
            "--interval:appended_partition_2:all::",
            "-no-emul-boot",
            tree,
        ];
    }

    // Left alone, xorriso lays the files out by their inode numbers.
    private static IEnumerable<string> Order(string tree)
    {
        var files = Directory
            .EnumerateFiles(tree, "*", SearchOption.AllDirectories)
            .Select(file => "/" + Path.GetRelativePath(tree, file))
            .Order(StringComparer.Ordinal)
            .ToList();
        for (var i = 0; i < files.Count; i++)
        {
            yield return "--sort-weight";
            yield return (files.Count - i).ToString(CultureInfo.InvariantCulture);
            yield return files[i];
        }
    }
}
