namespace Cosmos.Multikernel.Cli.Setup;

/// <summary>A package of the system that the tool chain or the virtual machines need.</summary>
/// <param name="Package">Its name in Debian and Ubuntu.</param>
/// <param name="Purpose">What it is for.</param>
/// <param name="Probes">It is there when one of these is: a program's name, or a file's full path.</param>
public sealed record Prerequisite(string Package, string Purpose, params string[] Probes)
{
    /// <summary>Everything that is needed, from source to a running machine.</summary>
    public static IReadOnlyList<Prerequisite> All { get; } =
    [
        new("clang-14", "links kernel instances", "clang-14"),
        new("lld-14", "links the CPU driver and kernel instances", "ld.lld-14"),
        new("llvm-14", "checks and strips object files", "llvm-nm-14"),
        new("binutils", "strips kernel instances", "objcopy"),
        new(
            "libc6-dev",
            "the static C library that instances hold",
            "/usr/lib/x86_64-linux-gnu/libc.a"
        ),
        new(
            "zlib1g-dev",
            "the static zlib that instances hold",
            "/usr/lib/x86_64-linux-gnu/libz.a"
        ),
        new("nasm", "assembles what the X# compiler writes", "nasm"),
        new("grub-common", "makes boot images", "grub-mkrescue"),
        new("grub-pc-bin", "boots images by BIOS", "/usr/lib/grub/i386-pc/multiboot2.mod"),
        new(
            "grub-efi-amd64-bin",
            "boots images by UEFI",
            "/usr/lib/grub/x86_64-efi/multiboot2.mod"
        ),
        new("xorriso", "writes ISO files", "xorriso"),
        new("mtools", "writes the UEFI part of ISO files", "mformat"),
        new("dosfstools", "makes and checks FAT volumes for the tests", "mkfs.fat"),
        new("gdisk", "makes GUID partition tables for the tests", "sgdisk"),
        new("fdisk", "makes boot records for the tests", "sfdisk"),
        new("qemu-system-x86", "runs virtual machines", "qemu-system-x86_64"),
        new("gdb", "debugs virtual machines", "gdb"),
        new("ovmf", "UEFI firmware for virtual machines", "/usr/share/OVMF/OVMF_CODE_4M.fd"),
        new("bochs", "runs virtual machines, the second opinion", "bochs"),
        new("bochsbios", "Bochs' BIOS", "/usr/share/bochs/BIOS-bochs-latest"),
        new("vgabios", "Bochs' screen BIOS", "/usr/share/vgabios/vgabios.bin"),
        new(
            "bochs-term",
            "Bochs on a text terminal",
            "/usr/lib/x86_64-linux-gnu/bochs/plugins/libbx_term_gui.so",
            "/usr/lib/bochs/plugins/libbx_term_gui.so"
        ),
    ];

    /// <summary>Whether it is on this machine.</summary>
    public bool IsPresent =>
        Probes.Any(probe => Path.IsPathRooted(probe) ? File.Exists(probe) : IsProgram(probe));

    // Administration tools live in sbin, which a plain user's path lacks.
    private static bool IsProgram(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Append("/usr/sbin")
            .Any(folder => File.Exists(Path.Combine(folder, name)));
}
