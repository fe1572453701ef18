using System.Text.RegularExpressions;
using Cosmos.Multikernel.Cli.Output;

namespace Cosmos.Multikernel.Cli.Releasing;

/// <summary>
/// What the LGPL asks for beside a program that is linked statically with its library (section 6a): the objects it was made
/// of, and how they are linked, so that anybody can link it with a changed library. Objects lie in a folder of each
/// program, the .NET runtime's libraries, which several share, in libraries/, and each linker line is a script.
/// </summary>
internal sealed partial class RelinkKit
{
    private const string Folder = "relink/";
    private const string Libraries = Folder + "libraries/";

    private readonly ReleaseFiles _files;
    private readonly Dictionary<string, string> _programs = [];

    public RelinkKit(ReleaseFiles files)
    {
        _files = files;
        files.AddText(Folder + "README.md", Readme);
    }

    /// <summary>Adds a program.</summary>
    /// <param name="file">Its file.</param>
    /// <param name="record">What it was linked of.</param>
    /// <returns>The linker's arguments, with the files' new places.</returns>
    /// <exception cref="CommandFailure">Something that it was linked of is gone, or another program has its name.</exception>
    public IReadOnlyList<string> Add(string file, LinkRecord record)
    {
        var name = record.Program;
        if (!_programs.TryAdd(name, file))
        {
            throw new CommandFailure(
                $"two programs are called {name}: {_programs[name]} and {file}",
                ["set AssemblyName in one of their projects"]
            );
        }

        var runtime = RuntimeLibraries(record);
        string[] arguments =
        [
            .. record.Arguments.Select(argument =>
                FilePattern().Replace(argument, match => Translate(match, record, runtime))
            ),
        ];
        // The script runs in the kit's folder.
        var line = arguments.Select(argument =>
            argument.Replace('"' + Folder, "\"", StringComparison.Ordinal)
        );
        _files.AddText(
            $"{Folder}{name}.sh",
            $"""
            #!/bin/sh
            # Links {name} anew.
            set -e
            cd "$(dirname "$0")"
            clang-14 {string.Join(" \\\n    ", line)}
            llvm-objcopy-14 --strip-debug --strip-unneeded "{name}.relinked"

            """
        );
        return arguments;
    }

    /// <summary>The folder of the .NET runtime's libraries that a program was linked with.</summary>
    /// <exception cref="CommandFailure">There are none.</exception>
    public static string RuntimeLibraries(LinkRecord record) =>
        record
            .Arguments.Select(argument => argument.Trim('"'))
            .Where(file => Path.GetFileName(file) == "libbootstrapper.o")
            .Select(file => Path.GetDirectoryName(Path.GetFullPath(file, record.Folder)))
            .FirstOrDefault()
        ?? throw new CommandFailure($"{record.Program} is not linked with the .NET runtime");

    // Everything on the line that is a file comes along; the output is a new one.
    private string Translate(Match match, LinkRecord record, string runtime)
    {
        if (match.Groups["output"].Success)
        {
            return $"-o \"{record.Program}.relinked\"";
        }

        var file = Path.GetFullPath(match.Groups["path"].Value, record.Folder);
        if (!File.Exists(file))
        {
            throw new CommandFailure(
                $"{record.Program}: its linker line names {file}, which is not there",
                ["build it again"]
            );
        }

        var place =
            Path.GetDirectoryName(file) == runtime ? Libraries : $"{Folder}{record.Program}/";
        return $"\"{_files.AddFile(place, file)}\"";
    }

    private const string Readme = """
        # Linking the instances with another C library

        `sh NAME.sh` (Debian: clang-14, lld-14, llvm-14, libc6-dev) links one instance of the release anew, as `NAME.relinked`, with the C
        library of the machine it runs on; `-L`, `-B` or `--sysroot` added to its line name another. It then takes the place of the
        one on the image:

            xorriso -indev ../IMAGE.iso -outdev new.iso -boot_image any replay -update NAME.relinked /boot/instances/INSTANCE

        """;

    // "FILE" anywhere, or an argument that is nothing but the name of an archive, an object or a linker script.
    [GeneratedRegex("""(?<output>-o )?"(?<path>[^"]+)"|^(?<path>[^-"].*\.(a|o|ld))$""")]
    private static partial Regex FilePattern();
}
