using System.ComponentModel;
using System.Diagnostics;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Output;

namespace Cosmos.Multikernel.Cli.Releasing;

/// <summary>
/// Looks up what others' work is in a program or on an image. What Debian's packages brought is described by Debian: its
/// copyright file of exactly the version that is installed.
/// </summary>
internal static class ComponentFinder
{
    private const string CommonLicences = "/usr/share/common-licenses";

    /// <summary>Ourselves: on every image.</summary>
    public static Component Ourselves =>
        new(
            Product.Name,
            Product.Version,
            "BSD-3-Clause",
            "the CPU driver, and every instance",
            "",
            [Repository.Licence]
        );

    /// <summary>What boots an image.</summary>
    public static Component BootLoader =>
        OfDebian(
            "GNU GRUB",
            "grub-pc-bin",
            "GPL-3.0-or-later",
            "boot/grub/eltorito.img, EFI/BOOT/BOOTX64.EFI, the boot sectors: programs of their own, which load ours",
            "GPL-3"
        );

    /// <summary>The font on the console, in the CPU driver and in instances that draw text.</summary>
    private static Component Font =>
        new(
            "GNU Unifont",
            "as converted in " + Ask("dpkg-query", "--show", "grub-common").Replace('\t', ' '),
            "GPL-2.0-or-later WITH Font-exception-2.0 OR OFL-1.1",
            "the console's font, in the CPU driver and in instances that draw text on a screen",
            "https://unifoundry.com/unifont/",
            [Path.Combine(CommonLicences, "GPL-2")]
        );

    /// <summary>What is in the CPU driver.</summary>
    /// <param name="record">The record that its package has.</param>
    public static IReadOnlyList<Component> InCpuDriver(LinkRecord? record) =>
        record?.Components ?? Checked([Font]);

    /// <summary>What is in a program.</summary>
    /// <exception cref="CommandFailure">Something cannot be described: a licence text is not on this machine.</exception>
    public static IReadOnlyList<Component> In(LinkRecord record) =>
        record.Components
        ?? Checked([
            DotNet(RelinkKit.RuntimeLibraries(record)),
            OfDebian(
                "GNU C Library",
                "libc6-dev",
                "LGPL-2.1-or-later",
                "linked statically; relink/ has what is needed to link it anew with another version",
                "LGPL-2.1"
            ),
            OfDebian(
                "GCC's runtime library",
                LibgccPackage(),
                "GPL-3.0-or-later WITH GCC-exception-3.1",
                "libgcc and libgcc_eh, linked statically",
                "GPL-3"
            ),
            .. PackageDescription.Of(record.Packages, "compiled in"),
        ]);

    // PACKAGE/VERSION/runtimes/linux-x64/native
    private static Component DotNet(string libraries)
    {
        var package = Path.GetFullPath("../../..", libraries);
        return new(
            ".NET runtime and class library",
            Path.GetFileName(package),
            "MIT",
            "compiled and linked in, with the libraries that its third-party notices name (zlib-ng, Brotli and others)",
            "https://github.com/dotnet/runtime, tag v" + Path.GetFileName(package),
            [Path.Combine(package, "LICENSE.TXT"), Path.Combine(package, "THIRD-PARTY-NOTICES.TXT")]
        );
    }

    private static IReadOnlyList<Component> Checked(IReadOnlyList<Component> components)
    {
        var missing = components
            .SelectMany(component => component.Texts)
            .FirstOrDefault(text => !File.Exists(text));
        return missing is null
            ? components
            : throw new CommandFailure(
                $"the release needs the licence text {missing}, which is not on this machine"
            );
    }

    private static Component OfDebian(
        string name,
        string package,
        string licence,
        string where,
        string commonLicence
    )
    {
        var facts = Ask(
                "dpkg-query",
                "--show",
                "--showformat=${Version} ${source:Package} ${source:Version}",
                package
            )
            .Split(' ');
        return new(
            name,
            $"{package} {facts[0]}",
            licence,
            where,
            $"https://snapshot.debian.org/package/{facts[1]}/{facts[2]}/",
            [$"/usr/share/doc/{package}/copyright", Path.Combine(CommonLicences, commonLicence)]
        );
    }

    // The library is of whichever GCC the linker found.
    private static string LibgccPackage()
    {
        var file = Path.GetFullPath(Ask("clang-14", "--print-libgcc-file-name"));
        return Ask("dpkg-query", "--search", file).Split(':')[0];
    }

    private static string Ask(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments)
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0 ? output : throw Failure(errors.Result.Trim());
        }
        catch (Win32Exception)
        {
            throw Failure($"{program} is not installed");
        }

        CommandFailure Failure(string why) =>
            new(
                $"{program} {string.Join(' ', arguments)} failed",
                [why, "a release is made on Debian or Ubuntu: their packages say what is linked"]
            );
    }
}
