namespace Cosmos.Multikernel.Files.Client;

/// <content>Opening, closing, duplicating, locking.</content>
internal sealed partial class FileCalls
{
    // creat(2).
    private const uint CreatFlags = OpenMode.WriteOnly | OpenMode.Create | OpenMode.Truncate;

    // Commands of fcntl (Linux, include/uapi/asm-generic/fcntl.h).
    private const ulong DuplicateDescriptor = 0;
    private const ulong GetDescriptorFlags = 1;
    private const ulong SetDescriptorFlags = 2;
    private const ulong GetStatusFlags = 3;
    private const ulong SetStatusFlags = 4;
    private const ulong GetRangeLock = 5;
    private const ulong SetRangeLock = 6;
    private const ulong AwaitRangeLock = 7;
    private const ulong DuplicateCloseOnExec = 1030;

    // Operations of flock (the same file).
    private const ulong LockShared = 1;
    private const ulong LockExclusive = 2;
    private const ulong LockAtOnce = 4;
    private const ulong Unlock = 8;

    // A lock that is waited for is asked for again and again, less and less often.
    private static readonly TimeSpan FirstLockRetry = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LastLockRetry = TimeSpan.FromMilliseconds(100);

    /// <summary>open, openat, creat. O_TMPFILE is EOPNOTSUPP; O_DIRECT, O_NOATIME and O_CLOEXEC mean nothing here.</summary>
    private async ValueTask<long> OpenAsync(
        ulong directory,
        ulong path,
        uint flags,
        uint permissions
    )
    {
        long error = ReadPath(directory, path, out string absolute);
        if (error != 0)
        {
            return error;
        }
        if (OpenMode.ToOpenFlags(flags) is not { } how)
        {
            return Failed(FileError.Invalid);
        }
        if ((flags & OpenMode.Temporary) != 0)
        {
            return Failed(FileError.NotSupported);
        }
        if (!descriptors.HasRoom)
        {
            return Failed(FileError.TooManyOpenFiles);
        }
        if (await services.GetAsync() is not { } service)
        {
            return Unserved(how.HasFlag(OpenFlags.Create));
        }
        if (MountTable.IsPath(absolute))
        {
            return how == OpenFlags.Read
                ? Enter(await MountTable.OpenAsync(service, absolute, flags))
                : Failed(FileError.AccessDenied);
        }
        OpenReply reply = await service.OpenAsync(
            absolute,
            how,
            (ushort)(permissions & PermissionBits & ~mask)
        );
        if (reply.Error != FileError.None)
        {
            return ResultOf(reply.Error);
        }
        long result = Enter(
            new OpenFile(
                service,
                reply.Handle,
                absolute,
                reply.Status.Kind,
                flags & OpenMode.StatusMask
            )
        );
        if (result < 0)
        {
            // The last descriptor went while the service was asked.
            await service.CloseAsync(reply.Handle);
        }
        return result;
    }

    private long Enter(OpenFile file)
    {
        int descriptor = descriptors.Add(file);
        return descriptor < 0 ? Failed(FileError.TooManyOpenFiles) : descriptor;
    }

    /// <summary>close: the descriptor is gone whatever the service says, as on Linux.</summary>
    private async ValueTask<long> CloseAsync(ulong descriptor)
    {
        if (Find(descriptor) is not { } file)
        {
            return Failed(FileError.BadHandle);
        }
        descriptors.Remove(descriptor);
        return ResultOf(await ReleaseAsync(file));
    }

    /// <summary>One user less; the last one closes the handle.</summary>
    private static async ValueTask<FileError> ReleaseAsync(OpenFile file) =>
        file.Release() && file.Text is null
            ? await file.Service.CloseAsync(file.Handle)
            : FileError.None;

    private long Duplicate(ulong descriptor, ulong from)
    {
        if (Find(descriptor) is not { } file)
        {
            return Failed(FileError.BadHandle);
        }
        if (from >= Descriptors.First + FileServiceLimits.Handles)
        {
            return Failed(FileError.Invalid);
        }
        int copy = descriptors.Add(file, from);
        if (copy < 0)
        {
            return Failed(FileError.TooManyOpenFiles);
        }
        file.Use();
        return copy;
    }

    /// <summary>fcntl: duplicating and flags. O_APPEND cannot be changed; locks on ranges are EOPNOTSUPP (flock is there).</summary>
    private long Control(ulong descriptor, ulong command, ulong argument)
    {
        if (Find(descriptor) is not { } file)
        {
            return Failed(FileError.BadHandle);
        }
        switch (command)
        {
            case DuplicateDescriptor:
            case DuplicateCloseOnExec:
                return Duplicate(descriptor, argument);
            case GetDescriptorFlags:
            case SetDescriptorFlags:
                return 0;
            case GetStatusFlags:
                return file.Mode;
            case SetStatusFlags:
                file.Mode =
                    (file.Mode & ~OpenMode.NonBlocking) | ((uint)argument & OpenMode.NonBlocking);
                return 0;
            case GetRangeLock:
            case SetRangeLock:
            case AwaitRangeLock:
                return Failed(FileError.NotSupported);
            default:
                return Failed(FileError.Invalid);
        }
    }

    /// <summary>flock.</summary>
    private async ValueTask<long> LockAsync(ulong descriptor, ulong operation)
    {
        if (Find(descriptor) is not { Text: null } file)
        {
            return Failed(FileError.BadHandle);
        }
        FileLock? wanted = (operation & ~LockAtOnce) switch
        {
            LockShared => FileLock.Shared,
            LockExclusive => FileLock.Exclusive,
            Unlock => FileLock.None,
            _ => null,
        };
        if (wanted is not { } mode)
        {
            return Failed(FileError.Invalid);
        }
        file.Use();
        try
        {
            TimeSpan retry = FirstLockRetry;
            while (true)
            {
                FileError error = await file.Service.LockAsync(file.Handle, mode);
                if (error != FileError.WouldBlock || (operation & LockAtOnce) != 0)
                {
                    return ResultOf(error);
                }
                await EventLoop.Current.Delay(retry);
                retry = retry * 2 < LastLockRetry ? retry * 2 : LastLockRetry;
            }
        }
        finally
        {
            await ReleaseAsync(file);
        }
    }
}
