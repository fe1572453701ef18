namespace Cosmos.Multikernel.Files.Client;

/// <summary>
/// An open file (Linux: an open file description): a handle of the file service, the place where the next read begins, and how
/// it was opened. Descriptors that were made by dup share one. The service keeps no places; they are this side's.
/// </summary>
internal sealed class OpenFile(
    IFileService service,
    int handle,
    string path,
    FileKind kind,
    uint mode
)
{
    private Task turn = Task.CompletedTask;
    private int users = 1;

    /// <summary>The service that gave the handle. When it has ended, so has the file.</summary>
    public IFileService Service => service;

    public int Handle => handle;

    /// <summary>The absolute path it was opened by: what is opened relative to a directory begins with it.</summary>
    public string Path => path;

    public bool IsDirectory => kind == FileKind.Directory;

    /// <summary>For what is made here rather than kept by the service: its bytes. There is no handle then.</summary>
    public byte[]? Text { get; init; }

    /// <summary>Flags of open(2).</summary>
    public uint Mode { get; set; } = mode;

    /// <summary>Whether each write must be on the medium before its call returns.</summary>
    public bool IsSynchronous => (Mode & OpenMode.DataSync) != 0;

    /// <summary>Where the next read or write without a place of its own begins; for directories see <see cref="DirectoryEntries"/>.</summary>
    public long Position { get; set; }

    /// <summary>One more descriptor, or a call under way.</summary>
    public void Use() => users++;

    /// <summary>One less.</summary>
    /// <returns>Whether that was the last: the handle is to be closed.</returns>
    public bool Release() => --users == 0;

    /// <summary>Waits until no other call uses the place; dispose the result when done.</summary>
    public async ValueTask<IDisposable> TakeTurnAsync()
    {
        Task before = turn;
        Turn mine = new();
        turn = mine.Task;
        await before;
        return mine;
    }

    private sealed class Turn : TaskCompletionSource, IDisposable
    {
        public void Dispose() => SetResult();
    }
}
