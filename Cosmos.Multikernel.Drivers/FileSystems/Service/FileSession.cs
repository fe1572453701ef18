using System.Buffers.Binary;
using System.Text;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Capabilities;

namespace Cosmos.Multikernel.Drivers.FileSystems.Service;

/// <summary>
/// One client of the file service: its handles, and the calls of <see cref="IFileService"/>. In one instance with the file
/// systems it may be used directly.
/// </summary>
public sealed partial class FileSession(FileServer server) : IFileService, IAsyncDisposable
{
    // Bytes of a directory's item before its name.
    private const int SmallestItem = 20;

    private readonly Dictionary<int, OpenFile> files = [];
    private string lastMessage = "";

    private MountTree Tree => server.Tree;

    /// <summary>Closes all that is open.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (int handle in files.Keys.ToArray())
        {
            await CloseAsync(handle);
        }
    }

    /// <inheritdoc/>
    public ValueTask<OpenReply> OpenAsync(string path, OpenFlags flags, ushort permissions) =>
        TryAsync(
            async () =>
            {
                if (files.Count >= FileServiceLimits.Handles)
                {
                    throw new FileSystemException(
                        FileError.TooManyOpenFiles,
                        $"{path}: {FileServiceLimits.Handles} files are open already."
                    );
                }
                Place place = await FindToOpenAsync(path, flags, permissions);
                place.FileSystem.Open(place.Node);
                OpenFile file = new(place, flags);
                try
                {
                    if (flags.HasFlag(OpenFlags.Truncate))
                    {
                        await place.FileSystem.SetLengthAsync(place.Node, 0);
                    }
                    FileStatus status = await StatusOfAsync(place);
                    int handle = NewHandle();
                    files.Add(handle, file);
                    return new OpenReply(FileError.None, handle, status);
                }
                catch
                {
                    await place.FileSystem.CloseAsync(place.Node);
                    throw;
                }
            },
            static error => new OpenReply(error, -1, default)
        );

    /// <inheritdoc/>
    public ValueTask<FileError> CloseAsync(int handle) =>
        TryAsync(async () =>
        {
            OpenFile file = FileOf(handle);
            files.Remove(handle);
            server.Locks.Release(file);
            await file.FileSystem.CloseAsync(file.Node);
        });

    /// <inheritdoc/>
    public ValueTask<byte[]> ReadAsync(int handle, long offset, int count) =>
        TryAsync(
            async () =>
            {
                int room = Math.Clamp(count, 0, FileServiceLimits.Bytes);
                byte[] reply = new byte[sizeof(int) + room];
                int read = await ReadAsync(handle, offset, count, reply.AsMemory(sizeof(int)));
                return read + sizeof(int) == reply.Length ? reply : reply[..(sizeof(int) + read)];
            },
            ErrorReply
        );

    /// <inheritdoc/>
    public async ValueTask<(ReadReply Reply, Frame Frame)> ReadFrameAsync(
        int handle,
        long offset,
        Frame into,
        int count
    )
    {
        ReadReply reply = await TryAsync(
            async () =>
                new ReadReply(
                    FileError.None,
                    await ReadAsync(handle, offset, count, BeginningOf(into, count))
                ),
            static error => new ReadReply(error, 0)
        );
        return (reply, into);
    }

    /// <inheritdoc/>
    public ValueTask<WriteReply> WriteAsync(int handle, long offset, ReadOnlyMemory<byte> data) =>
        TryAsync(
            async () =>
            {
                OpenFile file = FileOf(handle, OpenFlags.Write);
                if (offset < 0)
                {
                    throw new FileSystemException(FileError.Invalid, $"Offset {offset}.");
                }
                WriteResult result = await file.FileSystem.WriteAsync(
                    file.Node,
                    file.Flags.HasFlag(OpenFlags.Append) ? -1 : offset,
                    data[..Math.Min(data.Length, FileServiceLimits.Bytes)]
                );
                return new WriteReply(FileError.None, result.Count, result.End);
            },
            static error => new WriteReply(error, 0, 0)
        );

    /// <inheritdoc/>
    public async ValueTask<(WriteReply Reply, Frame Frame)> WriteFrameAsync(
        int handle,
        long offset,
        Frame from,
        int count
    )
    {
        WriteReply reply = await TryAsync(
            async () => await WriteAsync(handle, offset, BeginningOf(from, count)),
            static error => new WriteReply(error, 0, 0)
        );
        return (reply, from);
    }

    /// <inheritdoc/>
    public ValueTask<byte[]> ReadDirectoryAsync(int handle, long from, int maximumBytes) =>
        TryAsync(
            async () =>
            {
                OpenFile file = FileOf(handle);
                int room = Math.Clamp(maximumBytes, 0, FileServiceLimits.Bytes);
                IReadOnlyList<DirectoryItem> items = await file.FileSystem.ListAsync(
                    file.Node,
                    from,
                    room / SmallestItem
                );
                return Encode(items, room);
            },
            ErrorReply
        );

    /// <inheritdoc/>
    public ValueTask<FileError> SetLengthAsync(int handle, long length) =>
        TryAsync(async () =>
        {
            OpenFile file = FileOf(handle, OpenFlags.Write);
            await file.FileSystem.SetLengthAsync(file.Node, length);
        });

    /// <inheritdoc/>
    public ValueTask<StatusReply> GetHandleStatusAsync(int handle) =>
        TryAsync(
            async () =>
                new StatusReply(FileError.None, 0, await StatusOfAsync(FileOf(handle).Place)),
            static error => new StatusReply(error, 0, default)
        );

    /// <inheritdoc/>
    public ValueTask<FileError> SetHandleStatusAsync(int handle, StatusRequest request) =>
        TryAsync(async () =>
        {
            OpenFile file = FileOf(handle);
            await file.FileSystem.SetStatusAsync(file.Node, request.ToChange());
        });

    /// <inheritdoc/>
    public ValueTask<FileError> SyncAsync(int handle) =>
        TryAsync(async () => await FileOf(handle).FileSystem.SyncAsync(isWhole: false));

    /// <inheritdoc/>
    public ValueTask<FileError> SyncAllAsync() => TryAsync(server.SyncAllAsync);

    /// <inheritdoc/>
    public ValueTask<FileError> PrepareForPowerOffAsync() =>
        TryAsync(server.PrepareForPowerOffAsync);

    /// <inheritdoc/>
    public ValueTask<FileError> LockAsync(int handle, FileLock mode) =>
        TryAsync(() =>
            server.Locks.TrySet(FileOf(handle), mode)
                ? ValueTask.CompletedTask
                : throw new FileSystemException(
                    FileError.WouldBlock,
                    "Others hold a lock on the file."
                )
        );

    /// <inheritdoc/>
    public ValueTask<string> GetLastMessageAsync() => new(lastMessage);

    private static byte[] Encode(IReadOnlyList<DirectoryItem> items, int room)
    {
        byte[] reply = new byte[sizeof(int) + room];
        int length = sizeof(int);
        foreach (DirectoryItem item in items)
        {
            int name = Encoding.UTF8.GetByteCount(item.Name);
            if (length + SmallestItem + name > reply.Length)
            {
                if (length == sizeof(int))
                {
                    throw new FileSystemException(
                        FileError.Invalid,
                        $"{room} bytes have no room for a name of {name} bytes."
                    );
                }
                break;
            }
            Span<byte> to = reply.AsSpan(length);
            BinaryPrimitives.WriteUInt64LittleEndian(to, item.Number);
            BinaryPrimitives.WriteInt64LittleEndian(to[8..], item.Next);
            to[16] = (byte)item.Kind;
            BinaryPrimitives.WriteUInt16LittleEndian(to[18..], (ushort)name);
            Encoding.UTF8.GetBytes(item.Name, to[SmallestItem..]);
            length += SmallestItem + name;
        }
        return reply[..length];
    }

    private static byte[] ErrorReply(FileError error)
    {
        byte[] reply = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(reply, (int)error);
        return reply;
    }

    private async ValueTask<int> ReadAsync(int handle, long offset, int count, Memory<byte> into)
    {
        OpenFile file = FileOf(handle, OpenFlags.Read);
        return count >= 0
            ? await file.FileSystem.ReadAsync(file.Node, offset, into)
            : throw new FileSystemException(FileError.Invalid, $"{count} bytes to read.");
    }

    /// <summary>A client's frame, as far as it may be used.</summary>
    private static Memory<byte> BeginningOf(Frame frame, int count)
    {
        if (
            count < 0
            || count > Math.Min(frame.Length, FileServiceLimits.Bytes)
            || frame.GrantedRights != CapabilityRights.All
        )
        {
            throw new FileSystemException(
                FileError.Invalid,
                $"A frame of {frame.Length} bytes ({frame.GrantedRights}) for {count}."
            );
        }
        try
        {
            _ = frame.Address;
        }
        catch (CapabilityException exception)
        {
            throw new FileSystemException(FileError.NoMemory, exception.Message);
        }
        return frame.Memory[..count];
    }

    private static async ValueTask<FileStatus> StatusOfAsync(Place place)
    {
        FileStatus status = await place.FileSystem.GetStatusAsync(place.Node);
        status.Device = place.Mount.Number;
        return status;
    }

    private int NewHandle()
    {
        // The lowest free one, as Linux numbers them.
        int handle = 0;
        while (files.ContainsKey(handle))
        {
            handle++;
        }
        return handle;
    }

    private OpenFile FileOf(int handle, OpenFlags access = OpenFlags.None)
    {
        OpenFile file =
            files.GetValueOrDefault(handle)
            ?? throw new FileSystemException(FileError.BadHandle, $"There is no handle {handle}.");
        return file.Flags.HasFlag(access)
            ? file
            : throw new FileSystemException(
                FileError.BadHandle,
                $"Handle {handle} was not opened to {(access == OpenFlags.Read ? "read" : "write")}."
            );
    }

    private async ValueTask<T> TryAsync<T>(Func<ValueTask<T>> call, Func<FileError, T> failed)
    {
        try
        {
            return await call();
        }
        catch (FileSystemException exception)
        {
            lastMessage = exception.Message;
            return failed(exception.Error);
        }
    }

    private ValueTask<FileError> TryAsync(Func<ValueTask> call) =>
        TryAsync(
            async () =>
            {
                await call();
                return FileError.None;
            },
            static error => error
        );
}
