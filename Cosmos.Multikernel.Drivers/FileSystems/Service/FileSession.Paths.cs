using System.Text;

namespace Cosmos.Multikernel.Drivers.FileSystems.Service;

/// <summary>The calls that name what they are about by a path.</summary>
public sealed partial class FileSession
{
    /// <inheritdoc/>
    public ValueTask<StatusReply> GetStatusAsync(string path, bool followLink) =>
        TryAsync(
            async () =>
                new StatusReply(
                    FileError.None,
                    0,
                    await StatusOfAsync(await FindAsync(path, followLink))
                ),
            static error => new StatusReply(error, 0, default)
        );

    /// <inheritdoc/>
    public ValueTask<FileError> MakeDirectoryAsync(string path, ushort permissions) =>
        TryAsync(async () =>
        {
            Resolution resolution = await Tree.ResolveAsync(path, followLast: false);
            if (resolution.Target is not null)
            {
                throw Exists(path);
            }
            await resolution.Parent.FileSystem.CreateAsync(
                resolution.Parent.Node,
                resolution.Name,
                FileKind.Directory,
                permissions
            );
        });

    /// <inheritdoc/>
    public ValueTask<FileError> RemoveDirectoryAsync(string path) =>
        TryAsync(() => RemoveAsync(path, isDirectory: true));

    /// <inheritdoc/>
    public ValueTask<FileError> UnlinkAsync(string path) =>
        TryAsync(() => RemoveAsync(path, isDirectory: false));

    /// <inheritdoc/>
    public ValueTask<FileError> RenameAsync(string oldPath, string newPath, bool replace) =>
        TryAsync(async () =>
        {
            Resolution from = await Tree.ResolveAsync(oldPath, followLast: false);
            Resolution to = await Tree.ResolveAsync(newPath, followLast: false);
            Place source = from.Target ?? throw NotFound(oldPath);
            if (from.Name.Length == 0 || to.Name.Length == 0 || IsMountRoot(source))
            {
                throw new FileSystemException(
                    FileError.Busy,
                    $"{oldPath} and {newPath}: the root of a file system cannot be renamed or replaced."
                );
            }
            if (from.Parent.Mount != to.Parent.Mount)
            {
                throw new FileSystemException(
                    FileError.CrossDevice,
                    $"{oldPath} is on {from.Parent.FileSystem.Source}, {newPath} on {to.Parent.FileSystem.Source}."
                );
            }
            if ((from.MustBeDirectory || to.MustBeDirectory) && !source.Node.IsDirectory)
            {
                throw new FileSystemException(
                    FileError.NotDirectory,
                    $"{oldPath} is no directory."
                );
            }
            await from.Parent.FileSystem.RenameAsync(
                from.Parent.Node,
                from.Name,
                to.Parent.Node,
                to.Name,
                replace,
                Tree.IsFree
            );
        });

    /// <inheritdoc/>
    public ValueTask<FileError> MakeLinkAsync(string target, string path) =>
        TryAsync(async () =>
        {
            Resolution resolution = await Tree.ResolveAsync(path, followLast: false);
            if (resolution.Target is not null)
            {
                throw Exists(path);
            }
            if (target.Length is 0 or > FileServiceLimits.Path || target.Contains('\0'))
            {
                throw new FileSystemException(
                    target.Length == 0 ? FileError.NotFound : FileError.NameTooLong,
                    $"{path}: a link of {target.Length} characters."
                );
            }
            await resolution.Parent.FileSystem.CreateAsync(
                resolution.Parent.Node,
                resolution.Name,
                FileKind.SymbolicLink,
                0x1FF,
                target
            );
        });

    /// <inheritdoc/>
    public ValueTask<byte[]> ReadLinkAsync(string path) =>
        TryAsync(
            async () =>
            {
                Place place = await FindAsync(path, followLink: false);
                string target = await place.FileSystem.ReadLinkAsync(place.Node);
                byte[] reply = new byte[sizeof(int) + Encoding.UTF8.GetByteCount(target)];
                Encoding.UTF8.GetBytes(target, reply.AsSpan(sizeof(int)));
                return reply;
            },
            ErrorReply
        );

    /// <inheritdoc/>
    public ValueTask<FileError> SetStatusAsync(string path, StatusRequest request) =>
        TryAsync(async () =>
        {
            Place place = await FindAsync(path, followLink: true);
            await place.FileSystem.SetStatusAsync(place.Node, request.ToChange());
        });

    /// <inheritdoc/>
    public ValueTask<SpaceReply> GetSpaceAsync(string path) =>
        TryAsync(
            async () =>
            {
                Place place = await FindAsync(path, followLink: true);
                FileSystemStatus status = await place.FileSystem.GetSpaceAsync();
                status.Device = place.Mount.Number;
                return new SpaceReply(FileError.None, 0, status);
            },
            static error => new SpaceReply(error, 0, default)
        );

