using Cosmos.Multikernel.Drivers.Disk;

namespace Cosmos.Multikernel.Drivers.FileSystems;

/// <summary>
/// A mounted file system: what the mount tree and the file service need of each, with one gate in front of all of it.
/// </summary>
/// <remarks>
/// Principles.
/// <list type="number">
/// <item>Names are resolved one at a time, by node: paths are the mount tree's affair.</item>
/// <item>Reading operations of one file system may run at the same time; a changing one runs alone. The public methods enter
/// the gate and call the core of the same name, so that no core needs to think of others.</item>
/// <item>Failures are <see cref="FileSystemException"/>s with an errno and a message that names the thing; a device's failure
/// becomes one here. Whatever is on the medium is not believed: it must lead neither to a hang nor to unbounded memory.</item>
/// <item>An open file that loses its name stays readable and writable until its last handle is closed.</item>
/// </list>
/// </remarks>
public abstract class FileSystem
{
    private readonly ReaderWriterGate gate = new();

    /// <summary>What kind it is, such as "fat32".</summary>
    public abstract string Type { get; }

    /// <summary>Where it is, such as "disk0p1".</summary>
    public abstract string Source { get; }

    /// <summary>Whether it refuses all changes.</summary>
    public abstract bool IsReadOnly { get; }

    /// <summary>The directory that holds everything.</summary>
    public abstract FileNode Root { get; }

    /// <summary>Handles open on it.</summary>
    public int OpenFiles { get; private set; }

    /// <summary>Finds a name in a directory; null when it is not there. Not "." and "..".</summary>
    public ValueTask<FileNode?> LookupAsync(FileNode directory, string name) =>
        ReadingAsync(() => LookupCoreAsync(InDirectory(directory), name));

    /// <summary>Reads names of a directory.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="from">0 for the beginning, then the last item's <see cref="DirectoryItem.Next"/>.</param>
    /// <param name="most">How many at most.</param>
    /// <returns>None when there are no more. "." and ".." are left out.</returns>
    public ValueTask<IReadOnlyList<DirectoryItem>> ListAsync(
        FileNode directory,
        long from,
        int most
    ) => ReadingAsync(() => ListCoreAsync(InDirectory(directory), from, most));

    /// <summary>What is known of a file.</summary>
    public ValueTask<FileStatus> GetStatusAsync(FileNode node) =>
        ReadingAsync(() => GetStatusCoreAsync(node));

    /// <summary>Reads bytes; fewer than asked for at the file's end only.</summary>
    public ValueTask<int> ReadAsync(FileNode node, long offset, Memory<byte> into) =>
        ReadingAsync(() => ReadCoreAsync(InFile(node), NotNegative(offset), into));

    /// <summary>Where a symbolic link leads.</summary>
    public ValueTask<string> ReadLinkAsync(FileNode node) =>
        ReadingAsync(() => ReadLinkCoreAsync(node));

    /// <summary>How full it is.</summary>
    public ValueTask<FileSystemStatus> GetSpaceAsync() => ReadingAsync(GetSpaceCoreAsync);

    /// <summary>Makes an empty file, an empty directory, or a link.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="name">Its name; taken names are an error (EEXIST).</param>
    /// <param name="kind">What to make.</param>
    /// <param name="permissions">Permission bits, as far as the file system knows them.</param>
    /// <param name="target">Where a link leads.</param>
    public ValueTask<FileNode> CreateAsync(
        FileNode directory,
        string name,
        FileKind kind,
        ushort permissions = 0x1FF,
        string? target = null
    ) =>
        ChangingAsync(() =>
            CreateCoreAsync(InDirectory(directory), name, kind, permissions, target)
        );

    /// <summary>Takes a name away, and with it the file when it is not open.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="name">The name.</param>
    /// <param name="isDirectory">Whether it must be an empty directory, or must not be a directory.</param>
    /// <param name="mayRemove">Says of the node found whether it may go (a mount point may not); null for yes.</param>
    public ValueTask RemoveAsync(
        FileNode directory,
        string name,
        bool isDirectory,
        Func<FileNode, bool>? mayRemove = null
    ) => ChangingAsync(() => RemoveCoreAsync(InDirectory(directory), name, isDirectory, mayRemove));

