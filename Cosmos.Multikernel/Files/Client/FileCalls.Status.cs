using System.Runtime.InteropServices;

namespace Cosmos.Multikernel.Files.Client;

/// <content>What is known of files, and changing it.</content>
internal sealed partial class FileCalls
{
    // AT_SYMLINK_NOFOLLOW, AT_REMOVEDIR, AT_EMPTY_PATH.
    private const ulong NoFollow = 0x100;
    private const ulong RemoveDirectory = 0x200;
    private const ulong EmptyPath = 0x1000;

    // W_OK and X_OK, and what permission bits allow it to anybody.
    private const ulong AskWrite = 2;
    private const ulong AskExecute = 1;
    private const uint AnyWrite = 0x92;
    private const uint AnyExecute = 0x49;

    // UTIME_NOW and UTIME_OMIT.
    private const long Now = 0x3fff_ffff;
    private const long Omit = 0x3fff_fffe;

    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>stat, lstat, fstat, newfstatat.</summary>
    private async ValueTask<long> StatAsync(ulong directory, ulong path, ulong result, ulong flags)
    {
        StatusReply reply = await StatusAsync(directory, path, flags);
        if (reply.Error != FileError.None)
        {
            return ResultOf(reply.Error);
        }
        byte[] bytes = new byte[LinuxStatus.StatBytes];
        LinuxStatus.WriteStat(bytes, reply.Status);
        return Give(result, bytes);
    }

    /// <summary>statx: all that is known, whatever was asked for.</summary>
    private async ValueTask<long> StatxAsync(ulong directory, ulong path, ulong flags, ulong result)
    {
        StatusReply reply = await StatusAsync(directory, path, flags);
        if (reply.Error != FileError.None)
        {
            return ResultOf(reply.Error);
        }
        byte[] bytes = new byte[LinuxStatus.StatxBytes];
        LinuxStatus.WriteStatx(bytes, reply.Status);
        return Give(result, bytes);
    }

    /// <summary>access, faccessat, faccessat2: everybody may what anybody may.</summary>
    private async ValueTask<long> AccessAsync(ulong directory, ulong path, ulong asked)
    {
        StatusReply reply = await StatusAsync(directory, path, 0);
        if (reply.Error != FileError.None)
        {
            return ResultOf(reply.Error);
        }
        bool refused =
            ((asked & AskWrite) != 0 && (reply.Status.Permissions & AnyWrite) == 0)
            || ((asked & AskExecute) != 0 && (reply.Status.Permissions & AnyExecute) == 0);
        return refused ? Failed(FileError.AccessDenied) : 0;
    }

    /// <summary>statfs.</summary>
    private async ValueTask<long> SpaceAsync(ulong path, ulong result)
    {
        long error = ReadPath(AtCurrent, path, out string absolute);
        if (error != 0)
        {
            return error;
        }
        return await services.GetAsync() is { } service
            ? await GiveSpaceAsync(service, absolute, result)
            : Unserved();
    }

    /// <summary>fstatfs.</summary>
    private async ValueTask<long> SpaceOfFileAsync(ulong descriptor, ulong result) =>
        Find(descriptor) is { Text: null } file
            ? await GiveSpaceAsync(file.Service, file.Path, result)
            : Failed(FileError.BadHandle);

    private async ValueTask<long> GiveSpaceAsync(IFileService service, string path, ulong result)
    {
        SpaceReply reply = await service.GetSpaceAsync(path);
        if (reply.Error != FileError.None)
        {
            return ResultOf(reply.Error);
        }
        byte[] bytes = new byte[LinuxStatus.SpaceBytes];
        LinuxStatus.WriteSpace(bytes, reply.Status);
        return Give(result, bytes);
    }

    /// <summary>chmod and fchmodat. File systems keep of it what they can: FAT one mark, read-only.</summary>
    private ValueTask<long> SetPermissionsAsync(ulong directory, ulong path, ulong permissions) =>
        WithPathAsync(
            directory,
            path,
            (service, absolute) => service.SetStatusAsync(absolute, Permissions(permissions))
        );

    /// <summary>fchmod.</summary>
    private ValueTask<long> SetPermissionsOfFileAsync(ulong descriptor, ulong permissions) =>
        WithHandleAsync(
            descriptor,
            file => file.Service.SetHandleStatusAsync(file.Handle, Permissions(permissions))
        );

    private static StatusRequest Permissions(ulong permissions) =>
        new(
            0,
            0,
            0,
            StatusFields.Permissions,
            (ushort)((uint)permissions & PermissionBits),
            FileMarks.None
        );

