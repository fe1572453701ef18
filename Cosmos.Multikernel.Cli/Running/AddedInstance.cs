using System.Globalization;
using Cosmos.Multikernel.Cli.Output;
using Cosmos.Multikernel.Sdk.Images;

namespace Cosmos.Multikernel.Cli.Running;

/// <summary>A program that <c>run --with FILE@CORES[:ARGS]</c> adds to an image.</summary>
internal sealed class AddedInstance
{
    private const int LongestName = 31;

    private AddedInstance(ImageModule module) => Module = module;

    public ImageModule Module { get; private set; }

    /// <exception cref="CommandFailure">The text is no FILE@CORES[:ARGS], or it names no file or no cores.</exception>
    public static AddedInstance Parse(string text)
    {
        // The last '@' of the part before the arguments: a file's name may hold one, a core list cannot.
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
        name = string.Concat(
            name.Where(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')
        );
        name = name.Length == 0 ? "program" : name[..Math.Min(name.Length, LongestName)];
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
        var counts = new Dictionary<string, int>();
        foreach (var addition in additions)
        {
            var name = addition.Module.Name;
            var count = counts[name] = counts.GetValueOrDefault(name) + 1;
            if (count > 1)
            {
                var suffix = string.Create(CultureInfo.InvariantCulture, $"-{count}");
                var stem = name[..Math.Min(name.Length, LongestName - suffix.Length)];
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

    private static int FindSeparator(string text)
    {
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
