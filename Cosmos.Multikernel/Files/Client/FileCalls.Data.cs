using System.Runtime.InteropServices;

namespace Cosmos.Multikernel.Files.Client;

/// <content>Reading, writing, places, lengths. How one piece goes to the service and back is in FileCalls.Pieces.cs.</content>
internal sealed partial class FileCalls
{
    // No place was given: the file's own is used and moved.
    private const long FromPosition = -1;

    // What Linux moves at most in one call (MAX_RW_COUNT).
    private const ulong MostBytes = 0x7fff_f000;

    // IOV_MAX.
    private const ulong MostVectors = 1024;

    // FALLOC_FL_KEEP_SIZE.
    private const ulong KeepSize = 1;

    // SEEK_SET, SEEK_CUR, SEEK_END, SEEK_DATA, SEEK_HOLE.
    private const ulong SeekStart = 0;
    private const ulong SeekCurrent = 1;
    private const ulong SeekEnd = 2;
    private const ulong SeekData = 3;
    private const ulong SeekHole = 4;

    /// <summary>read and pread64.</summary>
    private async ValueTask<long> ReadAsync(
        ulong descriptor,
        ulong address,
        ulong count,
        long offset
    )
    {
        if (Find(descriptor) is not { } file)
        {
            return Failed(FileError.BadHandle);
        }
        if (offset < FromPosition)
        {
            return Failed(FileError.Invalid);
        }
        file.Use();
        try
        {
            if (offset != FromPosition)
            {
                return await ReadAsync(file, address, count, offset);
            }
            using (await file.TakeTurnAsync())
            {
                long read = await ReadAsync(file, address, count, file.Position);
                file.Position += Math.Max(read, 0);
                return read;
            }
        }
        finally
        {
            await ReleaseAsync(file);
        }
    }

    private async ValueTask<long> ReadAsync(OpenFile file, ulong address, ulong count, long offset)
    {
        if (file.Text is { } text)
        {
            int start = (int)Math.Min(offset, text.Length);
            int length = (int)Math.Min((ulong)(text.Length - start), count);
            int written = memory.Write(address, text.AsSpan(start, length));
            return written == 0 && length != 0 ? Failed(FileError.BadAddress) : written;
        }
        long done = 0;
        long wanted = (long)Math.Min(count, MostBytes);
        do
        {
            int piece = (int)Math.Min(wanted - done, FileServiceLimits.Bytes);
            (FileError error, int read, int written) = await ReadPieceAsync(
                file,
                address + (ulong)done,
                piece,
                offset + done
            );
            if (error != FileError.None)
            {
                return done != 0 ? done : ResultOf(error);
            }
            done += written;
            if (written < read)
            {
                return done != 0 ? done : Failed(FileError.BadAddress);
            }
            if (read < piece)
            {
                return done;
            }
        } while (done < wanted);
        return done;
    }

    /// <summary>write and pwrite64.</summary>
    private async ValueTask<long> WriteAsync(
        ulong descriptor,
        ulong address,
        ulong count,
        long offset
    )
    {
        if (Find(descriptor) is not { Text: null } file)
        {
            return Failed(FileError.BadHandle);
        }
        if (offset < FromPosition)
        {
            return Failed(FileError.Invalid);
        }
        file.Use();
        try
        {
            long written;
            if (offset != FromPosition)
            {
                (written, _) = await WriteAsync(file, address, count, offset);
            }
            else
            {
                using IDisposable turn = await file.TakeTurnAsync();
                (written, long end) = await WriteAsync(file, address, count, file.Position);
                file.Position = written > 0 ? end : file.Position;
            }
            if (written > 0 && file.IsSynchronous)
            {
                FileError error = await file.Service.SyncAsync(file.Handle);
                return error == FileError.None ? written : ResultOf(error);
            }
            return written;
        }
        finally
        {
            await ReleaseAsync(file);
        }
    }

