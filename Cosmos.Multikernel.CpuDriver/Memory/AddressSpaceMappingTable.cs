// The mappings of one address space, sorted by address.
// A .NET instance has about a hundred, a hostile one as many as it can make. So: a two-level sorted structure. One
// directory frame points to leaf frames of up to 127 mappings each; a look-up is two binary searches, an insertion or
// removal moves less than a frame's bytes, and all memory is whole frames that go back when the domain ends.

namespace Cosmos.Multikernel.CpuDriver.Memory;

/// <summary>A place in a <see cref="MappingTable"/>; any change of the table makes it stale.</summary>
public struct MappingCursor
{
    internal int Leaf;
    internal int Item;
}

public unsafe struct MappingTable
{
    // Frames kept in hand: no operation splits more leaves than this, so none can fail halfway.
    private const int SpareFrames = 4;
    private const int DirectoryEntries = 512;

    private ulong _directory;
    private int _leaves;
    private fixed ulong _spares[SpareFrames];
    private int _spareCount;

    /// <summary>Number of mappings.</summary>
    public int Count { get; private set; }

    /// <summary>Frames that the table itself holds.</summary>
    public readonly ulong FrameCount =>
        (ulong)(_leaves + _spareCount) + (_directory == 0 ? 0UL : 1UL);

    private readonly MappingLeaf** Directory => (MappingLeaf**)DirectMap.At(_directory);

    /// <summary>Makes sure that the next four insertions and splits succeed.</summary>
    /// <returns>False when there is no memory, or too many mappings; nothing has changed then.</returns>
    public bool TryReserve()
    {
        if (_directory == 0)
        {
            _directory = Frames.Allocate();
            if (_directory == 0)
            {
                return false;
            }
        }
        while (_spareCount < SpareFrames)
        {
            ulong frame = Frames.Allocate();
            if (frame == 0)
            {
                return false;
            }
            _spares[_spareCount++] = frame;
        }
        return _leaves + SpareFrames <= DirectoryEntries;
    }

    /// <summary>Gives all frames back; the table is empty and usable afterwards.</summary>
    public void Clear()
    {
        for (int i = 0; i < _leaves; i++)
        {
            Frames.Free(Directory[i]->Physical);
        }
        for (int i = 0; i < _spareCount; i++)
        {
            Frames.Free(_spares[i]);
        }
        if (_directory != 0)
        {
            Frames.Free(_directory);
        }
        this = default;
    }