    /// <summary>utimensat; a link at the path's end is followed in any case.</summary>
    private async ValueTask<long> SetTimesAsync(
        ulong directory,
        ulong path,
        ulong times,
        ulong flags
    )
    {
        long[] given = [0, Now, 0, Now];
        int bytes = given.Length * sizeof(long);
        if (times != 0 && memory.Read(times, MemoryMarshal.AsBytes(given.AsSpan())) != bytes)
        {
            return Failed(FileError.BadAddress);
        }
        StatusFields fields = StatusFields.None;
        if (
            !TryTime(given[0], given[1], StatusFields.Accessed, ref fields, out long accessed)
            || !TryTime(given[2], given[3], StatusFields.Modified, ref fields, out long modified)
        )
        {
            return Failed(FileError.Invalid);
        }
        StatusRequest request = new(0, accessed, modified, fields, 0, FileMarks.None);
        return path == 0 || IsEmptyPath(path, flags)
            ? await WithHandleAsync(
                directory,
                file => file.Service.SetHandleStatusAsync(file.Handle, request)
            )
            : await WithPathAsync(
                directory,
                path,
                (service, absolute) => service.SetStatusAsync(absolute, request)
            );
    }

    /// <summary>chown and its kin: there is one user, 0, and one group, 0; others are EPERM.</summary>
    private async ValueTask<long> SetOwnerAsync(
        ulong directory,
        ulong path,
        ulong user,
        ulong group,
        ulong flags
    )
    {
        StatusReply reply = await StatusAsync(directory, path, flags);
        bool isSame = (uint)user is 0 or uint.MaxValue && (uint)group is 0 or uint.MaxValue;
        return reply.Error != FileError.None ? ResultOf(reply.Error)
            : isSame ? 0
            : Failed(FileError.NotPermitted);
    }

    private async ValueTask<StatusReply> StatusAsync(ulong directory, ulong path, ulong flags)
    {
        if (IsEmptyPath(path, flags))
        {
            return await StatusOfFileAsync(directory);
        }
        long error = ReadPath(directory, path, out string absolute);
        if (error != 0)
        {
            return new StatusReply((FileError)(-error), 0, default);
        }
        if (await services.GetAsync() is not { } service)
        {
            return new StatusReply((FileError)(-Unserved()), 0, default);
        }
        return MountTable.IsPath(absolute)
            ? TextStatus
            : await service.GetStatusAsync(absolute, followLink: (flags & NoFollow) == 0);
    }

    private async ValueTask<StatusReply> StatusOfFileAsync(ulong descriptor)
    {
        if (Find(descriptor) is not { } file)
        {
            return new StatusReply(FileError.BadHandle, 0, default);
        }
        if (file.Text is not null)
        {
            return TextStatus;
        }
        file.Use();
        try
        {
            return await file.Service.GetHandleStatusAsync(file.Handle);
        }
        finally
        {
            await ReleaseAsync(file);
        }
    }

    // As Linux describes what is in /proc: no length, no times.
    private static StatusReply TextStatus =>
        new(
            FileError.None,
            0,
            new FileStatus
            {
                Kind = FileKind.Regular,
                Permissions = 0x124,
                Links = 1,
                BlockSize = 1024,
            }
        );

    // The descriptor itself is meant: no path, or an empty one with AT_EMPTY_PATH.
    private bool IsEmptyPath(ulong path, ulong flags)
    {
        if ((flags & EmptyPath) == 0)
        {
            return false;
        }
        Span<byte> first = stackalloc byte[1];
        return path == 0 || (memory.Read(path, first) == 1 && first[0] == 0);
    }

    private static bool TryTime(
        long seconds,
        long nanoseconds,
        StatusFields field,
        ref StatusFields fields,
        out long time
    )
    {
        time = 0;
        if (nanoseconds == Omit)
        {
            return true;
        }
        fields |= field;
        if (nanoseconds == Now)
        {
            time = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
            return true;
        }
        bool isPossible =
            nanoseconds is >= 0 and < NanosecondsPerSecond
            && Math.Abs((decimal)seconds) < long.MaxValue / NanosecondsPerSecond;
        time = isPossible ? seconds * NanosecondsPerSecond + nanoseconds : 0;
        return isPossible;
    }

    private long Give(ulong address, byte[] bytes) =>
        memory.Write(address, bytes) == bytes.Length ? 0 : Failed(FileError.BadAddress);
}