    /// <summary>Gives a file another name, in place of what had that name before.</summary>
    /// <param name="from">Its directory.</param>
    /// <param name="oldName">Its name.</param>
    /// <param name="to">The directory it goes to.</param>
    /// <param name="newName">The name it gets.</param>
    /// <param name="replace">Whether a file or empty directory of that name may be replaced.</param>
    /// <param name="mayMove">Says of each node concerned whether it may be moved or replaced; null for yes.</param>
    public ValueTask RenameAsync(
        FileNode from,
        string oldName,
        FileNode to,
        string newName,
        bool replace,
        Func<FileNode, bool>? mayMove = null
    ) =>
        ChangingAsync(() =>
            RenameCoreAsync(InDirectory(from), oldName, InDirectory(to), newName, replace, mayMove)
        );

    /// <summary>Writes bytes, the file growing as needed; a gap reads as zeros.</summary>
    /// <param name="node">The file.</param>
    /// <param name="offset">Where; -1 for the file's end at that moment.</param>
    /// <param name="from">What.</param>
    /// <returns>How many were written (fewer when the disk is full) and where they end.</returns>
    public ValueTask<WriteResult> WriteAsync(
        FileNode node,
        long offset,
        ReadOnlyMemory<byte> from
    ) =>
        ChangingAsync(() =>
            WriteCoreAsync(InFile(node), offset == -1 ? -1 : NotNegative(offset), from)
        );

    /// <summary>Cuts a file, or lengthens it by zeros.</summary>
    public ValueTask SetLengthAsync(FileNode node, long length) =>
        ChangingAsync(() => SetLengthCoreAsync(InFile(node), NotNegative(length)));

    /// <summary>Changes what is known of a file.</summary>
    public ValueTask SetStatusAsync(FileNode node, StatusChange change) =>
        ChangingAsync(() => SetStatusCoreAsync(node, change));

    /// <summary>Completes when all changes so far are on the medium.</summary>
    /// <param name="isWhole">Whether to leave the file system tidy too (summaries, free lists), or only safe.</param>
    public async ValueTask SyncAsync(bool isWhole = true)
    {
        if (!IsReadOnly)
        {
            await AloneAsync(() => SyncCoreAsync(isWhole));
        }
    }

    /// <summary>Leaves the medium as it is to be found; nothing may be used afterwards.</summary>
    /// <exception cref="FileSystemException">Files are open (EBUSY).</exception>
    public async ValueTask UnmountAsync()
    {
        if (OpenFiles > 0)
        {
            throw new FileSystemException(
                FileError.Busy,
                $"{Source}: {OpenFiles} files are still open."
            );
        }
        if (!IsReadOnly)
        {
            await AloneAsync(UnmountCoreAsync);
        }
    }

    /// <summary>A handle begins to use a node.</summary>
    /// <exception cref="FileSystemException">It has just been removed (ENOENT).</exception>
    public void Open(FileNode node)
    {
        if (node.IsUnlinked && node.OpenCount == 0)
        {
            throw new FileSystemException(
                FileError.NotFound,
                $"{Source}: the file has been removed."
            );
        }
        node.OpenCount++;
        OpenFiles++;
    }

    /// <summary>A handle is done with a node.</summary>
    public async ValueTask CloseAsync(FileNode node)
    {
        OpenFiles--;
        if (--node.OpenCount == 0 && node.IsUnlinked)
        {
            await AloneAsync(() => ReleaseCoreAsync(node));
        }
    }

    protected abstract ValueTask<FileNode?> LookupCoreAsync(FileNode directory, string name);

    protected abstract ValueTask<IReadOnlyList<DirectoryItem>> ListCoreAsync(
        FileNode directory,
        long from,
        int most
    );

    protected abstract ValueTask<FileStatus> GetStatusCoreAsync(FileNode node);

    protected abstract ValueTask<int> ReadCoreAsync(FileNode node, long offset, Memory<byte> into);

    protected virtual ValueTask<string> ReadLinkCoreAsync(FileNode node) =>
        throw new FileSystemException(FileError.Invalid, $"{Source}: this is no symbolic link.");

    protected abstract ValueTask<FileSystemStatus> GetSpaceCoreAsync();

