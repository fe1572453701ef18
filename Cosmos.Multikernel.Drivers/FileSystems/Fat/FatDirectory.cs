namespace Cosmos.Multikernel.Drivers.FileSystems.Fat;

/// <summary>
/// The names of one directory, read once and kept up to date: which there are, and which of its 32-byte places are free.
/// </summary>
internal sealed class FatDirectory
{
    /// <summary>Most places of a directory (FAT specification, section 6): 2 MB.</summary>
    public const int MostSlots = 65536;

    private readonly Dictionary<string, FatEntrySet> names = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<FatEntrySet?> bySlot = [];
    private readonly List<bool> isUsed = [];

    /// <summary>Places there are.</summary>
    public int SlotCount => isUsed.Count;

    /// <summary>The first place never used; all behind it are free.</summary>
    public int End { get; set; }

    /// <summary>Whether something other than zeros is behind the end.</summary>
    public bool HasRemains { get; set; }

    /// <summary>Place of the volume's label, in the root; -1 when there is none.</summary>
    public int LabelSlot { get; set; } = -1;

    /// <summary>The volume's label.</summary>
    public string Label { get; set; } = "";

    /// <summary>Names there are.</summary>
    public int Count { get; private set; }

    /// <summary>The entries of a name, long or short, in any case.</summary>
    public FatEntrySet? Find(string name) => names.GetValueOrDefault(name);

    /// <summary>Names from a place on.</summary>
    public IEnumerable<FatEntrySet> From(int slot)
    {
        for (; slot < bySlot.Count; slot++)
        {
            if (bySlot[slot] is { } set)
            {
                yield return set;
            }
        }
    }

    /// <summary>Adds free places at the end.</summary>
    public void Grow(int slots)
    {
        for (int i = 0; i < slots; i++)
        {
            bySlot.Add(null);
            isUsed.Add(false);
        }
    }

    /// <summary>Marks a place as taken, or free.</summary>
    public void Mark(int slot, bool used) => isUsed[slot] = used;

    /// <summary>Adds a name at its places.</summary>
    public void Add(FatEntrySet set)
    {
        bySlot[set.FirstSlot] = set;
        for (int slot = set.FirstSlot; slot <= set.ShortSlot; slot++)
        {
            isUsed[slot] = true;
        }
        End = Math.Max(End, set.ShortSlot + 1);
        Index(set);
        Count++;
    }

    /// <summary>Makes a name be found, unless another entry has it still.</summary>
    public void Index(FatEntrySet set)
    {
        names.TryAdd(set.Name, set);
        names.TryAdd(set.ShortName, set);
    }

    /// <summary>Takes a name away; its places are free.</summary>
    public void Remove(FatEntrySet set)
    {
        bySlot[set.FirstSlot] = null;
        for (int slot = set.FirstSlot; slot <= set.ShortSlot; slot++)
        {
            isUsed[slot] = false;
        }
        Forget(set.Name, set);
        Forget(set.ShortName, set);
        Count--;
    }

    /// <summary>Finds free places for a name.</summary>
    /// <param name="count">How many.</param>
    /// <param name="perBlock">Places in a block: a name that fits into one lies in one, so that it appears in one write.</param>
    /// <param name="first">The first place to look at.</param>
    /// <param name="end">Where to stop.</param>
    /// <param name="leaving">A name whose places count as free; null for none.</param>
    /// <returns>The first of them, or -1.</returns>
    public int FindSlots(int count, int perBlock, int first, int end, FatEntrySet? leaving)
    {
        int run = 0;
        for (int slot = first; slot < end; slot++)
        {
            bool startsBlock = slot % perBlock == 0 && count <= perBlock;
            bool isLeaving =
                leaving is not null && slot >= leaving.FirstSlot && slot <= leaving.ShortSlot;
            run =
                isUsed[slot] && !isLeaving ? 0
                : startsBlock ? 1
                : run + 1;
            if (run == count)
            {
                return slot - count + 1;
            }
        }
        return -1;
    }

    private void Forget(string name, FatEntrySet set)
    {
        if (names.GetValueOrDefault(name) == set)
        {
            names.Remove(name);
        }
    }
}
