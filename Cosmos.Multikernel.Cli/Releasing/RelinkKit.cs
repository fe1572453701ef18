using System.Text;
using System.Text.RegularExpressions;
using Cosmos.Multikernel.Cli.Output;
using Cosmos.Multikernel.Sdk.Images;

namespace Cosmos.Multikernel.Cli.Releasing;

/// <summary>
/// What the LGPL asks for beside a program that is linked statically with its library (section 6a): the objects it was made
/// of, and how they are linked, so that anybody can link it with a changed library. Objects lie in a folder of each
/// instance, libraries that several share in libraries/, and each linker line is a script.
/// </summary>
internal sealed partial class RelinkKit
{
    private const string Folder = "relink/";
    private const string LinkerLine = "linker-line.txt";

    private readonly ReleaseArchive _archive;
    private readonly Dictionary<string, string> _programs = [];

    public RelinkKit(ReleaseArchive archive)
    {
        _archive = archive;
        archive.AddText(Folder + "README.md", Readme);
    }

    /// <summary>The folder of the .NET runtime's NuGet package, known once an instance has been added.</summary>
    public string? RuntimePack { get; private set; }

    /// <summary>Adds an instance; several of one program have one script.</summary>
    /// <exception cref="CommandFailure">How it was linked is not known.</exception>
    public void Add(ImageModule module)
    {
        var name = Path.GetFileName(module.File);
        if (!_programs.TryAdd(name, module.File))
        {
            if (_programs[name] != module.File)
            {
                throw new CommandFailure(
                    $"two programs are called {name}: {_programs[name]} and {module.File}",
                    ["set AssemblyName in one of their projects"]
                );
            }

            return;
        }

        var native = NativeFolder(module.File);
        var lineFile = Path.Combine(native, LinkerLine);
        if (!File.Exists(lineFile))
        {
            throw new CommandFailure(
                $"instance '{module.Name}': how {name} was linked is not known: there is no {lineFile}",
                ["only programs that were built here can be released"]
            );
        }

        var line = QuotedPart()
            .Replace(File.ReadAllText(lineFile), match => Translate(match, native, name));
        _archive.AddText(
            $"{Folder}{name}.sh",
            $"""
            #!/bin/sh
            # Links {name} anew.
            set -e
            cd "$(dirname "$0")"
            clang-14 {string.Join(
                " \\\n    ",
                line.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            )}
            llvm-objcopy-14 --strip-debug --strip-unneeded {name}.relinked

            """
        );
    }

    // Of artifacts/publish/PROJECT/release_linux-x64/NAME the objects are in artifacts/obj/PROJECT/release_linux-x64/native.
    private static string NativeFolder(string program)
    {
        var published = Path.GetDirectoryName(program)!;
        var project = Path.GetDirectoryName(published)!;
        return Path.Combine(
            Path.GetDirectoryName(project)!,
            "../obj",
            Path.GetFileName(project),
            Path.GetFileName(published),
            "native"
        );
    }

    // Everything on the line that is a file comes along; the output is a new one.
    private string Translate(Match match, string native, string name)
    {
        var path = match.Groups["path"].Value;
        var file = Path.GetFullPath(path, native);
        if (match.Value.StartsWith("-o", StringComparison.Ordinal))
        {
            return $"-o {name}.relinked";
        }

        if (!File.Exists(file))
        {
            throw new CommandFailure($"{name}: its linker line names {file}, which is not there");
        }

        var place = Path.GetDirectoryName(file) == Path.GetFullPath(native) ? name : "libraries";
        if (place == "libraries" && Path.GetFileName(file) == "libbootstrapper.o")
        {
            // PACKAGE/runtimes/linux-x64/native/libbootstrapper.o
            RuntimePack = Path.GetFullPath("../../..", Path.GetDirectoryName(file)!);
        }

        var target = $"{place}/{Path.GetFileName(file)}";
        _archive.AddFile(Folder + target, file);
        return target;
    }

    private const string Readme = """
        # Linking the instances with another C library

        `sh NAME.sh` (Debian: clang-14, lld-14, llvm-14, libc6-dev) links one instance of the release anew, as `NAME.relinked`, with the C
        library of the machine it runs on; `-L`, `-B` or `--sysroot` added to its line name another. It then takes the place of the
        one on the image:

            xorriso -indev ../IMAGE.iso -outdev new.iso -boot_image any replay -update NAME.relinked /boot/instances/INSTANCE

        """;

    [GeneratedRegex("""(-o )?"(?<path>[^"]+)"|(?<path>(?<=\s|^)/\S+\.(a|o|ld)\b)""")]
    private static partial Regex QuotedPart();
}
