using System.Diagnostics;
using Cosmos.Multikernel.Cli.Output;

namespace Cosmos.Multikernel.Cli.Releasing;

/// <summary>
/// Looks up what others' work is in a release. What Debian's packages brought is described by Debian: its copyright file of
/// exactly the version that is installed.
/// </summary>
internal static class Components
{
    private const string CommonLicences = "/usr/share/common-licenses";

    /// <param name="runtimePack">The folder of the NuGet package with the .NET runtime that is linked.</param>
    /// <exception cref="CommandFailure">Something cannot be described: a licence text is not on this machine.</exception>
    public static IReadOnlyList<Component> Find(string runtimePack)
    {
        IReadOnlyList<Component> all =
        [
            new(
                ".NET runtime and class library",
                Path.GetFileName(runtimePack),
                "MIT",
                "every instance: compiled and linked into it, with the libraries that its third-party notices name (zlib-ng, Brotli and others)",
                "https://github.com/dotnet/runtime, tag v" + Path.GetFileName(runtimePack),
                [
                    Path.Combine(runtimePack, "LICENSE.TXT"),
                    Path.Combine(runtimePack, "THIRD-PARTY-NOTICES.TXT"),
                ]
            ),
            OfDebian(
                "GNU C Library",
                "libc6-dev",
                "LGPL-2.1-or-later",
                "every instance: linked statically; relink/ has what is needed to link it anew with another version",
                "LGPL-2.1"
            ),
            OfDebian(
                "GCC's runtime library",
                LibgccPackage(),
                "GPL-3.0-or-later WITH GCC-exception-3.1",
                "every instance: libgcc and libgcc_eh, linked statically",
                "GPL-3"
            ),
            OfDebian(
                "GNU GRUB",
                "grub-pc-bin",
                "GPL-3.0-or-later",
                "the image: boot/grub/eltorito.img, EFI/BOOT/BOOTX64.EFI, the boot sectors; programs of their own, which load ours",
                "GPL-3"
            ),
            new(
                "GNU Unifont",
                "as converted in " + Ask("dpkg-query", "--show", "grub-common").Replace('\t', ' '),
                "GPL-2.0-or-later WITH Font-exception-2.0 OR OFL-1.1",
                "instances that draw text on a screen: some of its glyphs are their font",
                "https://unifoundry.com/unifont/",
                [Path.Combine(CommonLicences, "GPL-2")]
            ),
        ];
        foreach (var text in all.SelectMany(component => component.Texts))
        {
            if (!File.Exists(text))
            {
                throw new CommandFailure(
                    $"the release needs the licence text {text}, which is not on this machine"
                );
            }
        }

        return all;
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
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var output = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new CommandFailure(
                $"{program} {string.Join(' ', arguments)} failed",
                ["a release is made on Debian or Ubuntu: their packages say what is linked"]
            );
    }
}
