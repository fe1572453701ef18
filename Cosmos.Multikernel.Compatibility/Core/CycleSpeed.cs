using System.Globalization;

namespace Cosmos.Core;

/// <summary>
/// The rate of the timestamp counter where nobody has measured it (hosted): what the processor says, or else what Linux says of it. The
/// first that knows is believed: the processor's own numbers, its name, a hypervisor's number, the clock that the core has at the moment.
/// </summary>
internal static class CycleSpeed
{
    // Intel SDM, volume 2, CPUID: leaf 0x15, the counter's ratio to the crystal (EBX / EAX) and the crystal's Hz (ECX).
    private const int HighestLeaf = 0;
    private const int CounterLeaf = 0x15;

    // VMware's interface, which others offer too: EAX of the first leaf is the highest, EAX of this the counter's kHz.
    private const int FeatureLeaf = 1;
    private const int IsGuest = unchecked((int)0x8000_0000);
    private const int HighestHypervisorLeaf = 0x4000_0000;
    private const int HypervisorTimingLeaf = 0x4000_0010;

    private const string LinuxKey = "cpu MHz";

    /// <summary>CPUID, sub-leaf 0.</summary>
    public delegate (int A, int B, int C, int D) Leaf(int leaf);

    /// <summary>The rate, Hz.</summary>
    /// <param name="read">The processor.</param>
    /// <param name="name">What it calls itself.</param>
    /// <param name="linux">Linux's description of it: /proc/cpuinfo.</param>
    /// <exception cref="NotSupportedException">None of them tells.</exception>
    public static long Find(Leaf read, string name, IEnumerable<string> linux) =>
        OfProcessor(read)
        ?? OfName(name)
        ?? OfHypervisor(read)
        ?? OfLinux(linux)
        ?? throw new NotSupportedException(
            $"Neither the processor, '{name}', nor Linux tells its rate."
        );

    /// <summary>The rate that a processor's name tells, <c>... @ 2.40GHz</c>; null when it tells none.</summary>
    public static long? OfName(string name)
    {
        ReadOnlySpan<(string Unit, double Hertz)> units =
        [
            ("MHz", 1e6),
            ("GHz", 1e9),
            ("THz", 1e12),
        ];
        string text = name.TrimEnd('\0', ' ');
        foreach (var (unit, hertz) in units)
        {
            if (
                text.EndsWith(unit, StringComparison.Ordinal)
                && double.TryParse(
                    text[..^unit.Length].TrimEnd().Split(' ')[^1],
                    CultureInfo.InvariantCulture,
                    out double number
                )
            )
            {
                return (long)(number * hertz);
            }
        }
        return null;
    }

    private static long? OfProcessor(Leaf read)
    {
        if ((uint)read(HighestLeaf).A < CounterLeaf)
        {
            return null;
        }
        var (denominator, numerator, crystal, _) = read(CounterLeaf);
        return denominator == 0 || numerator == 0 || crystal == 0
            ? null
            : (long)((ulong)(uint)crystal * (uint)numerator / (uint)denominator);
    }

    private static long? OfHypervisor(Leaf read)
    {
        bool isGuest = (read(FeatureLeaf).C & IsGuest) != 0;
        if (!isGuest || (uint)read(HighestHypervisorLeaf).A < HypervisorTimingLeaf)
        {
            return null;
        }
        uint kilohertz = (uint)read(HypervisorTimingLeaf).A;
        return kilohertz == 0 ? null : kilohertz * 1000L;
    }

    private static long? OfLinux(IEnumerable<string> linux)
    {
        string? line = linux.FirstOrDefault(static line =>
            line.StartsWith(LinuxKey, StringComparison.Ordinal)
        );
        return double.TryParse(
            line?.Split(':')[^1],
            CultureInfo.InvariantCulture,
            out double megahertz
        )
            ? (long)(megahertz * 1e6)
            : null;
    }
}
