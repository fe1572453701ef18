using System.CommandLine;
using System.Globalization;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Cli.Output;

namespace Cosmos.Multikernel.Cli.Commands;

/// <summary>The options that describe a machine.</summary>
public sealed class MachineOptionSet
{
    private const int MostCores = 255;
    private const int LeastMemory = 32;
    private const int MostMemory = 1 << 20;

    private readonly Option<int> _cores = new("--cores", "-c")
    {
        Description = "Processor cores.",
        DefaultValueFactory = _ => 4,
        CustomParser = OptionValue.Parser<int>(
            $"use 1 to {MostCores}",
            text =>
                int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var cores)
                && cores is >= 1 and <= MostCores
                    ? cores
                    : null
        ),
    };

    private readonly Option<int> _memory = new("--memory", "-m")
    {
        Description = "Memory: megabytes, or with a unit such as 2G.",
        DefaultValueFactory = _ => 512,
        CustomParser = OptionValue.Parser(
            $"use {LeastMemory} to {MostMemory} megabytes, such as 512 or 2G",
            ParseMemory
        ),
    };

    private readonly Option<MachineKind> _kind = new("--machine")
    {
        Description = "q35 and pc are QEMU's, bochs is the other emulator.",
        DefaultValueFactory = _ => MachineKind.Q35,
        CustomParser = OptionValue.Parser<MachineKind>(
            "use q35, pc or bochs",
            text =>
                text.ToLowerInvariant() switch
                {
                    "q35" => MachineKind.Q35,
                    "pc" => MachineKind.Pc,
                    "bochs" => MachineKind.Bochs,
                    _ => null,
                }
        ),
    };

    private readonly Option<bool> _uefi = new("--uefi")
    {
        Description = "UEFI firmware instead of a BIOS.",
    };

    private readonly Option<bool> _usb = new("--usb")
    {
        Description = "Boot the image as a USB stick instead of a CD.",
    };

    private readonly Option<string?> _display = new("--display")
    {
        Description = "Show the screen: gtk (when no value is given), sdl, vnc=:1 ...",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> _cpu = new("--cpu")
    {
        Description = "QEMU's processor model, such as qemu64 or Skylake-Client.",
        DefaultValueFactory = _ => "max",
    };

    private readonly Option<NicKind?> _nic = new("--nic")
    {
        Description =
            "The network card: virtio, e1000, e1000e or none. Default: virtio; e1000 on Bochs. It is at the emulator's own network.",
        CustomParser = OptionValue.OptionalParser<NicKind>(
            "use virtio, e1000, e1000e or none",
            text =>
                text.ToLowerInvariant() switch
                {
                    "virtio" => NicKind.Virtio,
                    "e1000" => NicKind.E1000,
                    "e1000e" => NicKind.E1000e,
                    "none" => NicKind.None,
                    _ => null,
                }
        ),
    };

    private readonly Option<string[]> _disks = new("--disk")
    {
        Description = "A disk: a file with its contents, to which the machine writes. Repeatable.",
    };

    private readonly Option<DiskKind?> _diskKind = new("--disk-kind")
    {
        Description =
            "What disks are attached by: virtio, nvme, or ata, the machine's own (SATA in q35, IDE in pc and bochs). Default: virtio; ata on Bochs.",
        CustomParser = OptionValue.OptionalParser<DiskKind>(
            "use virtio, nvme or ata",
            text =>
                text.ToLowerInvariant() switch
                {
                    "virtio" => DiskKind.Virtio,
                    "nvme" => DiskKind.Nvme,
                    "ata" => DiskKind.Ata,
                    _ => null,
                }
        ),
    };

    private readonly Option<string[]> _emulator = new("--emulator-argument")
    {
        Description = "A further argument to QEMU or Bochs, as it is. Repeatable.",
    };

    public void AddTo(Command command)
    {
        foreach (var option in EmulatorOptions().Prepend(_cores))
        {
            command.Add(option);
        }
    }

    /// <summary>Reads the machine: what the user did not say, the project may have said.</summary>
    /// <param name="arguments">The user's command line.</param>
    /// <param name="project">The project's own options, which its layout has once it is built.</param>
    /// <returns>The machine, still without its image: what can be wrong here is told before a build takes its time.</returns>
    /// <exception cref="CommandFailure">Two values do not go together, or the project's options are wrong.</exception>
    public MachineOptions Read(ParseResult arguments, IReadOnlyList<string>? project = null)
    {
        var wish = ParseProject(project ?? []);
        var kind = Value(_kind);
        var uefi = Value(_uefi);
        if (kind == MachineKind.Bochs && uefi)
        {
            throw new CommandFailure("--machine bochs has no UEFI firmware; use q35");
        }

        var isBochs = kind == MachineKind.Bochs;
        var nic = Value(_nic) ?? (isBochs ? NicKind.E1000 : NicKind.Virtio);
        if (isBochs && nic is not (NicKind.E1000 or NicKind.None))
        {
            throw new CommandFailure("--machine bochs has the network card e1000, or none");
        }

        return new(Image: "")
        {
            Cores = Value(_cores),
            Memory = Value(_memory),
            Kind = kind,
            Uefi = uefi,
            Usb = Value(_usb),
            Nic = nic,
            Disks = ReadDisks(Value(_disks) ?? [], Value(_diskKind), isBochs),
            Cpu = Value(_cpu)!,
            Display = Source(_display).GetResult(_display) is null
                ? "none"
                : Value(_display) ?? "gtk",
            ExtraArguments = Value(_emulator) ?? [],
        };

        ParseResult Source(Option option) =>
            arguments.GetResult(option) is { Implicit: false } ? arguments : wish;

        T? Value<T>(Option<T> option) => Source(option).GetValue(option);
    }

    /// <summary>The machine of a project whose user has no wishes.</summary>
    /// <exception cref="CommandFailure">The project's options are wrong.</exception>
    public static MachineOptions ReadProject(IReadOnlyList<string> project)
    {
        var options = new MachineOptionSet();
        return options.Read(options.ParseProject([]), project);
    }

    private static IReadOnlyList<MachineDisk> ReadDisks(
        string[] files,
        DiskKind? wish,
        bool isBochs
    )
    {
        var kind = wish ?? (isBochs ? DiskKind.Ata : DiskKind.Virtio);
        if (isBochs && (kind != DiskKind.Ata || files.Length > 1))
        {
            throw new CommandFailure("--machine bochs has one disk, of kind ata");
        }

        return
        [
            .. files.Select(file =>
                File.Exists(file)
                    ? new MachineDisk(Path.GetFullPath(file), kind)
                    : throw new CommandFailure(
                        $"--disk: there is no file {file}",
                        [$"'truncate -s 64M {file} && mkfs.fat {file}' makes an empty disk"]
                    )
            ),
        ];
    }

    private ParseResult ParseProject(IReadOnlyList<string> options)
    {
        var command = new Command("project");
        AddTo(command);
        var parsed = command.Parse(
            options,
            new ParserConfiguration { ResponseFileTokenReplacer = null }
        );
        return parsed.Errors is [var first, ..]
            ? throw new CommandFailure(
                $"the project's machine: {first.Message.TrimEnd('.')}",
                [$"it asks for: {string.Join(' ', options)}"]
            )
            : parsed;
    }

    /// <exception cref="CommandFailure">An option was given that a machine of processes has no use for.</exception>
    public void RefuseEmulatorOptions(ParseResult arguments)
    {
        foreach (var option in EmulatorOptions())
        {
            if (arguments.GetResult(option) is { Implicit: false })
            {
                throw new CommandFailure(
                    $"{option.Name} describes an emulator, which --hosted has not"
                );
            }
        }
    }

    private Option[] EmulatorOptions() =>
        [_memory, _kind, _uefi, _usb, _nic, _disks, _diskKind, _display, _cpu, _emulator];

    private static int? ParseMemory(string text)
    {
        var unit = text.Length > 0 ? char.ToUpperInvariant(text[^1]) : ' ';
        var factor = unit == 'G' ? 1024 : 1;
        var digits = unit is 'G' or 'M' ? text[..^1] : text;
        return
            int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && (long)number * factor is >= LeastMemory and <= MostMemory
            ? number * factor
            : null;
    }
}
