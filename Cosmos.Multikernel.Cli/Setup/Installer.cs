using System.Diagnostics;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Output;

namespace Cosmos.Multikernel.Cli.Setup;

/// <summary>Installs what is missing with apt-get, as root or by sudo; otherwise says exactly what to install.</summary>
public static class Installer
{
    /// <summary>Makes sure that everything is there; silent and quick when it is.</summary>
    /// <exception cref="CommandFailure">Something is missing and could not be installed.</exception>
    public static async Task EnsureAsync(CancellationToken cancellation)
    {
        var missing = Missing();
        if (missing.Count == 0)
        {
            return;
        }

        var packages = missing.Select(item => item.Package).ToList();
        var command = $"apt-get install --no-install-recommends {string.Join(' ', packages)}";
        if (!File.Exists("/usr/bin/apt-get"))
        {
            throw new CommandFailure(
                "something is missing, and this is not Debian or Ubuntu",
                [$"install what Debian calls: {string.Join(' ', packages)}"]
            );
        }

        if (await FindPrivilegeAsync(cancellation).ConfigureAwait(false) is not { } privilege)
        {
            throw new CommandFailure(
                "something is missing, and only root can install it",
                [$"sudo {command}"]
            );
        }

        foreach (var item in missing)
        {
            Report.Line($"missing: {item.Package} ({item.Purpose})");
        }

        await Report
            .StepAsync(
                $"Installing {packages.Count} packages",
                () => InstallAsync(privilege, packages, cancellation)
            )
            .ConfigureAwait(false);
        if (Missing() is [var first, ..] still)
        {
            throw new CommandFailure(
                $"{still.Count} packages are still missing after their installation",
                [$"{first.Package}: there is no {string.Join(" or ", first.Probes)}"]
            );
        }
    }

    private static List<Prerequisite> Missing() =>
        [.. Prerequisite.All.Where(item => !item.IsPresent)];

    private static async Task InstallAsync(
        string[] privilege,
        List<string> packages,
        CancellationToken cancellation
    )
    {
        string[] environment = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
        string[] update = [.. privilege, .. environment, "update"];
        string[] install =
        [
            .. privilege,
            .. environment,
            "install",
            "--yes",
            "--no-install-recommends",
            .. packages,
        ];
        // Old lists often still serve; if they do not, the installation says so.
        await LoggedProcess
            .RunAsync(
                "apt-get update",
                "setup-update",
                update[0],
                update[1..],
                cancellation,
                failureIsFatal: false
            )
            .ConfigureAwait(false);
        await LoggedProcess
            .RunAsync("apt-get install", "setup-install", install[0], install[1..], cancellation)
            .ConfigureAwait(false);
    }

    // The words to put before a command that needs root; null when we cannot become root without a password.
    private static async Task<string[]?> FindPrivilegeAsync(CancellationToken cancellation)
    {
        if (Environment.IsPrivilegedProcess)
        {
            return [];
        }

        if (!File.Exists("/usr/bin/sudo"))
        {
            return null;
        }

        using var probe = Process.Start("/usr/bin/sudo", ["-n", "true"]);
        await probe.WaitForExitAsync(cancellation).ConfigureAwait(false);
        return probe.ExitCode == 0 ? ["/usr/bin/sudo", "-n"] : null;
    }
}
