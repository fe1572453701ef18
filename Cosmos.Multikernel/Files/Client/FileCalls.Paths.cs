using System.Text;

namespace Cosmos.Multikernel.Files.Client;

/// <content>Paths as callers pass them, and the current directory.</content>
internal sealed partial class FileCalls
{
    // AT_FDCWD: relative to the current directory.
    private const ulong AtCurrent = unchecked((ulong)-100);

    // What is copied of a path at first; most are shorter.
    private const int FirstPathBytes = 256;

    // PATH_MAX, the closing 0 included (Linux, include/uapi/linux/limits.h).
    private const int MostPathBytes = 4096;

    private const int MostLinks = 40;

    private static readonly UTF8Encoding StrictText = new(false, throwOnInvalidBytes: true);

    private string currentDirectory = "/";

    /// <summary>getcwd: returns the length with the closing 0.</summary>
    private long GetCurrentDirectory(ulong address, ulong size)
    {
        byte[] path = Encoding.UTF8.GetBytes(currentDirectory + "\0");
        return size < (ulong)path.Length ? Failed(FileError.TooSmall)
            : memory.Write(address, path) != path.Length ? Failed(FileError.BadAddress)
            : path.Length;
    }

    /// <summary>chdir. Remembered is the path: who renames the directory later takes it away from under its users.</summary>
    private async ValueTask<long> ChangeDirectoryAsync(ulong path)
    {
        long error = ReadPath(AtCurrent, path, out string absolute);
        if (error != 0)
        {
            return error;
        }
        if (await services.GetAsync() is not { } service)
        {
            return Unserved();
        }
        StatusReply reply = await service.GetStatusAsync(absolute, followLink: true);
        if (reply.Error != FileError.None)
        {
            return ResultOf(reply.Error);
        }
        if (reply.Status.Kind != FileKind.Directory)
        {
            return Failed(FileError.NotDirectory);
        }
        currentDirectory = await WithoutLinksAsync(service, absolute);
        return 0;
    }

    /// <summary>fchdir.</summary>
    private long ChangeDirectoryTo(ulong descriptor)
    {
        if (Find(descriptor) is not { } file)
        {
            return Failed(FileError.BadHandle);
        }
        if (!file.IsDirectory)
        {
            return Failed(FileError.NotDirectory);
        }
        currentDirectory = file.Path;
        return 0;
    }

    /// <summary>Reads a path and makes it absolute. "." and ".." are the service's to follow, for links may come before them.</summary>
    /// <returns>0 or a negative error number.</returns>
    private long ReadPath(ulong directory, ulong address, out string absolute)
    {
        absolute = "";
        long error = ReadText(address, out string path);
        if (error != 0)
        {
            return error;
        }
        if (path.Length == 0 || (HasDrives && !DrivePaths.TryGetTreePath(path, out path)))
        {
            return Failed(FileError.NotFound);
        }
        if (path[0] == '/')
        {
            absolute = path;
            return 0;
        }
        string start = currentDirectory;
        if ((int)directory != unchecked((int)AtCurrent))
        {
            if (Find(directory) is not { } file)
            {
                return Failed(FileError.BadHandle);
            }
            if (!file.IsDirectory)
            {
                return Failed(FileError.NotDirectory);
            }
            start = file.Path;
        }
        absolute = start.EndsWith('/') ? start + path : $"{start}/{path}";
        return absolute.Length > FileServiceLimits.Path ? Failed(FileError.NameTooLong) : 0;
    }

    /// <summary>Reads a text that ends with a 0. Bytes that are no UTF-8 name nothing that the service could have (EILSEQ).</summary>
    private long ReadText(ulong address, out string text)
    {
        text = "";
        byte[] bytes = new byte[FirstPathBytes];
        int length = 0;
        while (true)
        {
            int wanted = bytes.Length - length;
            int read = memory.Read(address + (ulong)length, bytes.AsSpan(length));
            int end = bytes.AsSpan(length, read).IndexOf((byte)0);
            if (end >= 0)
            {
                return Decode(bytes.AsSpan(0, length + end), out text);
            }
            if (read < wanted)
            {
                return Failed(FileError.BadAddress);
            }
            length += read;
            if (length == MostPathBytes)
            {
                return Failed(FileError.NameTooLong);
            }
            Array.Resize(ref bytes, MostPathBytes);
        }
    }

    private static long Decode(ReadOnlySpan<byte> bytes, out string text)
    {
        try
        {
            text = StrictText.GetString(bytes);
            return 0;
        }
        catch (DecoderFallbackException)
        {
            text = "";
            return Failed(FileError.BadText);
        }
    }

    /// <summary>The same directory by a path without links, "." and "..": what getcwd tells.</summary>
    private static async ValueTask<string> WithoutLinksAsync(IFileService service, string path)
    {
        List<string> way = [];
        Stack<string> ahead = new(Names(path));
        int links = 0;
        while (ahead.TryPop(out string? name))
        {
            if (name == "..")
            {
                way.RemoveRange(Math.Max(way.Count - 1, 0), Math.Min(way.Count, 1));
                continue;
            }
            way.Add(name);
            byte[] link = await service.ReadLinkAsync("/" + string.Join('/', way));
            bool isLink = BitConverter.ToInt32(link) == 0 && ++links <= MostLinks;
            if (!isLink)
            {
                continue;
            }
            string target = Encoding.UTF8.GetString(link.AsSpan(sizeof(int)));
            if (target.StartsWith('/'))
            {
                way.Clear();
            }
            else
            {
                way.RemoveAt(way.Count - 1);
            }
            foreach (string part in Names(target))
            {
                ahead.Push(part);
            }
        }
        return "/" + string.Join('/', way);
    }

    // The last one first.
    private static IEnumerable<string> Names(string path) =>
        path.Split('/').Where(name => name.Length != 0 && name != ".").Reverse();
}
