using System.Text.RegularExpressions;
using Cosmos.Multikernel.Cli.Machines;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>What QEMU's own trace says of disks that are told that the power is about to go.</summary>
internal static partial class ParkingTrace
{
    /// <summary>What QEMU is started with.</summary>
    public static IReadOnlyList<string> Arguments { get; } =
    ["-trace", "pci_nvme_mmio_shutdown_set", "-trace", "ide_exec_cmd"];

    /// <summary>Whether an NVMe controller has got a shutdown notification.</summary>
    public static bool HasNvmeHeard(VirtualMachine machine) =>
        machine.Errors.Contains("pci_nvme_mmio_shutdown_set", StringComparison.Ordinal);

    /// <summary>Whether a SATA or IDE disk has got STANDBY IMMEDIATE.</summary>
    public static bool HasAtaHeard(VirtualMachine machine) =>
        StandbyImmediate().IsMatch(machine.Errors);

    [GeneratedRegex("ide_exec_cmd.*cmd 0xe0", RegexOptions.IgnoreCase)]
    private static partial Regex StandbyImmediate();
}
