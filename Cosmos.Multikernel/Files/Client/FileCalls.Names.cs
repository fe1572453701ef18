using System.Buffers.Binary;
using System.Text;

namespace Cosmos.Multikernel.Files.Client;

/// <content>Making, listing, renaming and removing names.</content>
internal sealed partial class FileCalls
{
    // RENAME_NOREPLACE.
    private const ulong NoReplace = 1;

    /// <summary>mkdir, mkdirat.</summary>
    private ValueTask<long> MakeDirectoryAsync(ulong directory, ulong path, uint permissions) =>
        WithPathAsync(
            directory,
            path,
            (service, absolute) =>
                service.MakeDirectoryAsync(
                    absolute,
                    (ushort)(permissions & PermissionBits & ~mask)
                ),
            isMaking: true
        );

    /// <summary>unlink, rmdir, unlinkat.</summary>
    private ValueTask<long> RemoveAsync(ulong directory, ulong path, ulong flags) =>
        (flags & ~RemoveDirectory) != 0
            ? Done(Failed(FileError.Invalid))
            : WithPathAsync(
                directory,
                path,
                (service, absolute) =>
                    flags != 0
                        ? service.RemoveDirectoryAsync(absolute)
                        : service.UnlinkAsync(absolute)
            );

    /// <summary>rename, renameat, renameat2; of the flags of the last only RENAME_NOREPLACE.</summary>
    private async ValueTask<long> RenameAsync(
        ulong oldDirectory,
        ulong oldPath,
        ulong newDirectory,
        ulong newPath,
        ulong flags
    )
    {
        if ((flags & ~NoReplace) != 0)
        {
            return Failed(FileError.Invalid);
        }
        long error = ReadPath(newDirectory, newPath, out string target);
        return error != 0
            ? error
            : await WithPathAsync(
                oldDirectory,
                oldPath,
                (service, source) => service.RenameAsync(source, target, replace: flags == 0)
            );
    }

    /// <summary>link, linkat: no file system here has files of several names (EPERM, as Linux says of FAT).</summary>
    private async ValueTask<long> LinkAsync(
        ulong oldDirectory,
        ulong oldPath,
        ulong newDirectory,
        ulong newPath
    )
    {
        StatusReply source = await StatusAsync(oldDirectory, oldPath, NoFollow);
        if (source.Error != FileError.None)
        {
            return ResultOf(source.Error);
        }
        StatusReply target = await StatusAsync(newDirectory, newPath, NoFollow);
        return Failed(
            target.Error switch
            {
                FileError.None => FileError.Exists,
                FileError.NotFound => FileError.NotPermitted,
                _ => target.Error,
            }
        );
    }

    /// <summary>symlink, symlinkat.</summary>
    private async ValueTask<long> MakeSymbolicLinkAsync(ulong target, ulong directory, ulong path)
    {
        long error = ReadText(target, out string text);
        return error != 0 ? error
            : text.Length == 0 ? Failed(FileError.NotFound)
            : await WithPathAsync(
                directory,
                path,
                (service, absolute) => service.MakeLinkAsync(text, absolute),
                isMaking: true
            );
    }

    /// <summary>readlink, readlinkat: what does not fit is cut off, as on Linux.</summary>
    private async ValueTask<long> ReadLinkAsync(
        ulong directory,
        ulong path,
        ulong address,
        ulong size
    )
    {
        if ((int)size <= 0)
        {
            return Failed(FileError.Invalid);
        }
        long error = ReadPath(directory, path, out string absolute);
        if (error != 0)
        {
            return error;
        }
        if (await services.GetAsync() is not { } service)
        {
            return Unserved();
        }
        byte[] reply = await service.ReadLinkAsync(absolute);
        FileError failure = (FileError)BitConverter.ToInt32(reply);
        if (failure != FileError.None)
        {
            return ResultOf(failure);
        }
        ReadOnlyMemory<byte> text = reply.AsMemory(sizeof(int));
        text = text[..(int)Math.Min((ulong)text.Length, size)];
        return memory.Write(address, text.Span) == text.Length
            ? text.Length
            : Failed(FileError.BadAddress);
    }

    /// <summary>getdents64. Places in a directory: see <see cref="DirectoryEntries"/>.</summary>
    private async ValueTask<long> ReadDirectoryAsync(ulong descriptor, ulong address, ulong size)
    {
        if (Find(descriptor) is not { } file)
        {
            return Failed(FileError.BadHandle);
        }
        if (!file.IsDirectory)
        {
            return Failed(FileError.NotDirectory);
        }
        file.Use();
        try
        {
            using IDisposable turn = await file.TakeTurnAsync();
            DirectoryEntries entries = new((int)Math.Min(size, FileServiceLimits.Bytes));
            FileError error = await entries.FillAsync(file);
            if (error != FileError.None)
            {
                return ResultOf(error);
            }
            if (memory.Write(address, entries.Written) != entries.Written.Length)
            {
                return Failed(FileError.BadAddress);
            }
            file.Position = entries.Next;
            return entries.Written.Length;
        }
        finally
        {
            await ReleaseAsync(file);
        }
    }

    /// <summary>Does something with a path.</summary>
    private async ValueTask<long> WithPathAsync(
        ulong directory,
        ulong path,
        Func<IFileService, string, ValueTask<FileError>> act,
        bool isMaking = false
    )
    {
        long error = ReadPath(directory, path, out string absolute);
        if (error != 0)
        {
            return error;
        }
        return await services.GetAsync() is { } service
            ? ResultOf(await act(service, absolute))
            : Unserved(isMaking);
    }
}
