using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Cosmos.Multikernel.Cli.Setup;

/// <summary>What an examination thinks of one thing.</summary>
internal enum Verdict
{
    /// <summary>It is there.</summary>
    Good,

    /// <summary>It works, and could be better.</summary>
    Advice,

    /// <summary>Something will not work without it.</summary>
    Missing,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Verdict">How it is.</param>
/// <param name="What">The thing.</param>
/// <param name="Found">Its version, size or place.</param>
/// <param name="Purpose">What it is for.</param>
/// <param name="Package">The package to install, when it is missing.</param>
/// <param name="Advice">What to do, when that is not installing a package.</param>
internal sealed record Finding(
    Verdict Verdict,
    string What,
    string Found,
    string Purpose,
    string? Package = null,
    string? Advice = null
);

/// <summary>Looks at the machine that builds and runs kernels.</summary>
internal static partial class Examination
{
    private const int LeastSdk = 10;
    private const long LeastMemory = 4L << 30;
    private const long LeastDisk = 4L << 30;

    public static async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellation)
    {
        List<Finding> findings =
        [
            await ExamineSdkAsync(cancellation).ConfigureAwait(false),
            ExamineSystem(),
            ExamineMemory(),
            ExamineDisk(),
            ExamineVirtualisation(),
        ];
        foreach (var item in Prerequisite.All)
        {
            findings.Add(await ExamineAsync(item, cancellation).ConfigureAwait(false));
        }

        return findings;
    }

    private static async Task<Finding> ExamineSdkAsync(CancellationToken cancellation)
    {
        var version = await AskVersionAsync("dotnet", cancellation).ConfigureAwait(false);
        var isGood =
            version is not null
            && int.TryParse(version.Split('.')[0], out var major)
            && major >= LeastSdk;
        return new(
            isGood ? Verdict.Good : Verdict.Missing,
            ".NET SDK",
            version ?? "not found",
            "compiles everything",
            Advice: isGood ? null : $"get version {LeastSdk} from https://dot.net"
        );
    }

    private static Finding ExamineSystem()
    {
        var isDebian = File.Exists("/usr/bin/apt-get");
        return new(
            isDebian ? Verdict.Good : Verdict.Advice,
            "operating system",
            System.Runtime.InteropServices.RuntimeInformation.OSDescription,
            "runs the tools",
            Advice: isDebian
                ? null
                : "missing programs cannot be installed here by themselves: this is not Debian or Ubuntu"
        );
    }

    private static Finding ExamineMemory()
    {
        var total = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return new(
            total >= LeastMemory ? Verdict.Good : Verdict.Advice,
            "memory",
            Gigabytes(total),
            "builds and virtual machines",
            Advice: total >= LeastMemory ? null : "builds will be slow with less than 4 GB"
        );
    }

    private static Finding ExamineDisk()
    {
        var free = new DriveInfo(Environment.CurrentDirectory).AvailableFreeSpace;
        return new(
            free >= LeastDisk ? Verdict.Good : Verdict.Advice,
            "free disk space",
            Gigabytes(free),
            "what is built, and NuGet's packages",
            Advice: free >= LeastDisk ? null : "the tests' programs and images take about 4 GB"
        );
    }

    // QEMU is not told to use it: what it would change is the speed, and with it what a test sees.
    private static Finding ExamineVirtualisation() =>
        new(
            Verdict.Good,
            "processors",
            $"{Environment.ProcessorCount}{(File.Exists("/dev/kvm") ? ", with /dev/kvm" : "")}",
            "QEMU emulates the machine's cores on these"
        );

    private static async Task<Finding> ExamineAsync(
        Prerequisite item,
        CancellationToken cancellation
    )
    {
        if (!item.IsPresent)
        {
            return new(Verdict.Missing, item.Package, "not found", item.Purpose, item.Package);
        }

        var program = item.Probes[0];
        var version = Path.IsPathRooted(program)
            ? null
            : await AskVersionAsync(program, cancellation).ConfigureAwait(false);
        return new(Verdict.Good, item.Package, version ?? "there", item.Purpose);
    }

    // The first number with a dot in what "--version" prints; programs that do not know the word are merely there.
    private static async Task<string?> AskVersionAsync(
        string program,
        CancellationToken cancellation
    )
    {
        var word = program is "nasm" or "bochs" ? "-v" : "--version";
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, word)
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                    RedirectStandardInput = true,
                }
            )!;
            process.StandardInput.Close();
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            var text = await process
                .StandardOutput.ReadToEndAsync(cancellation)
                .ConfigureAwait(false);
            await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
            var match = VersionPattern().Match(text + await errors.ConfigureAwait(false));
            return match.Success ? match.Value : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private static string Gigabytes(long bytes) => $"{bytes / (double)(1L << 30):0.0} GB";

    [GeneratedRegex(@"\d+\.\d+[\w.]*")]
    private static partial Regex VersionPattern();
}