    protected virtual ValueTask<FileNode> CreateCoreAsync(
        FileNode directory,
        string name,
        FileKind kind,
        ushort permissions,
        string? target
    ) => throw ReadOnlyError();

    protected virtual ValueTask RemoveCoreAsync(
        FileNode directory,
        string name,
        bool isDirectory,
        Func<FileNode, bool>? mayRemove
    ) => throw ReadOnlyError();

    protected virtual ValueTask RenameCoreAsync(
        FileNode from,
        string oldName,
        FileNode to,
        string newName,
        bool replace,
        Func<FileNode, bool>? mayMove
    ) => throw ReadOnlyError();

    protected virtual ValueTask<WriteResult> WriteCoreAsync(
        FileNode node,
        long offset,
        ReadOnlyMemory<byte> from
    ) => throw ReadOnlyError();

    protected virtual ValueTask SetLengthCoreAsync(FileNode node, long length) =>
        throw ReadOnlyError();

    protected virtual ValueTask SetStatusCoreAsync(FileNode node, StatusChange change) =>
        throw ReadOnlyError();

    /// <summary>An unlinked node's last handle is closed.</summary>
    protected virtual ValueTask ReleaseCoreAsync(FileNode node) => ValueTask.CompletedTask;

    protected virtual ValueTask SyncCoreAsync(bool isWhole) => ValueTask.CompletedTask;

    protected virtual ValueTask UnmountCoreAsync() => ValueTask.CompletedTask;

    /// <summary>The device failed in the middle of a change.</summary>
    protected virtual void OnChangeFailed() { }

    private FileSystemException ReadOnlyError() =>
        new(FileError.ReadOnly, $"{Source}: the file system is read-only.");

    private FileNode InDirectory(FileNode node)
    {
        if (!node.IsDirectory)
        {
            throw new FileSystemException(FileError.NotDirectory, $"{Source}: not a directory.");
        }
        return node.IsUnlinked
            ? throw new FileSystemException(
                FileError.NotFound,
                $"{Source}: the directory has been removed."
            )
            : node;
    }

    private FileNode InFile(FileNode node) =>
        node.Kind == FileKind.Regular
            ? node
            : throw new FileSystemException(
                node.IsDirectory ? FileError.IsDirectory : FileError.Invalid,
                $"{Source}: not a regular file."
            );

    private long NotNegative(long offset) =>
        offset >= 0
            ? offset
            : throw new FileSystemException(FileError.Invalid, $"{Source}: offset {offset}.");

    private async ValueTask<T> ReadingAsync<T>(Func<ValueTask<T>> core)
    {
        await gate.EnterSharedAsync();
        try
        {
            return await core();
        }
        catch (BlockDeviceException exception)
        {
            throw Translated(exception);
        }
        finally
        {
            gate.ExitShared();
        }
    }

    private async ValueTask<T> ChangingAsync<T>(Func<ValueTask<T>> core)
    {
        if (IsReadOnly)
        {
            throw ReadOnlyError();
        }
        await gate.EnterAloneAsync();
        try
        {
            return await core();
        }
        catch (BlockDeviceException exception)
        {
            OnChangeFailed();
            throw Translated(exception);
        }
        finally
        {
            gate.ExitAlone();
        }
    }

    private async ValueTask ChangingAsync(Func<ValueTask> core)
    {
        if (IsReadOnly)
        {
            throw ReadOnlyError();
        }
        await AloneAsync(core);
    }

    private async ValueTask AloneAsync(Func<ValueTask> core)
    {
        await gate.EnterAloneAsync();
        try
        {
            await core();
        }
        catch (BlockDeviceException exception)
        {
            OnChangeFailed();
            throw Translated(exception);
        }
        finally
        {
            gate.ExitAlone();
        }
    }

    private FileSystemException Translated(BlockDeviceException exception) =>
        new(
            exception.Error switch
            {
                BlockError.WriteProtected => FileError.ReadOnly,
                BlockError.DeviceGone => FileError.NoDevice,
                _ => FileError.InputOutput,
            },
            $"{Source}: {exception.Message}",
            exception
        );
}

/// <summary>What a write did.</summary>
/// <param name="Count">Bytes written.</param>
/// <param name="End">Offset behind the last of them.</param>
public readonly record struct WriteResult(int Count, long End);
