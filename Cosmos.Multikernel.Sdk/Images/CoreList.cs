using System.Globalization;

namespace Cosmos.Multikernel.Sdk.Images;

/// <summary>
/// The cores an instance runs on, as the CPU driver reads them: <c>0</c>, <c>1-3</c>, <c>2,4-6</c>, <c>1-</c> (to the
/// last core) or <c>all</c>.
/// </summary>
public static class CoreList
{
    /// <summary>Returns <paramref name="text"/> without blanks, or throws naming what is wrong with it.</summary>
    /// <exception cref="ImageException">The text is no core list.</exception>
    public static string Validate(string text, string instance)
    {
        var compact = text.Replace(" ", "", StringComparison.Ordinal);
        if (compact == "all")
        {
            return compact;
        }

        if (compact.Length == 0)
        {
            throw Wrong(text, instance, "it is empty");
        }

        foreach (var part in compact.Split(','))
        {
            ValidateRange(part, text, instance);
        }

        return compact;
    }

    /// <summary>The cores of a valid list that a machine with <paramref name="coreCount"/> cores has.</summary>
    public static IReadOnlyList<int> Expand(string list, int coreCount)
    {
        if (list == "all")
        {
            return [.. Enumerable.Range(0, coreCount)];
        }

        var cores = new SortedSet<int>();
        foreach (var part in list.Split(','))
        {
            var ends = part.Split('-');
            var first = int.Parse(ends[0], CultureInfo.InvariantCulture);
            var last =
                ends.Length == 1 ? first
                : ends[1].Length == 0 ? coreCount - 1
                : int.Parse(ends[1], CultureInfo.InvariantCulture);
            for (var core = first; core <= last && core < coreCount; core++)
            {
                cores.Add(core);
            }
        }

        return [.. cores];
    }

    private static void ValidateRange(string part, string text, string instance)
    {
        var ends = part.Split('-');
        if (ends.Length > 2 || !TryCore(ends[0], out var first))
        {
            throw Wrong(text, instance, $"'{part}' is neither a core nor a range");
        }

        if (ends.Length == 1 || ends[1].Length == 0)
        {
            return;
        }

        if (!TryCore(ends[1], out var last))
        {
            throw Wrong(text, instance, $"'{part}' is neither a core nor a range");
        }

        if (last < first)
        {
            throw Wrong(text, instance, $"the range '{part}' runs backwards");
        }
    }

    // A core number is at most five digits: more could not be an x2APIC machine we boot, only a slip of the hand.
    private static bool TryCore(string text, out int core) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out core)
        && core < 100_000;

    private static ImageException Wrong(string text, string instance, string why) =>
        new(
            $"instance '{instance}': cores '{text}': {why} (write 0, 1-3, 2,4-6, 1- for the rest, or all)"
        );
}
