using Cosmos.Multikernel.Sdk.Images;

namespace Cosmos.Multikernel.Cli.Machines;

/// <summary>What kind of computer to boot on.</summary>
public enum MachineKind
{
    /// <summary>QEMU with PCI Express, AHCI and HPET: a PC of the last fifteen years.</summary>
    Q35,

    /// <summary>QEMU's older PC with PCI and IDE.</summary>
    Pc,

    /// <summary>Bochs: another implementation of the processor and its chipset, xAPIC only.</summary>
    Bochs,
}

/// <summary>Which network card is in the machine.</summary>
public enum NicKind
{
    /// <summary>None.</summary>
    None,

    /// <summary>QEMU's virtio-net, of version 1.0 alone.</summary>
    Virtio,

    /// <summary>Intel's 82540EM: QEMU and Bochs.</summary>
    E1000,

    /// <summary>Intel's 82574L: QEMU with PCI Express.</summary>
    E1000e,
}

/// <summary>What a disk is attached by.</summary>
public enum DiskKind
{
    /// <summary>QEMU's virtio-blk, of version 1.0 alone.</summary>
    Virtio,

    /// <summary>An NVMe controller of its own (QEMU).</summary>
    Nvme,

    /// <summary>The machine's own controller: SATA in a q35, IDE in a pc and in Bochs.</summary>
    Ata,
}

/// <summary>A disk in the machine.</summary>
/// <param name="File">The file with its contents; the machine writes to it.</param>
/// <param name="Kind">What it is attached by.</param>
public sealed record MachineDisk(string File, DiskKind Kind = DiskKind.Virtio)
{
    /// <summary>QEMU: the file's driver and options in the words of its <c>-blockdev</c>, without the node's name; null for the file as it is.</summary>
    public string? Backend { get; init; }
}

/// <summary>A Linux that QEMU loads itself, without a boot medium.</summary>
/// <param name="Kernel">The kernel's file.</param>
/// <param name="CommandLine">What it is told.</param>
public sealed record LinuxBoot(string Kernel, string CommandLine);

/// <summary>Everything that describes one boot.</summary>
/// <param name="Image">The ISO to boot; with <see cref="Linux"/> its initial file system.</param>
public sealed record MachineOptions(string Image)
{
    /// <summary>The kind of computer.</summary>
    public MachineKind Kind { get; init; } = MachineKind.Q35;

    /// <summary>QEMU: boots this instead of the image.</summary>
    public LinuxBoot? Linux { get; init; }

    /// <summary>Processors that are there at power-on.</summary>
    public int Cores { get; init; } = 4;

    /// <summary>Sockets, empty ones included: the firmware describes these too. 0 means as many as there are cores.</summary>
    public int CoreSlots { get; init; }

    /// <summary>Memory in megabytes.</summary>
    public int Memory { get; init; } = 512;

    /// <summary>UEFI firmware (OVMF) instead of a BIOS.</summary>
    public bool Uefi { get; init; }

    /// <summary>Boots the image as a USB stick instead of a CD.</summary>
    public bool Usb { get; init; }

    /// <summary>QEMU's processor model. <c>max</c> has all features that QEMU can emulate.</summary>
    public string Cpu { get; init; } = "max";

    /// <summary>QEMU's display, such as <c>gtk</c> or <c>vnc=:1</c>.</summary>
    public string Display { get; init; } = "none";

    /// <summary>QEMU: whether there is a serial port. Without one nothing is heard of the machine: only its screen shows what it does.</summary>
    public bool HasSerialLine { get; init; } = true;

    /// <summary>The network card, at the emulator's own small network: DHCP, a name server, and a way out for UDP.</summary>
    public NicKind Nic { get; init; }

    /// <summary>QEMU: what the card is at instead, in the words of its <c>-netdev</c> without the identifier.</summary>
    public string? Network { get; init; }

    /// <summary>QEMU: a file that receives every packet, in the format of pcap.</summary>
    public string? PacketLog { get; init; }

    /// <summary>Disks beside the boot medium.</summary>
    public IReadOnlyList<MachineDisk> Disks { get; init; } = [];

    /// <summary>Virtual time counts instructions, two nanoseconds each: equal runs give equal numbers.</summary>
    public bool Deterministic { get; init; }

    /// <summary>Instead of booting the image: the instances of this layout run as processes of this host.</summary>
    public ImageLayout? HostedLayout { get; init; }

    /// <summary>
    /// Where QEMU listens for a debugger, in the words of its <c>-gdb</c>, such as <c>tcp:127.0.0.1:1234</c>. The machine then
    /// waits at its first instruction until the debugger lets it go on.
    /// </summary>
    public string? Debugger { get; init; }

    /// <summary>Hosted: instances record a trace. (An image says so itself.)</summary>
    public bool HostedTrace { get; init; }

    /// <summary>The file that receives every byte of the serial line.</summary>
    public string? SerialLog { get; init; }

    /// <summary>Further arguments to the emulator, as they are.</summary>
    public IReadOnlyList<string> ExtraArguments { get; init; } = [];
}
