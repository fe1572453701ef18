using System.Globalization;
using Cosmos.Multikernel.Cli.Output;
using Cosmos.Multikernel.Sdk.Images;

namespace Cosmos.Multikernel.Cli.Running;

/// <summary>A program that <c>run --with FILE@CORES[:ARGS]</c> adds to an image.</summary>
internal sealed class AddedInstance
{
    private AddedInstance(ImageModule module) => Module = module;

    public ImageModule Module { get; private set; }

    /// <exception cref="CommandFailure">The text is no FILE@CORES[:ARGS], or it names no file or no cores.</exception>
    public static AddedInstance Parse(string text)
    {
        var at = FindSeparator(text);
        if (at < 0)
        {
            throw new CommandFailure(
                $"--with {text}: write FILE@CORES or FILE@CORES:ARGS, such as ./hello@1-3:one two"
            );
        }

        var file = Path.GetFullPath(text[..at]);
        var colon = text.IndexOf(':', at);
        var cores = colon < 0 ? text[(at + 1)..] : text[(at + 1)..colon];
        var arguments = colon < 0 ? "" : text[(colon + 1)..];
        var name = Path.GetFileNameWithoutExtension(file);
        name = string.Concat(name.Where(ImageModule.IsNameCharacter));
        name = name[..Math.Min(name.Length, ImageModule.LongestName)].Trim('.');
        name = name.Length == 0 ? "program" : name;
        try
        {
            var module = new ImageModule(name, file, cores, Arguments: arguments).Validated();
            ArgumentSplitter.Split(arguments);
            return new(module);
        }
        catch (ImageException failure)
        {
            throw new CommandFailure($"--with {text}: {failure.Message}");
        }
    }

    /// <summary>The same program given twice becomes two instances: hello, hello-2.</summary>
    public static void MakeNamesDistinct(List<AddedInstance> additions)
    {
        // Names that differ in case only are the same file on FAT.
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var addition in additions)
        {
            var name = addition.Module.Name;
            for (var count = 2; !taken.Add(addition.Module.Name); count++)
            {
                var suffix = string.Create(CultureInfo.InvariantCulture, $"-{count}");
                var stem = name[..Math.Min(name.Length, ImageModule.LongestName - suffix.Length)];
                addition.Module = addition.Module with { Name = stem + suffix };
            }
        }
    }

    /// <summary>The cores of the machine that it runs on.</summary>
    public IReadOnlyList<int> CoresOf(int coreCount) => CoreList.Expand(Module.Cores, coreCount);

    /// <exception cref="CommandFailure">The machine has none of its cores.</exception>
    public void CheckCores(int coreCount)
    {
        if (CoresOf(coreCount).Count == 0)
        {
            throw new CommandFailure(
                $"--with {Module.Name}: the machine has no core {Module.Cores} (cores 0 to {coreCount - 1}; --cores gives it more)"
            );
        }
    }

    // A file's name may hold an '@', and so may the arguments: the first '@' behind the name of a file that is there,
    // or else the first that cores can follow.
    private static int FindSeparator(string text)
    {
        for (var at = text.IndexOf('@'); at >= 0; at = text.IndexOf('@', at + 1))
        {
            if (File.Exists(text[..at]))
            {
                return at;
            }
        }

        for (var at = text.IndexOf('@'); at >= 0; at = text.IndexOf('@', at + 1))
        {
            var next = at + 1 < text.Length ? text[at + 1] : ' ';
            if (at > 0 && (char.IsAsciiDigit(next) || text.AsSpan(at + 1).StartsWith("all")))
            {
                return at;
            }
        }

        return text.LastIndexOf('@') is > 0 and var last ? last : -1;
    }
}
