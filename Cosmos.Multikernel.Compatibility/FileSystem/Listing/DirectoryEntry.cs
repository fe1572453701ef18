namespace Cosmos.System.FileSystem.Listing;

/// <summary>What an entry is.</summary>
public enum DirectoryEntryTypeEnum
{
    Directory,
    File,
    Unknown,
}

/// <summary>A file or a directory as it was when it was looked for.</summary>
public sealed class DirectoryEntry
{
    private readonly FileSystemInfo info;

    internal DirectoryEntry(FileSystemInfo info)
    {
        this.info = info;
        mFullPath = Drive.NameOf(info.FullName);
        mName = info.FullName == Drive.Root ? mFullPath : info.Name;
        mSize = info is FileInfo file ? file.Length : 0;
        mEntryType =
            info is FileInfo ? DirectoryEntryTypeEnum.File : DirectoryEntryTypeEnum.Directory;
    }

    /// <summary>Bytes; 0 for directories.</summary>
    public long mSize { get; private set; }

    /// <summary>With the drive.</summary>
    public string mFullPath { get; private set; }

    public string mName { get; private set; }

    public DirectoryEntryTypeEnum mEntryType { get; }

    /// <summary>The directory that it is in; null for the root.</summary>
    public DirectoryEntry? mParent
    {
        get
        {
            string? parent =
                info.FullName == Drive.Root ? null : Path.GetDirectoryName(info.FullName);
            return parent is null ? null : new DirectoryEntry(new DirectoryInfo(parent));
        }
    }

    internal string FullName => info.FullName;

    /// <summary>Gives it another name in its directory.</summary>
    public void SetName(string aName)
    {
        string target = Path.Combine(Path.GetDirectoryName(info.FullName)!, aName);
        if (info is FileInfo file)
        {
            file.MoveTo(target);
        }
        else
        {
            ((DirectoryInfo)info).MoveTo(target);
        }
        (mName, mFullPath) = (aName, Drive.NameOf(target));
    }

    /// <summary>Cuts a file, or lengthens it by zeros.</summary>
    public void SetSize(long aSize)
    {
        using Stream stream = GetFileStream();
        stream.SetLength(aSize);
        mSize = aSize;
    }

    /// <summary>Opens a file to read and write.</summary>
    public Stream GetFileStream() =>
        new FileStream(info.FullName, FileMode.Open, FileAccess.ReadWrite);

    /// <summary>Bytes; of a directory those of all that is in it.</summary>
    public long GetUsedSpace() =>
        info is DirectoryInfo directory
            ? directory
                .EnumerateFiles("*", SearchOption.AllDirectories)
                .Sum(static file => file.Length)
            : mSize;

    /// <inheritdoc/>
    public override string ToString() => mFullPath;
}
