using System.Globalization;
using Cosmos.Multikernel.Cli.Building;

namespace Cosmos.Multikernel.Cli.Machines;

/// <summary>Turns <see cref="MachineOptions"/> into QEMU's arguments.</summary>
internal static class QemuCommandLine
{
    public const string Program = "qemu-system-x86_64";
    private const string FirmwareFolder = "/usr/share/OVMF";

    /// <param name="options">The machine.</param>
    /// <param name="folder">A folder of its own for the machine's firmware variables and sockets.</param>
    /// <param name="serial">The arguments that connect the serial line.</param>
    public static IReadOnlyList<string> Build(
        MachineOptions options,
        string folder,
        IEnumerable<string> serial
    )
    {
        var slots = Math.Max(options.CoreSlots, options.Cores);
        List<string> arguments =
        [
            "-machine",
            options.Kind == MachineKind.Pc ? "pc" : "q35",
            "-cpu",
            options.Cpu,
            "-m",
            options.Memory.ToString(CultureInfo.InvariantCulture),
            "-smp",
            $"{options.Cores},maxcpus={slots}",
            "-display",
            options.Display,
            "-no-reboot",
            "-qmp",
            $"unix:{ControlSocket(folder)},server=on,wait=off",
            .. Medium(options),
            .. serial,
        ];
        if (options.Uefi)
        {
            arguments.AddRange(Firmware(folder));
        }

        if (options.Deterministic)
        {
            arguments.AddRange(["-icount", "shift=1,sleep=off"]);
        }

        if (options.Debugger is { } debugger)
        {
            arguments.AddRange(["-S", "-gdb", debugger]);
        }

        // Without this there would be a card that nobody asked for.
        arguments.AddRange(["-nic", "none"]);
        if (options.Nic != NicKind.None)
        {
            arguments.AddRange(NetworkCard(options));
        }

        for (var number = 0; number < options.Disks.Count; number++)
        {
            arguments.AddRange(Disk(options, number));
        }

        arguments.AddRange(options.ExtraArguments);
        return arguments;
    }

    public static string ControlSocket(string folder) => Path.Combine(folder, "control.sock");

    // It goes before disks, whatever is on them.
    private static IEnumerable<string> Medium(MachineOptions options) =>
        options.Linux is { } linux
            ? ["-kernel", linux.Kernel, "-initrd", options.Image, "-append", linux.CommandLine]
        : options.Usb
            ?
            [
                "-drive",
                $"if=none,id=stick,format=raw,readonly=on,file={Escape(options.Image)}",
                "-device",
                "qemu-xhci",
                "-device",
                "usb-storage,drive=stick,bootindex=0",
            ]
        :
        [
            "-drive",
            $"if=none,id=disc,media=cdrom,format=raw,readonly=on,file={Escape(options.Image)}",
            "-device",
            "ide-cd,bus=ide.0,drive=disc,bootindex=0",
        ];

    // Without their boot ROMs, which would only cost time.
    private static IEnumerable<string> NetworkCard(MachineOptions options)
    {
        var device = options.Nic switch
        {
            NicKind.E1000 => "e1000",
            NicKind.E1000e => "e1000e",
            _ => "virtio-net-pci,disable-legacy=on",
        };
        List<string> card =
        [
            "-netdev",
            $"{options.Network ?? "user"},id=net0",
            "-device",
            $"{device},netdev=net0,romfile=",
        ];
        if (options.PacketLog is { } log)
        {
            card.AddRange(["-object", $"filter-dump,id=dump0,netdev=net0,file={Escape(log)}"]);
        }

        return card;
    }

    // The raw format is said, not guessed: what a machine writes to its disk's beginning must not make another format of it.
    private static IEnumerable<string> Disk(MachineOptions options, int number)
    {
        var disk = options.Disks[number];
        var device = disk.Kind switch
        {
            DiskKind.Nvme => $"nvme,serial=disk{number}",
            DiskKind.Ata => $"ide-hd,{AtaPlace(options, number)}",
            _ => "virtio-blk-pci,disable-legacy=on",
        };
        return
        [
            "-blockdev",
            $"node-name=disk{number},"
                + (
                    disk.Backend ?? $"driver=raw,file.driver=file,file.filename={Escape(disk.File)}"
                ),
            "-device",
            $"{device},drive=disk{number}",
        ];
    }

    // The boot disc has the first place. A q35 has six ports, a pc two cables with two places each.
    private static string AtaPlace(MachineOptions options, int number)
    {
        var place = 1 + options.Disks.Take(number).Count(disk => disk.Kind == DiskKind.Ata);
        return options.Kind == MachineKind.Pc
            ? $"bus=ide.{place / 2},unit={place % 2}"
            : $"bus=ide.{place}";
    }

    // The firmware writes its settings, so each machine gets a copy of the empty ones.
    private static IEnumerable<string> Firmware(string folder)
    {
        var variables = Path.Combine(folder, "variables.fd");
        var code = $"{FirmwareFolder}/OVMF_CODE_4M.fd";
        if (!File.Exists(code))
        {
            throw new MachineException(
                $"there is no UEFI firmware at {code}; '{Repository.Caller} setup' installs it"
            );
        }

        File.Copy($"{FirmwareFolder}/OVMF_VARS_4M.fd", variables);
        return
        [
            "-drive",
            $"if=pflash,format=raw,unit=0,readonly=on,file={code}",
            "-drive",
            $"if=pflash,format=raw,unit=1,file={Escape(variables)}",
        ];
    }

    // A comma separates QEMU's options; doubled it is a comma.
    private static string Escape(string path) => path.Replace(",", ",,");
}