    /// <summary>The first mapping that ends above <paramref name="address"/> (it may begin above it, too).</summary>
    public readonly bool TrySeek(ulong address, out MappingCursor cursor)
    {
        cursor = default;
        int low = 0;
        int high = _leaves;
        MappingLeaf** directory = Directory;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            MappingLeaf* leaf = directory[middle];
            if (leaf->Items[leaf->Count - 1].End > address)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }
        if (low == _leaves)
        {
            return false;
        }
        cursor.Leaf = low;
        cursor.Item = SeekInLeaf(directory[low], address);
        return true;
    }

    /// <summary>The mapping that contains <paramref name="address"/>, or null.</summary>
    public readonly Mapping* Find(ulong address)
    {
        if (!TrySeek(address, out MappingCursor cursor))
        {
            return null;
        }
        Mapping* mapping = At(cursor);
        return mapping->Start <= address ? mapping : null;
    }

    public readonly Mapping* At(MappingCursor cursor) =>
        Directory[cursor.Leaf]->Items + cursor.Item;

    /// <summary>Moves to the next mapping upwards; false at the end.</summary>
    public readonly bool TryNext(ref MappingCursor cursor)
    {
        if (++cursor.Item < Directory[cursor.Leaf]->Count)
        {
            return true;
        }
        cursor.Item = 0;
        return ++cursor.Leaf < _leaves;
    }

    /// <summary>The last mapping that begins below <paramref name="address"/>.</summary>
    public readonly bool TrySeekBelow(ulong address, out MappingCursor cursor)
    {
        if (!TrySeek(address, out cursor))
        {
            if (_leaves == 0)
            {
                return false;
            }
            cursor.Leaf = _leaves - 1;
            cursor.Item = Directory[cursor.Leaf]->Count - 1;
            return true;
        }
        return At(cursor)->Start < address || TryPrevious(ref cursor);
    }

    /// <summary>Moves to the next mapping downwards; false at the beginning.</summary>
    public readonly bool TryPrevious(ref MappingCursor cursor)
    {
        if (cursor.Item > 0)
        {
            cursor.Item--;
            return true;
        }
        if (cursor.Leaf == 0)
        {
            return false;
        }
        cursor.Leaf--;
        cursor.Item = Directory[cursor.Leaf]->Count - 1;
        return true;
    }

    /// <summary>Adds a mapping that overlaps none, joining it with neighbours it continues.</summary>
    /// <remarks><see cref="TryReserve"/> must have succeeded since, at most four insertions ago.</remarks>
    public void Insert(in Mapping mapping)
    {
        Mapping added = mapping;
        if (TrySeekBelow(added.Start, out MappingCursor below) && At(below)->Continues(added))
        {
            added.Start = At(below)->Start;
            added.Source = At(below)->Source;
            RemoveAt(below);
        }
        if (TrySeek(added.Start, out MappingCursor above) && added.Continues(*At(above)))
        {
            added.End = At(above)->End;
            RemoveAt(above);
        }
        InsertAlone(added);
    }

    /// <summary>Makes <paramref name="address"/> a border, so that a range ending there covers whole mappings.</summary>
    /// <remarks>Uses up one insertion of <see cref="TryReserve"/>.</remarks>
    public void SplitAt(ulong address)
    {
        Mapping* mapping = Find(address);
        if (mapping == null || mapping->Start == address)
        {
            return;
        }
        Mapping upper = *mapping;
        if (upper.HasSource)
        {
            upper.Source += address - upper.Start;
        }
        upper.Start = address;
        mapping->End = address;
        InsertAlone(upper);
    }

    /// <summary>Joins mappings in and around [start, end) that continue each other.</summary>
    public void Join(ulong start, ulong end)
    {
        if (!TrySeekBelow(start, out MappingCursor cursor) && !TrySeek(start, out cursor))
        {
            return;
        }
        MappingCursor next = cursor;
        while (TryNext(ref next) && At(next)->Start <= end)
        {
            if (At(cursor)->Continues(*At(next)))
            {
                At(cursor)->End = At(next)->End;
                RemoveAt(next);
                next = cursor;
            }
            else
            {
                cursor = next;
            }
        }
    }

    /// <summary>Takes a mapping out; uses no memory.</summary>
    public void RemoveAt(MappingCursor cursor)
    {
        MappingLeaf* leaf = Directory[cursor.Leaf];
        leaf->Count--;
        for (int i = cursor.Item; i < leaf->Count; i++)
        {
            leaf->Items[i] = leaf->Items[i + 1];
        }
        Count--;
        if (leaf->Count == 0)
        {
            RemoveLeaf(cursor.Leaf);
        }
        else if (cursor.Leaf + 1 < _leaves)
        {
            JoinWithNext(cursor.Leaf);
        }
    }

    // Keeps leaves at least a quarter full on average, so that the directory does not fill up with nearly empty ones.
    private void JoinWithNext(int index)
    {
        MappingLeaf* leaf = Directory[index];
        MappingLeaf* next = Directory[index + 1];
        if (leaf->Count + next->Count > MappingLeaf.Capacity / 2)
        {
            return;
        }
        for (int i = 0; i < next->Count; i++)
        {
            leaf->Items[leaf->Count + i] = next->Items[i];
        }
        leaf->Count += next->Count;
        RemoveLeaf(index + 1);
    }

    private static int SeekInLeaf(MappingLeaf* leaf, ulong address)
    {
        int low = 0;
        int high = leaf->Count;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (leaf->Items[middle].End > address)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }
        return low;
    }

    private void InsertAlone(in Mapping mapping)
    {
        if (!TrySeek(mapping.Start, out MappingCursor cursor))
        {
            if (_leaves == 0)
            {
                AddLeaf(0);
            }
            cursor.Leaf = _leaves - 1;
            cursor.Item = Directory[cursor.Leaf]->Count;
        }
        MappingLeaf* leaf = Directory[cursor.Leaf];
        if (leaf->Count == MappingLeaf.Capacity)
        {
            MappingLeaf* upper = AddLeaf(cursor.Leaf + 1);
            const int Half = MappingLeaf.Capacity / 2;
            upper->Count = leaf->Count - Half;
            leaf->Count = Half;
            for (int i = 0; i < upper->Count; i++)
            {
                upper->Items[i] = leaf->Items[Half + i];
            }
            if (cursor.Item > Half)
            {
                leaf = upper;
                cursor.Item -= Half;
            }
        }
        for (int i = leaf->Count; i > cursor.Item; i--)
        {
            leaf->Items[i] = leaf->Items[i - 1];
        }
        leaf->Items[cursor.Item] = mapping;
        leaf->Count++;
        Count++;
    }

    private MappingLeaf* AddLeaf(int index)
    {
        ulong frame = _spares[--_spareCount];
        MappingLeaf* leaf = (MappingLeaf*)DirectMap.At(frame);
        leaf->Physical = frame;
        leaf->Count = 0;
        MappingLeaf** directory = Directory;
        for (int i = _leaves; i > index; i--)
        {
            directory[i] = directory[i - 1];
        }
        directory[index] = leaf;
        _leaves++;
        return leaf;
    }

    private void RemoveLeaf(int index)
    {
        MappingLeaf** directory = Directory;
        ulong frame = directory[index]->Physical;
        _leaves--;
        for (int i = index; i < _leaves; i++)
        {
            directory[i] = directory[i + 1];
        }
        if (_spareCount < SpareFrames)
        {
            _spares[_spareCount++] = frame;
        }
        else
        {
            Frames.Free(frame);
        }
    }
}

/// <summary>One frame of mappings.</summary>
internal unsafe struct MappingLeaf
{
    public const int Capacity = (4096 - 32) / 32;

    public ulong Physical;
    public int Count;
    private fixed int _reserved[5];
    private Mapping _first;

    public Mapping* Items
    {
        get
        {
            fixed (Mapping* first = &_first)
            {
                return first;
            }
        }
    }
}
