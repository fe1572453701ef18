namespace Cosmos.Multikernel.Sdk.Images;

/// <summary>
/// GRUB for BIOS and for UEFI, made by grub-mkimage with all its modules inside, so that the image carries no others.
/// It looks for the image it was made for by a file that no other image has, and finds it wherever the files went: on
/// a CD, on a stick, or copied to another file system.
/// </summary>
internal static class BootLoader
{
    /// <summary>The UEFI loader's path, where firmware looks on any removable medium (UEFI 2.10, 3.5.1.1).</summary>
    public const string UefiPath = "EFI/BOOT/BOOTX64.EFI";

    /// <summary>The BIOS loader's path.</summary>
    public const string BiosPath = "boot/grub/eltorito.img";

    private const string Prefix = "/boot/grub";
    private const string Modules =
        "normal test multiboot2 iso9660 part_gpt part_msdos fat search search_fs_file serial terminal terminfo all_video configfile";

    /// <summary>Writes both loaders into an image's files.</summary>
    /// <param name="tree">The folder that becomes the image.</param>
    /// <param name="work">A folder for what is not on the image.</param>
    /// <param name="marker">The path on the image of the file that only this image has.</param>
    public static void Write(string tree, string work, string marker)
    {
        var early = Path.Combine(work, "early.cfg");
        File.WriteAllText(
            early,
            $"""
            search --no-floppy --file --set=root {marker}
            set prefix=($root){Prefix}
            configfile $prefix/grub.cfg

            """
        );
        Make(early, "x86_64-efi", Path.Combine(tree, UefiPath), Modules.Split(' '));
        // Packed: a BIOS reads it through slow calls.
        string[] modules = ["biosdisk", .. Modules.Split(' ')];
        Make(early, "i386-pc-eltorito", Path.Combine(tree, BiosPath), modules, "-C", "xz");
    }

    private static void Make(
        string early,
        string format,
        string output,
        string[] modules,
        params string[] further
    )
    {
        Directory.CreateDirectory(Path.GetDirectoryName(output)!);
        ImageTool.Run(
            "grub-mkimage",
            ["-O", format, "-o", output, "-c", early, "-p", Prefix, .. further, .. modules]
        );
    }
}
