namespace Cosmos.Multikernel.Drivers.FileSystems.Ram;

/// <summary>The contents of files: pages, of which only those written exist.</summary>
public sealed partial class RamFileSystem
{
    private const long LongestFile = long.MaxValue - RamNode.PageSize;

    /// <inheritdoc/>
    protected override ValueTask<int> ReadCoreAsync(FileNode node, long offset, Memory<byte> into)
    {
        RamNode file = (RamNode)node;
        int count = (int)Math.Clamp(file.Length - offset, 0, into.Length);
        Span<byte> rest = into.Span[..count];
        while (!rest.IsEmpty)
        {
            int within = (int)(offset % RamNode.PageSize);
            int piece = Math.Min(rest.Length, RamNode.PageSize - within);
            if (file.Pages.TryGetValue(offset / RamNode.PageSize, out byte[]? page))
            {
                page.AsSpan(within, piece).CopyTo(rest);
            }
            else
            {
                rest[..piece].Clear();
            }
            rest = rest[piece..];
            offset += piece;
        }
        return new(count);
    }

    /// <inheritdoc/>
    protected override ValueTask<WriteResult> WriteCoreAsync(
        FileNode node,
        long offset,
        ReadOnlyMemory<byte> from
    )
    {
        RamNode file = (RamNode)node;
        offset = offset < 0 ? file.Length : offset;
        CheckLength(offset, from.Length);
        ReadOnlySpan<byte> rest = from.Span;
        while (!rest.IsEmpty)
        {
            if (PageAt(file, offset / RamNode.PageSize) is not { } page)
            {
                break;
            }
            int within = (int)(offset % RamNode.PageSize);
            int piece = Math.Min(rest.Length, RamNode.PageSize - within);
            rest[..piece].CopyTo(page.AsSpan(within));
            rest = rest[piece..];
            offset += piece;
        }
        int written = from.Length - rest.Length;
        if (written == 0 && from.Length > 0)
        {
            throw new FileSystemException(
                FileError.NoSpace,
                $"{Source}: no room is left: {used} of {limit} bytes are taken."
            );
        }
        file.Length = written > 0 ? Math.Max(file.Length, offset) : file.Length;
        file.Modified = Now();
        return new(new WriteResult(written, offset));
    }

    /// <inheritdoc/>
    protected override ValueTask SetLengthCoreAsync(FileNode node, long length)
    {
        RamNode file = (RamNode)node;
        CheckLength(length, 0);
        if (length < file.Length)
        {
            DropPages(file, (length + RamNode.PageSize - 1) / RamNode.PageSize);
            if (file.Pages.TryGetValue(length / RamNode.PageSize, out byte[]? last))
            {
                // What is cut off must not come back when the file grows.
                last.AsSpan((int)(length % RamNode.PageSize)).Clear();
            }
        }
        file.Length = length;
        file.Modified = Now();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    protected override ValueTask ReleaseCoreAsync(FileNode node)
    {
        Forget((RamNode)node);
        return ValueTask.CompletedTask;
    }

    private void CheckLength(long offset, int count)
    {
        if (offset > LongestFile - count)
        {
            throw new FileSystemException(
                FileError.TooLarge,
                $"{Source}: {count} bytes at offset {offset} are beyond any file's end."
            );
        }
    }

    // A page to write to; null when there is no room for one more.
    private byte[]? PageAt(RamNode file, long index)
    {
        if (file.Pages.TryGetValue(index, out byte[]? page))
        {
            return page;
        }
        if (RamNode.PageSize > limit - used)
        {
            return null;
        }
        used += RamNode.PageSize;
        page = new byte[RamNode.PageSize];
        file.Pages.Add(index, page);
        return page;
    }

    private void DropPages(RamNode file, long from)
    {
        foreach (long index in file.Pages.Keys.Where(index => index >= from).ToArray())
        {
            file.Pages.Remove(index);
            used -= RamNode.PageSize;
        }
    }

    /// <summary>A node has lost its name: it goes now, or when its last handle is closed.</summary>
    private void Discard(RamNode node)
    {
        node.IsUnlinked = true;
        node.Parent = null;
        if (node.OpenCount == 0)
        {
            Forget(node);
        }
    }

    private void Forget(RamNode node)
    {
        DropPages(node, 0);
        used -= NodeCost;
    }
}
