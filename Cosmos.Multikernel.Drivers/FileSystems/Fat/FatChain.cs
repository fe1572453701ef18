namespace Cosmos.Multikernel.Drivers.FileSystems.Fat;

/// <summary>
/// The clusters of one file, in runs, as far as the table has been followed. Several readers may follow it at a time.
/// </summary>
internal sealed class FatChain(FatTable table, FatNode owner)
{
    private readonly List<(uint Index, ClusterRun Clusters)> runs = [];
    private uint known;
    private bool isComplete;

    // Brent's way of noticing a loop without keeping all that was seen: a cluster kept aside, changed at each power of two.
    private uint kept;
    private uint keptUntil;

    /// <summary>The last cluster followed to; 0 for none.</summary>
    public uint Last => runs.Count == 0 ? 0 : runs[^1].Clusters.Last;

    /// <summary>Forgets everything: the file begins elsewhere now.</summary>
    public void Reset()
    {
        runs.Clear();
        known = 0;
        isComplete = false;
        kept = keptUntil = 0;
    }

    /// <summary>Follows the chain to its end.</summary>
    /// <returns>How many clusters it has.</returns>
    public async ValueTask<uint> GetLengthAsync()
    {
        await FollowAsync(uint.MaxValue);
        return known;
    }

    /// <summary>Follows the chain so far that a cluster of the file is known, or to its end.</summary>
    public async ValueTask FollowAsync(uint index)
    {
        while (known <= index && !isComplete)
        {
            uint before = known;
            uint next = before == 0 ? table.FirstOf(owner) : await table.NextAsync(Last, owner);

            // Another reader may have come here first.
            if (known == before && !isComplete)
            {
                Add(next);
            }
        }
    }

    /// <summary>The run of clusters from one of the file on, as far as known; of no clusters when the chain is shorter.</summary>
    public ClusterRun Find(uint index)
    {
        if (index >= known)
        {
            return default;
        }
        int low = 0;
        int high = runs.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = runs[middle].Index <= index ? (middle, high) : (low, middle - 1);
        }
        (uint first, ClusterRun clusters) = runs[low];
        uint skip = index - first;
        return new ClusterRun(clusters.First + skip, clusters.Count - skip);
    }

    /// <summary>Adds clusters to a chain that is known to its end.</summary>
    public void Append(IReadOnlyList<ClusterRun> more)
    {
        foreach (ClusterRun run in more)
        {
            runs.Add((known, run));
            known += run.Count;
        }
        isComplete = true;
    }

    /// <summary>Takes off all but the first clusters of a chain that is known to its end.</summary>
    /// <returns>What was taken off.</returns>
    public List<ClusterRun> Cut(uint keep)
    {
        List<ClusterRun> cut = [];
        for (uint index = keep; index < known; )
        {
            ClusterRun run = Find(index);
            cut.Add(run);
            index += run.Count;
        }
        while (runs.Count > 0 && runs[^1].Index >= keep)
        {
            runs.RemoveAt(runs.Count - 1);
        }
        if (runs.Count > 0)
        {
            (uint first, ClusterRun clusters) = runs[^1];
            runs[^1] = (first, clusters with { Count = Math.Min(clusters.Count, keep - first) });
        }
        known = Math.Min(known, keep);
        return cut;
    }

    private void Add(uint cluster)
    {
        if (cluster == 0)
        {
            isComplete = true;
            return;
        }
        if (cluster == kept)
        {
            throw new FileSystemException(
                FileError.InputOutput,
                $"{owner.Source}: the chain of {owner.Path} comes back to cluster {cluster}."
            );
        }
        if (known == keptUntil)
        {
            kept = cluster;
            keptUntil = keptUntil * 2 + 1;
        }
        if (runs.Count > 0 && runs[^1].Clusters.Last + 1 == cluster)
        {
            (uint first, ClusterRun clusters) = runs[^1];
            runs[^1] = (first, clusters with { Count = clusters.Count + 1 });
        }
        else
        {
            runs.Add((known, new ClusterRun(cluster, 1)));
        }
        known++;
    }
}
