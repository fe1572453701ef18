using System.Numerics;

namespace Cosmos.Multikernel.Drivers.FileSystems.Fat;

/// <summary>One bit for each cluster: whether it is free. An eighth of a byte for each, 32 MB for the largest volume.</summary>
internal sealed class FatFreeMap
{
    private readonly ulong[] words;
    private readonly uint end;
    private readonly Func<uint, bool>? isLastResort;
    private uint next = 2;

    /// <summary>A map in which nothing is free yet.</summary>
    /// <param name="end">One more than the greatest cluster number.</param>
    /// <param name="isLastResort">Clusters to be taken only when there are no others; null for none.</param>
    public FatFreeMap(uint end, Func<uint, bool>? isLastResort)
    {
        this.end = end;
        this.isLastResort = isLastResort;
        words = new ulong[(end + 63L) / 64];
    }

    /// <summary>Free clusters.</summary>
    public uint Count { get; private set; }

    /// <summary>Where the search for free clusters goes on.</summary>
    public uint Next => next;

    /// <summary>Begins the search somewhere else, when there is such a cluster.</summary>
    public void SearchFrom(uint cluster) => next = cluster >= 2 && cluster < end ? cluster : next;

    public bool IsFree(uint cluster) => (words[cluster / 64] >> (int)(cluster % 64) & 1) != 0;

    public void Free(uint cluster)
    {
        if (!IsFree(cluster))
        {
            words[cluster / 64] |= 1UL << (int)(cluster % 64);
            Count++;
        }
    }

    /// <summary>Takes clusters, next to each other where that can be; null when there are not so many.</summary>
    /// <param name="count">How many.</param>
    /// <param name="near">After which one it would be best; 0 for anywhere.</param>
    public List<ClusterRun>? Take(uint count, uint near)
    {
        if (count > Count)
        {
            return null;
        }
        List<ClusterRun> runs = [];
        uint left = count - Sweep(runs, count, near == 0 ? next : near + 1, false);
        if (left > 0)
        {
            Sweep(runs, left, 2, true);
        }
        next = runs.Count == 0 ? next : runs[^1].Last + 1;
        return runs;
    }

    // Once around; returns how many were found.
    private uint Sweep(List<ClusterRun> runs, uint count, uint from, bool isLast)
    {
        uint found = 0;
        uint start = from >= 2 && from < end ? from : 2;
        for (int half = 0; half < 2 && found < count; half++)
        {
            uint stop = half == 0 ? end : start;
            uint cluster = half == 0 ? start : 2;
            while (found < count && (cluster = NextFree(cluster, stop)) < stop)
            {
                if (isLast || isLastResort is null || !isLastResort(cluster))
                {
                    Use(runs, cluster);
                    found++;
                }
                cluster++;
            }
        }
        return found;
    }

    private uint NextFree(uint cluster, uint stop)
    {
        while (cluster < stop)
        {
            ulong word = words[cluster / 64] >> (int)(cluster % 64);
            if (word != 0)
            {
                return Math.Min(stop, cluster + (uint)BitOperations.TrailingZeroCount(word));
            }
            cluster = (cluster / 64 + 1) * 64;
        }
        return stop;
    }

    private void Use(List<ClusterRun> runs, uint cluster)
    {
        words[cluster / 64] &= ~(1UL << (int)(cluster % 64));
        Count--;
        if (runs.Count > 0 && runs[^1].Last + 1 == cluster)
        {
            runs[^1] = runs[^1] with { Count = runs[^1].Count + 1 };
        }
        else
        {
            runs.Add(new ClusterRun(cluster, 1));
        }
    }
}
