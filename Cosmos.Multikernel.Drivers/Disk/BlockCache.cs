namespace Cosmos.Multikernel.Drivers.Disk;

/// <summary>When a change must reach the medium, within one commit.</summary>
public enum WriteStage : byte
{
    /// <summary>Not changed.</summary>
    None = 0,

    /// <summary>Before anything of the second stage: what others will point to.</summary>
    First = 1,

    /// <summary>After all of the first stage: what points to it.</summary>
    Second = 2,
}

/// <summary>
/// A small write-back cache of a device's blocks, addressed by byte, with two ordered stages of writing.
/// </summary>
/// <remarks>
/// Principles.
/// <list type="number">
/// <item>A commit writes all blocks changed at the first stage in any order, flushes the device, writes those of the second
/// stage in any order, flushes again. Nothing of a later commit is written before an earlier one is on the medium.</item>
/// <item>A block has one stage at a time. A change at another stage than the block's own first brings out what stands in
/// its way, so that no change ever reaches the medium before one it must follow.</item>
/// <item>Changes to one block at one stage reach the medium together or not at all (a device writes a block whole).</item>
/// <item>Large aligned transfers pass by: reading sees the cache's changes, writing replaces them. Writing so belongs to
/// the first stage, whose order within is free.</item>
/// <item>Readers may run at the same time as each other; whoever changes or commits runs alone (the file system's gate sees
/// to it).</item>
/// </list>
/// </remarks>
public sealed class BlockCache
{
    // Unchanged blocks that follow a missing one within this many bytes are read with it.
    private const int ReadAhead = 4096;

    // Neighbouring changed blocks are written together up to this many bytes.
    private const int LongestWrite = 128 << 10;

    private readonly BlockDevice device;
    private readonly int blockSize;
    private readonly int capacity;
    private readonly Dictionary<long, Line> lines = [];

    // Unchanged lines, the last used one first; a changed line stays until it is written.
    private readonly LinkedList<Line> idle = new();
    private readonly int[] changed = new int[3];
    private bool hasPassedBy;

    /// <summary>A cache in front of a device.</summary>
    /// <param name="device">The device.</param>
    /// <param name="capacity">Bytes to hold; changed blocks may exceed it until the next commit.</param>
    public BlockCache(BlockDevice device, int capacity = 2 << 20)
    {
        this.device = device;
        blockSize = device.Geometry.BlockSize;
        this.capacity = Math.Max(16, capacity / blockSize);
    }

    /// <summary>Bytes of a block: what is written whole or not at all.</summary>
    public int BlockSize => blockSize;

    /// <summary>Whether so much has changed that it is time to commit.</summary>
    public bool IsFull =>
        changed[(int)WriteStage.First] + changed[(int)WriteStage.Second] >= capacity / 2;

    /// <summary>Whether a commit has anything to do.</summary>
    public bool IsChanged =>
        changed[(int)WriteStage.First] + changed[(int)WriteStage.Second] > 0 || hasPassedBy;

    /// <summary>The bytes from a position to the end of its block. Valid until the next change to the block.</summary>
    public ValueTask<ReadOnlyMemory<byte>> PeekAsync(long position)
    {
        int within = (int)(position % blockSize);
        return lines.TryGetValue(position / blockSize, out Line? line)
            ? new ValueTask<ReadOnlyMemory<byte>>(Use(line).Data.AsMemory(within))
            : Load(position / blockSize, within);

        async ValueTask<ReadOnlyMemory<byte>> Load(long block, int from) =>
            (await LoadAsync(block)).Data.AsMemory(from);
    }

    /// <summary>Reads bytes, keeping their blocks.</summary>
    public async ValueTask ReadAsync(long position, Memory<byte> into)
    {
        while (!into.IsEmpty)
        {
            ReadOnlyMemory<byte> there = await PeekAsync(position);
            int count = Math.Min(there.Length, into.Length);
            there[..count].CopyTo(into);
            into = into[count..];
            position += count;
        }
    }

    /// <summary>Reads bytes; whole blocks come straight from the device and are not kept.</summary>
    public async ValueTask ReadPastAsync(long position, Memory<byte> into)
    {
        int head = Head(position, into.Length);
        int middle = (into.Length - head) / blockSize * blockSize;
        await ReadAsync(position, into[..head]);
        if (middle > 0)
        {
            Memory<byte> whole = into.Slice(head, middle);
            long block = (position + head) / blockSize;
            await device.ReadAsync(block, whole);
            ShowChanges(block, whole.Span);
        }
        await ReadAsync(position + head + middle, into[(head + middle)..]);
    }

    /// <summary>Changes bytes; they reach the medium at a commit.</summary>
    public async ValueTask WriteAsync(long position, ReadOnlyMemory<byte> from, WriteStage stage)
    {
        while (!from.IsEmpty)
        {
            int within = (int)(position % blockSize);
            int count = Math.Min(blockSize - within, from.Length);
            long block = position / blockSize;
            Line line =
                lines.GetValueOrDefault(block)
                ?? (count == blockSize ? Add(block, new byte[blockSize]) : await LoadAsync(block));
            await PrepareAsync(line, stage);
            from.Span[..count].CopyTo(line.Data.AsSpan(within));
            Mark(line, stage);
            from = from[count..];
            position += count;
        }
    }

    /// <summary>
    /// Changes bytes at the first stage; whole blocks go straight to the device. They must be of no use to anybody before
    /// the second stage, or replace what may be replaced at any time.
    /// </summary>
    public async ValueTask WritePastAsync(long position, ReadOnlyMemory<byte> from)
    {
        int head = Head(position, from.Length);
        int middle = (from.Length - head) / blockSize * blockSize;
        await WriteAsync(position, from[..head], WriteStage.First);
        if (middle > 0)
        {
            long block = (position + head) / blockSize;
            await DropAsync(block, middle / blockSize);
            hasPassedBy = true;
            await device.WriteAsync(block, from.Slice(head, middle));
        }
        await WriteAsync(position + head + middle, from[(head + middle)..], WriteStage.First);
    }