    private async ValueTask<(long Written, long End)> WriteAsync(
        OpenFile file,
        ulong address,
        ulong count,
        long offset
    )
    {
        long done = 0;
        long end = offset;
        long wanted = (long)Math.Min(count, MostBytes);
        do
        {
            int piece = (int)Math.Min(wanted - done, FileServiceLimits.Bytes);
            WriteReply reply = await WritePieceAsync(
                file,
                address + (ulong)done,
                piece,
                offset + done
            );
            if (reply.Error != FileError.None)
            {
                return (done != 0 ? done : ResultOf(reply.Error), end);
            }
            end = reply.End;
            done += reply.Count;
            if (reply.Count < piece)
            {
                break;
            }
        } while (done < wanted);
        return (done, end);
    }

    private ValueTask<long> ReadVectorAsync(
        ulong descriptor,
        ulong vectors,
        ulong count,
        long offset
    ) => VectorAsync(descriptor, vectors, count, offset, ReadAsync);

    private ValueTask<long> WriteVectorAsync(
        ulong descriptor,
        ulong vectors,
        ulong count,
        long offset
    ) => VectorAsync(descriptor, vectors, count, offset, WriteAsync);

    /// <summary>
    /// readv, preadv, writev, pwritev: part after part, as far as the first that comes back short. Not in one piece with regard
    /// to other threads that use the same place.
    /// </summary>
    private async ValueTask<long> VectorAsync(
        ulong descriptor,
        ulong vectors,
        ulong count,
        long offset,
        Func<ulong, ulong, ulong, long, ValueTask<long>> transfer
    )
    {
        if (Find(descriptor) is null)
        {
            return Failed(FileError.BadHandle);
        }
        if (count > MostVectors || offset < FromPosition)
        {
            return Failed(FileError.Invalid);
        }
        ulong[] parts = new ulong[count * 2];
        int bytes = parts.Length * sizeof(ulong);
        if (memory.Read(vectors, MemoryMarshal.AsBytes(parts.AsSpan())) != bytes)
        {
            return Failed(FileError.BadAddress);
        }
        long done = 0;
        for (int i = 0; i < parts.Length; i += 2)
        {
            if (parts[i + 1] == 0)
            {
                continue;
            }
            long place = offset == FromPosition ? FromPosition : offset + done;
            long moved = await transfer(descriptor, parts[i], parts[i + 1], place);
            if (moved < 0)
            {
                return done != 0 ? done : moved;
            }
            done += moved;
            if ((ulong)moved < parts[i + 1])
            {
                break;
            }
        }
        return done;
    }

    /// <summary>lseek. A file has no holes but the one behind its end.</summary>
    private async ValueTask<long> SeekAsync(ulong descriptor, long offset, ulong whence)
    {
        if (Find(descriptor) is not { } file)
        {
            return Failed(FileError.BadHandle);
        }
        file.Use();
        try
        {
            using IDisposable turn = await file.TakeTurnAsync();
            long length = 0;
            if (whence is SeekEnd or SeekData or SeekHole)
            {
                (FileError error, length) = await LengthOfAsync(file);
                if (error != FileError.None)
                {
                    return ResultOf(error);
                }
            }
            if (whence is SeekData or SeekHole && (offset < 0 || offset >= length))
            {
                return Failed(FileError.NothingThere);
            }
            long start = whence switch
            {
                SeekStart or SeekData => 0,
                SeekCurrent => file.Position,
                SeekEnd => length,
                _ => length - offset,
            };
            long target = unchecked(start + offset);
            if (whence > SeekHole || target < 0)
            {
                return Failed(FileError.Invalid);
            }
            file.Position = target;
            return target;
        }
        finally
        {
            await ReleaseAsync(file);
        }
    }

    private static async ValueTask<(FileError Error, long Length)> LengthOfAsync(OpenFile file)
    {
        if (file.Text is not null)
        {
            // As Linux says of /proc.
            return (FileError.None, 0);
        }
        StatusReply reply = await file.Service.GetHandleStatusAsync(file.Handle);
        return (reply.Error, reply.Status.Length);
    }

