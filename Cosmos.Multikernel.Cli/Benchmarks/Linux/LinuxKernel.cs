using System.Text;
using Cosmos.Multikernel.Cli.Output;

namespace Cosmos.Multikernel.Cli.Benchmarks.Linux;

/// <summary>A kernel package of Debian, unpacked.</summary>
/// <param name="Folder">Where.</param>
/// <param name="Version">The package's version.</param>
public sealed record LinuxKernel(string Folder, string Version)
{
    /// <summary>The kernel.</summary>
    public string File =>
        Directory.GetFiles(Path.Combine(Folder, "boot"), "vmlinuz-*") is [var kernel]
            ? kernel
            : throw new CommandFailure($"there is no kernel in {Folder}/boot");

    /// <summary>Modules and those that they need, in the order in which they can be loaded.</summary>
    /// <exception cref="CommandFailure">There is no such module.</exception>
    public IReadOnlyList<string> ModulesFor(IEnumerable<string> names)
    {
        var all = Directory
            .GetFiles(Path.Combine(Folder, "lib"), "*.ko", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetFileNameWithoutExtension(file));
        var ordered = new List<string>();
        foreach (var name in names)
        {
            Add(name);
        }

        return ordered;

        // Modules do not need each other in circles: Linux could not load them.
        void Add(string name)
        {
            if (!all.TryGetValue(name, out var file))
            {
                throw new CommandFailure($"this Linux has no module {name}: {Folder}");
            }

            if (!ordered.Contains(file))
            {
                foreach (var needed in NeededBy(System.IO.File.ReadAllBytes(file)))
                {
                    Add(needed);
                }

                ordered.Add(file);
            }
        }
    }

    /// <summary>What a module says that it needs: <c>depends=a,b</c> in its section .modinfo, whose texts end with 0.</summary>
    public static IReadOnlyList<string> NeededBy(ReadOnlySpan<byte> module)
    {
        var at = module.IndexOf("\0depends="u8);
        if (at < 0)
        {
            return [];
        }

        var text = module[(at + "\0depends="u8.Length)..];
        return Encoding
            .ASCII.GetString(text[..text.IndexOf((byte)0)])
            .Split(',', StringSplitOptions.RemoveEmptyEntries);
    }
}
