using System.Buffers.Binary;
using System.Text;

namespace Cosmos.Multikernel.Files.Client;

/// <summary>
/// Entries of a directory as getdents64 returns them: struct linux_dirent64 (Linux, include/linux/dirent.h).
/// </summary>
/// <remarks>
/// The service's lists leave out "." and "..", which programs expect. So places here are 0 for the beginning, 1 and 2 behind
/// these two, and from there on the service's own plus 2.
/// </remarks>
internal sealed class DirectoryEntries(int size)
{
    private const int NameOffset = 19;
    private const int DotCount = 2;

    // Of the service's items: see IFileService.ReadDirectoryAsync.
    private const int ItemNameOffset = 20;

    private readonly byte[] bytes = new byte[size];
    private int length;

    /// <summary>The entries, closely packed.</summary>
    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, length);

    /// <summary>The place behind the last one.</summary>
    public long Next { get; private set; }

    /// <summary>Takes entries from where a directory is being read, as many as have room.</summary>
    /// <returns>EINVAL when there are some and not even one has room.</returns>
    public async ValueTask<FileError> FillAsync(OpenFile file)
    {
        Next = file.Position;
        while (Next < DotCount)
        {
            ReadOnlySpan<byte> name = Next == 0 ? "."u8 : ".."u8;
            if (!TryAdd((ulong)Next + 1, Next + 1, FileKind.Directory, name))
            {
                return length == 0 ? FileError.Invalid : FileError.None;
            }
        }
        // An item of the service takes one byte more than its entry here at most, and entries are padded.
        byte[] reply = await file.Service.ReadDirectoryAsync(
            file.Handle,
            Next - DotCount,
            Math.Max(size - length, ItemNameOffset + 1)
        );
        FileError error = (FileError)BinaryPrimitives.ReadInt32LittleEndian(reply);
        if (error != FileError.None)
        {
            // A name that has no room now has some when this is read again, into a buffer without the entries above.
            return error == FileError.Invalid && length != 0 ? FileError.None : error;
        }
        bool isFull = false;
        ReadOnlyMemory<byte> items = reply.AsMemory(sizeof(int));
        while (items.Length != 0 && !isFull)
        {
            ReadOnlySpan<byte> item = items.Span;
            int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(item[18..]);
            isFull = !TryAdd(
                BinaryPrimitives.ReadUInt64LittleEndian(item),
                BinaryPrimitives.ReadInt64LittleEndian(item[8..]) + DotCount,
                (FileKind)item[16],
                item.Slice(ItemNameOffset, nameLength)
            );
            items = items[(ItemNameOffset + nameLength)..];
        }
        return isFull && length == 0 ? FileError.Invalid : FileError.None;
    }

    private bool TryAdd(ulong number, long next, FileKind kind, ReadOnlySpan<byte> name)
    {
        // With the closing 0, then so that the next one is aligned.
        int entry = (NameOffset + name.Length + 1 + 7) & ~7;
        if (length + entry > bytes.Length)
        {
            return false;
        }
        Span<byte> to = bytes.AsSpan(length, entry);
        to.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(to, number);
        BinaryPrimitives.WriteInt64LittleEndian(to[8..], next);
        BinaryPrimitives.WriteUInt16LittleEndian(to[16..], (ushort)entry);
        to[18] = LinuxStatus.TypeOf(kind);
        name.CopyTo(to[NameOffset..]);
        length += entry;
        Next = next;
        return true;
    }
}