    /// <summary>fsync, fdatasync, syncfs.</summary>
    private ValueTask<long> SyncAsync(ulong descriptor) =>
        WithHandleAsync(descriptor, file => file.Service.SyncAsync(file.Handle));

    /// <summary>sync: without a service there is nothing to bring anywhere.</summary>
    private async ValueTask<long> SyncAllAsync()
    {
        if (await services.GetAsync() is { } service)
        {
            await service.SyncAllAsync();
        }
        return 0;
    }

    /// <summary>PrepareForPowerOff: without a service there are no disks that anybody wrote to.</summary>
    private async ValueTask<long> PrepareForPowerOffAsync() =>
        await services.GetAsync() is { } service
            ? ResultOf(await service.PrepareForPowerOffAsync())
            : 0;

    /// <summary>ftruncate. What was not opened for writing is EINVAL.</summary>
    private ValueTask<long> SetLengthAsync(ulong descriptor, long length) =>
        WithHandleAsync(
            descriptor,
            async file =>
            {
                bool isWritable = (file.Mode & OpenMode.AccessMask) != 0;
                return isWritable && length >= 0
                    ? await file.Service.SetLengthAsync(file.Handle, length)
                    : FileError.Invalid;
            }
        );

    /// <summary>truncate.</summary>
    private async ValueTask<long> SetLengthOfPathAsync(ulong path, long length)
    {
        long descriptor = await OpenAsync(AtCurrent, path, OpenMode.WriteOnly, 0);
        if (descriptor < 0)
        {
            return descriptor;
        }
        long result = await SetLengthAsync((ulong)descriptor, length);
        await CloseAsync((ulong)descriptor);
        return result;
    }

    /// <summary>
    /// fallocate. Keeping the length nothing is reserved, only looked at whether there is room; other modes (holes) are
    /// EOPNOTSUPP.
    /// </summary>
    private ValueTask<long> AllocateAsync(ulong descriptor, ulong mode, long offset, long length) =>
        WithHandleAsync(
            descriptor,
            async file =>
            {
                if (offset < 0 || length <= 0)
                {
                    return FileError.Invalid;
                }
                if ((mode & ~KeepSize) != 0)
                {
                    return FileError.NotSupported;
                }
                if ((file.Mode & OpenMode.AccessMask) == 0)
                {
                    return FileError.BadHandle;
                }
                if (length > long.MaxValue - offset)
                {
                    return FileError.TooLarge;
                }
                StatusReply status = await file.Service.GetHandleStatusAsync(file.Handle);
                if (status.Error != FileError.None || status.Status.Length >= offset + length)
                {
                    return status.Error;
                }
                return mode == 0
                    ? await file.Service.SetLengthAsync(file.Handle, offset + length)
                    : await RoomForAsync(file, offset + length - status.Status.Allocated);
            }
        );

    private static async ValueTask<FileError> RoomForAsync(OpenFile file, long bytes)
    {
        SpaceReply reply = await file.Service.GetSpaceAsync(file.Path);
        return reply.Error != FileError.None ? reply.Error
            : bytes / reply.Status.BlockSize > reply.Status.FreeBlocks ? FileError.NoSpace
            : FileError.None;
    }

    /// <summary>Does something with the handle of a descriptor, which stays open meanwhile.</summary>
    private async ValueTask<long> WithHandleAsync(
        ulong descriptor,
        Func<OpenFile, ValueTask<FileError>> act
    )
    {
        if (Find(descriptor) is not { } file)
        {
            return Failed(FileError.BadHandle);
        }
        if (file.Text is not null)
        {
            return Failed(FileError.Invalid);
        }
        file.Use();
        try
        {
            return ResultOf(await act(file));
        }
        finally
        {
            await ReleaseAsync(file);
        }
    }
}