    /// <inheritdoc/>
    public ValueTask<string[]> GetMountsAsync() =>
        new([
            .. Tree.Mounts.Select(mount =>
                $"{mount.FileSystem.Source}\t{mount.FileSystem.Type}\t{mount.Path}\t{(mount.FileSystem.IsReadOnly ? "ro" : "rw")}"
            ),
        ]);

    private static FileSystemException NotFound(string path) =>
        new(FileError.NotFound, $"There is no {path}.");

    private static FileSystemException Exists(string path) =>
        new(FileError.Exists, $"{path} is there already.");

    private static bool IsMountRoot(Place place) => place.Node == place.FileSystem.Root;

    private async ValueTask RemoveAsync(string path, bool isDirectory)
    {
        Resolution resolution = await Tree.ResolveAsync(path, followLast: false);
        Place place = resolution.Target ?? throw NotFound(path);
        if (IsMountRoot(place))
        {
            throw new FileSystemException(
                isDirectory ? FileError.Busy : FileError.IsDirectory,
                $"{path} is the root of a file system."
            );
        }
        if (resolution.Name.Length == 0)
        {
            throw new FileSystemException(
                FileError.NotEmpty,
                $"{path} is a directory that something is in."
            );
        }
        if (resolution.MustBeDirectory && !place.Node.IsDirectory)
        {
            throw new FileSystemException(FileError.NotDirectory, $"{path} is no directory.");
        }
        await resolution.Parent.FileSystem.RemoveAsync(
            resolution.Parent.Node,
            resolution.Name,
            isDirectory,
            Tree.IsFree
        );
    }

    private async ValueTask<Place> FindAsync(string path, bool followLink)
    {
        Resolution resolution = await Tree.ResolveAsync(path, followLink);
        Place place = resolution.Target ?? throw NotFound(path);
        return resolution.MustBeDirectory && !place.Node.IsDirectory
            ? throw new FileSystemException(FileError.NotDirectory, $"{path} is no directory.")
            : place;
    }

    private async ValueTask<Place> FindToOpenAsync(string path, OpenFlags flags, ushort permissions)
    {
        bool isExclusive = flags.HasFlag(OpenFlags.Create | OpenFlags.Exclusive);
        bool follow = !flags.HasFlag(OpenFlags.NoFollow) && !isExclusive;
        Resolution resolution = await Tree.ResolveAsync(path, follow);
        if (resolution.Target is not { } place)
        {
            if (!flags.HasFlag(OpenFlags.Create))
            {
                throw NotFound(path);
            }
            if (resolution.MustBeDirectory || flags.HasFlag(OpenFlags.Directory))
            {
                throw new FileSystemException(
                    FileError.IsDirectory,
                    $"{path}: opening makes no directories."
                );
            }
            try
            {
                FileNode made = await resolution.Parent.FileSystem.CreateAsync(
                    resolution.Parent.Node,
                    resolution.Name,
                    FileKind.Regular,
                    permissions
                );
                return resolution.Parent with { Node = made };
            }
            catch (FileSystemException exception)
                when (exception.Error == FileError.Exists && !isExclusive)
            {
                // Somebody else has made it meanwhile: that one, then.
                return await FindToOpenAsync(path, flags & ~OpenFlags.Create, permissions);
            }
        }
        if (isExclusive)
        {
            throw Exists(path);
        }
        await CheckOpenAsync(path, place, resolution.MustBeDirectory, flags);
        return place;
    }

    private static async ValueTask CheckOpenAsync(
        string path,
        Place place,
        bool mustBeDirectory,
        OpenFlags flags
    )
    {
        bool isWriting = (flags & (OpenFlags.Write | OpenFlags.Truncate)) != 0;
        if (place.Node.Kind == FileKind.SymbolicLink)
        {
            throw new FileSystemException(
                FileError.TooManyLinks,
                $"{path} is a symbolic link, which was not to be followed."
            );
        }
        if (place.Node.IsDirectory)
        {
            if (isWriting || flags.HasFlag(OpenFlags.Create))
            {
                throw new FileSystemException(FileError.IsDirectory, $"{path} is a directory.");
            }
            return;
        }
        if (mustBeDirectory || flags.HasFlag(OpenFlags.Directory))
        {
            throw new FileSystemException(FileError.NotDirectory, $"{path} is no directory.");
        }
        if (!isWriting)
        {
            return;
        }
        if (place.FileSystem.IsReadOnly)
        {
            throw new FileSystemException(
                FileError.ReadOnly,
                $"{path} is on {place.FileSystem.Source}, which is read-only."
            );
        }
        FileStatus status = await place.FileSystem.GetStatusAsync(place.Node);
        if ((status.Permissions & 0x92) == 0)
        {
            throw new FileSystemException(FileError.AccessDenied, $"{path} may not be written.");
        }
    }
}
