using System.Text;

namespace Cosmos.Multikernel.Monitors;

/// <summary>
/// Which monitor is a name's home. Rendezvous hashing: of all declared monitors the one with the highest weight for the name,
/// and when that is dead the next. All monitors agree without talking, and a death moves only the names that lived there.
/// </summary>
internal static class Homes
{
    /// <summary>The cores of a name's possible homes, best first. Lazily: nearly always the first will do.</summary>
    public static IEnumerable<int> Of(string name, int[] cores)
    {
        ulong hash = HashOf(name);
        int best = Best(hash, cores);
        yield return best;
        foreach (
            int core in cores
                .Where(core => core != best)
                .OrderByDescending(core => WeightOf(hash, core))
        )
        {
            yield return core;
        }
    }

    /// <summary>The core of a name's first home.</summary>
    public static int First(string name, int[] cores) => Best(HashOf(name), cores);

    /// <summary>Whether one core comes before another among a name's homes.</summary>
    public static bool IsBefore(string name, int core, int other)
    {
        ulong hash = HashOf(name);
        return WeightOf(hash, core) > WeightOf(hash, other);
    }

    private static int Best(ulong hash, int[] cores)
    {
        int best = cores[0];
        ulong most = WeightOf(hash, best);
        foreach (int core in cores)
        {
            ulong weight = WeightOf(hash, core);
            if (weight > most)
            {
                (best, most) = (core, weight);
            }
        }
        return best;
    }

    /// <summary>64-bit FNV-1a.</summary>
    private static ulong HashOf(string name)
    {
        ulong hash = 14695981039346656037;
        foreach (byte unit in Encoding.UTF8.GetBytes(name))
        {
            hash = (hash ^ unit) * 1099511628211;
        }
        return hash;
    }

    /// <summary>The finalizer of SplitMix64 (Steele, Lea, Flood 2014): a bijection, so that no two cores weigh the same.</summary>
    private static ulong WeightOf(ulong hash, int core)
    {
        ulong mixed = hash + ((ulong)core + 1) * 0x9E37_79B9_7F4A_7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58_476D_1CE4_E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB;
        return mixed ^ (mixed >> 31);
    }
}