    /// <summary>Brings the changes of the first stage to the medium.</summary>
    public async ValueTask CommitFirstAsync()
    {
        if (changed[(int)WriteStage.First] == 0 && !hasPassedBy)
        {
            return;
        }
        await WriteOutAsync(WriteStage.First);
        await device.FlushAsync();
        hasPassedBy = false;
    }

    /// <summary>Brings all changes to the medium, stage by stage.</summary>
    public async ValueTask CommitAsync()
    {
        await CommitFirstAsync();
        if (changed[(int)WriteStage.Second] > 0)
        {
            await WriteOutAsync(WriteStage.Second);
            await device.FlushAsync();
        }
    }

    private int Head(long position, int length)
    {
        int within = (int)(position % blockSize);
        return within == 0 ? 0 : Math.Min(blockSize - within, length);
    }

    private async ValueTask<Line> LoadAsync(long block)
    {
        long end = Math.Min(
            device.Geometry.BlockCount,
            block + Math.Max(1, ReadAhead / blockSize - block % Math.Max(1, ReadAhead / blockSize))
        );
        int count = 1;
        while (block + count < end && !lines.ContainsKey(block + count))
        {
            count++;
        }
        byte[] data = new byte[count * blockSize];
        await device.ReadAsync(block, data);
        for (int i = count - 1; i > 0; i--)
        {
            // Another reader may have brought it meanwhile.
            if (!lines.ContainsKey(block + i))
            {
                Add(block + i, data.AsSpan(i * blockSize, blockSize).ToArray());
            }
        }
        return lines.GetValueOrDefault(block) ?? Add(block, count == 1 ? data : data[..blockSize]);
    }

    private Line Add(long block, byte[] data)
    {
        while (lines.Count >= capacity && idle.Last is { } last)
        {
            idle.RemoveLast();
            lines.Remove(last.Value.Block);
        }
        Line line = new(block, data);
        lines.Add(block, line);
        idle.AddFirst(line.Place);
        return line;
    }

    private Line Use(Line line)
    {
        if (line.Stage == WriteStage.None && idle.First != line.Place)
        {
            idle.Remove(line.Place);
            idle.AddFirst(line.Place);
        }
        return line;
    }

    // Makes the block ready for a change at the stage.
    private async ValueTask PrepareAsync(Line line, WriteStage stage)
    {
        if (line.Stage == WriteStage.First && stage == WriteStage.Second)
        {
            await CommitFirstAsync();
        }
        else if (line.Stage == WriteStage.Second && stage == WriteStage.First)
        {
            await CommitAsync();
        }
    }

    private void Mark(Line line, WriteStage stage)
    {
        if (line.Stage == stage)
        {
            return;
        }
        // While others committed, the line may have been dropped: what is changed must be found.
        if (line.Place.List is not null)
        {
            idle.Remove(line.Place);
        }
        lines[line.Block] = line;
        line.Stage = stage;
        changed[(int)stage]++;
    }

    private void Clean(Line line)
    {
        if (line.Stage != WriteStage.None)
        {
            changed[(int)line.Stage]--;
            line.Stage = WriteStage.None;
            idle.AddFirst(line.Place);
        }
    }

    // Forgets blocks that are about to be replaced on the device.
    private async ValueTask DropAsync(long block, int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (lines.TryGetValue(block + i, out Line? line))
            {
                if (line.Stage == WriteStage.Second)
                {
                    await CommitAsync();
                }
                Clean(line);
                idle.Remove(line.Place);
                lines.Remove(line.Block);
            }
        }
    }

    private void ShowChanges(long block, Span<byte> whole)
    {
        if (changed[(int)WriteStage.First] + changed[(int)WriteStage.Second] == 0)
        {
            return;
        }
        for (int i = 0; i < whole.Length / blockSize; i++)
        {
            if (lines.TryGetValue(block + i, out Line? line) && line.Stage != WriteStage.None)
            {
                line.Data.CopyTo(whole[(i * blockSize)..]);
            }
        }
    }

    private async ValueTask WriteOutAsync(WriteStage stage)
    {
        List<Line> due = [.. lines.Values.Where(line => line.Stage == stage)];
        due.Sort(static (a, b) => a.Block.CompareTo(b.Block));
        List<Task> writes = [];
        for (int i = 0; i < due.Count; )
        {
            int count = 1;
            while (
                i + count < due.Count
                && due[i + count].Block == due[i].Block + count
                && (count + 1) * blockSize <= LongestWrite
            )
            {
                count++;
            }
            writes.Add(WriteRunAsync(due.GetRange(i, count)));
            i += count;
        }
        await Task.WhenAll(writes);
        due.ForEach(Clean);
    }

    private Task WriteRunAsync(List<Line> run)
    {
        byte[] data = run[0].Data;
        if (run.Count > 1)
        {
            data = new byte[run.Count * blockSize];
            for (int i = 0; i < run.Count; i++)
            {
                run[i].Data.CopyTo(data.AsSpan(i * blockSize));
            }
        }
        return device.WriteAsync(run[0].Block, data).AsTask();
    }

    private sealed class Line
    {
        public Line(long block, byte[] data)
        {
            Block = block;
            Data = data;
            Place = new LinkedListNode<Line>(this);
        }

        public long Block { get; }

        public byte[] Data { get; }

        public LinkedListNode<Line> Place { get; }

        public WriteStage Stage { get; set; }
    }
}
