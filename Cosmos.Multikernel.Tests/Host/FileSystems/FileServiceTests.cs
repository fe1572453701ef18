using System.Buffers.Binary;
using System.Text;
using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Drivers.Disk;
using Cosmos.Multikernel.Drivers.FileSystems;
using Cosmos.Multikernel.Drivers.FileSystems.Fat;
using Cosmos.Multikernel.Drivers.FileSystems.Ram;
using Cosmos.Multikernel.Drivers.FileSystems.Service;
using Cosmos.Multikernel.Files;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Tests.Host.Channels;
using Cosmos.Multikernel.Tests.Host.FileSystems.Fat;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.FileSystems;

/// <summary>
/// The calls of the file service, in one instance: what each returns on a RAM file system and on FAT, and what errors.
/// </summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class FileServiceTests
{
    private const OpenFlags ReadWrite = OpenFlags.Read | OpenFlags.Write;
    private const OpenFlags MakeNew = ReadWrite | OpenFlags.Create;

    private FatImage image = null!;
    private FatVolume volume = null!;
    private MountTree tree = null!;
    private FileServer server = null!;
    private FileSession session = null!;

    [SetUp]
    public async Task MountAll()
    {
        image = new FatImage(new FatShape("service", 2000, "-F 12"));
        volume = await image.MountAsync();
        tree = new MountTree(new RamFileSystem(4 << 20));
        server = new FileServer(tree);
        session = new FileSession(server);
        await session.MakeDirectoryAsync("/disk", 0x1FF);
        await tree.MountAsync("/disk", volume);
    }

    [TearDown]
    public async Task RemoveImage()
    {
        await session.DisposeAsync();
        image.Dispose();
    }

    [TestCase("/")]
    [TestCase("/disk/")]
    public async Task FilesAreMadeWrittenReadAndRemoved(string root)
    {
        int handle = await OpenAsync(root + "file", MakeNew | OpenFlags.Exclusive);
        Assert.That(await WriteAsync(handle, 0, "hello"), Is.EqualTo(5));
        Assert.That(await WriteAsync(handle, 10, "world"), Is.EqualTo(15));
        Assert.That(await ReadAsync(handle, 0, 100), Is.EqualTo("hello\0\0\0\0\0world"));
        Assert.That(await ReadAsync(handle, 15, 100), Is.Empty);
        Assert.That((await session.GetHandleStatusAsync(handle)).Status.Length, Is.EqualTo(15));
        await Ok(session.SetLengthAsync(handle, 3));
        await Ok(session.SetLengthAsync(handle, 6));
        Assert.That(await ReadAsync(handle, 0, 100), Is.EqualTo("hel\0\0\0"));
        await Ok(session.SyncAsync(handle));
        await Ok(session.CloseAsync(handle));
        Assert.That(await session.CloseAsync(handle), Is.EqualTo(FileError.BadHandle));
        int append = await OpenAsync(root + "file", OpenFlags.Write | OpenFlags.Append);
        Assert.That(await WriteAsync(append, 0, "!"), Is.EqualTo(7));
        await Ok(session.CloseAsync(append));
        await Ok(session.UnlinkAsync(root + "file"));
        Assert.That(await session.UnlinkAsync(root + "file"), Is.EqualTo(FileError.NotFound));
        Assert.That(await session.GetLastMessageAsync(), Does.Contain(root + "file"));
    }

    [TestCase("/")]
    [TestCase("/disk/")]
    public async Task AnUnlinkedFileLivesUntilItIsClosed(string root)
    {
        long free = (await session.GetSpaceAsync(root)).Status.FreeBlocks;
        int handle = await OpenAsync(root + "gone", MakeNew);
        await WriteAsync(handle, 0, new string('x', 20_000));
        await Ok(session.UnlinkAsync(root + "gone"));
        Assert.That(
            (await session.GetStatusAsync(root + "gone", true)).Error,
            Is.EqualTo(FileError.NotFound)
        );
        int second = await OpenAsync(root + "gone", MakeNew | OpenFlags.Exclusive);
        await WriteAsync(second, 0, "another");
        Assert.That((await ReadAsync(handle, 0, 30_000)).Length, Is.EqualTo(20_000));
        Assert.That(await WriteAsync(handle, 20_000, "more"), Is.EqualTo(20_004));
        await Ok(session.CloseAsync(handle));
        Assert.That(await ReadAsync(second, 0, 100), Is.EqualTo("another"));
        await Ok(session.CloseAsync(second));
        await Ok(session.UnlinkAsync(root + "gone"));
        await Ok(session.SyncAllAsync());
        Assert.That((await session.GetSpaceAsync(root)).Status.FreeBlocks, Is.EqualTo(free));
    }

    [Test]
    public async Task BeforeThePowerGoesAllIsOnTheMediaAndThenDisksPark()
    {
        List<string> found = [];
        FileServer last = new(tree)
        {
            ParkDisks = async () =>
            {
                // What is on the medium at that moment, as the next boot would find it.
                FatVolume next = await image.MountAsync();
                found.AddRange((await Trees.OfAsync(next)).Keys);
            },
        };
        await using FileSession client = new(last);
        int handle = await OpenAsync("/disk/file", MakeNew);
        await WriteAsync(handle, 0, "hello");
        await Ok(client.PrepareForPowerOffAsync());
        Assert.That(found, Does.Contain("/file"));
        image.Check();
    }

    [TestCase("/")]
    [TestCase("/disk/")]
    public async Task AnOpenFileIsReplacedAndRenamed(string root)
    {
        int old = await OpenAsync(root + "target", MakeNew);
        await WriteAsync(old, 0, "old");
        int moved = await OpenAsync(root + "source", MakeNew);
        await WriteAsync(moved, 0, "new");
        Assert.That(
            await session.RenameAsync(root + "source", root + "target", false),
            Is.EqualTo(FileError.Exists)
        );
        await Ok(session.RenameAsync(root + "source", root + "target", true));
        Assert.That(await ReadAsync(old, 0, 10), Is.EqualTo("old"));
        Assert.That(await WriteAsync(moved, 3, "er"), Is.EqualTo(5));
        int again = await OpenAsync(root + "target", OpenFlags.Read);
        Assert.That(await ReadAsync(again, 0, 10), Is.EqualTo("newer"));
    }

    [TestCase("/", "/nothing", FileError.NotFound)]
    [TestCase("/", "/nothing/file", FileError.NotFound)]
    [TestCase("/", "/file/", FileError.NotDirectory)]
    [TestCase("/", "/file/inner", FileError.NotDirectory)]
    [TestCase("/", "file", FileError.Invalid)]
    [TestCase("/", "", FileError.NotFound)]
    [TestCase("/", "/loop", FileError.TooManyLinks)]
    [TestCase("/", "/loop/x", FileError.TooManyLinks)]
    public async Task PathsThatLeadNowhere(string root, string path, FileError expected)
    {
        await session.CloseAsync(await OpenAsync(root + "file", MakeNew));
        await Ok(session.MakeLinkAsync("/loop", "/loop"));
        Assert.That((await session.GetStatusAsync(path, true)).Error, Is.EqualTo(expected));
        Assert.That((await session.OpenAsync(path, OpenFlags.Read, 0)).Error, Is.EqualTo(expected));
    }

    [Test]
    public async Task PathsAreFollowedAsLinuxDoes()
    {
        await Ok(session.MakeDirectoryAsync("/a", 0x1FF));
        await Ok(session.MakeDirectoryAsync("/disk/b", 0x1FF));
        await session.CloseAsync(await OpenAsync("/disk/b/file", MakeNew));
        await Ok(session.MakeLinkAsync("../disk/b", "/a/link"));
        foreach (
            string path in new[]
            {
                "/a/link/file",
                "//disk/./b/../b/file",
                "/disk/../disk/b/file",
                "/a/../a/link/file",
                "/../disk/B/FILE",
            }
        )
        {
            Assert.That(
                (await session.GetStatusAsync(path, true)).Error,
                Is.EqualTo(FileError.None),
                path
            );
        }
        StatusReply link = await session.GetStatusAsync("/a/link", false);
        Assert.That(link.Status.Kind, Is.EqualTo(FileKind.SymbolicLink));
        Assert.That(
            (await session.OpenAsync("/a/link", OpenFlags.Read | OpenFlags.NoFollow, 0)).Error,
            Is.EqualTo(FileError.TooManyLinks)
        );
        Assert.That(
            (await session.GetStatusAsync("/a/link", true)).Status.Kind,
            Is.EqualTo(FileKind.Directory)
        );
        Assert.That(
            Encoding.UTF8.GetString(Data(await session.ReadLinkAsync("/a/link"))),
            Is.EqualTo("../disk/b")
        );
    }

    [Test]
    public async Task ErrorsOfMountPointsAndDirectories()
    {
        await session.CloseAsync(await OpenAsync("/file", MakeNew));
        await Ok(session.MakeDirectoryAsync("/disk/d", 0x1FF));
        await session.CloseAsync(await OpenAsync("/disk/d/inner", MakeNew));
        Assert.That(
            await session.RenameAsync("/file", "/disk/file", true),
            Is.EqualTo(FileError.CrossDevice)
        );
        Assert.That(await session.RemoveDirectoryAsync("/disk"), Is.EqualTo(FileError.Busy));
        Assert.That(await session.RenameAsync("/disk", "/other", true), Is.EqualTo(FileError.Busy));
        Assert.That(await session.RemoveDirectoryAsync("/disk/d"), Is.EqualTo(FileError.NotEmpty));
        Assert.That(await session.UnlinkAsync("/disk/d"), Is.EqualTo(FileError.IsDirectory));
        Assert.That(
            await session.RemoveDirectoryAsync("/file"),
            Is.EqualTo(FileError.NotDirectory)
        );
        Assert.That(
            await session.MakeDirectoryAsync("/disk/D", 0x1FF),
            Is.EqualTo(FileError.Exists)
        );
        Assert.That(
            await session.MakeDirectoryAsync("/disk/a:b", 0x1FF),
            Is.EqualTo(FileError.Invalid)
        );
        Assert.That(
            await session.MakeDirectoryAsync("/disk/" + new string('n', 256), 0x1FF),
            Is.EqualTo(FileError.NameTooLong)
        );
        Assert.That(
            await session.MakeLinkAsync("x", "/disk/link"),
            Is.EqualTo(FileError.NotPermitted)
        );
        Assert.That(
            (await session.OpenAsync("/disk/d", ReadWrite, 0)).Error,
            Is.EqualTo(FileError.IsDirectory)
        );
        Assert.That(
            await session.RenameAsync("/disk/d", "/disk/d/inside", true),
            Is.EqualTo(FileError.Invalid)
        );
        int open = await OpenAsync("/disk/d/inner", OpenFlags.Read);
        FileSystemException busy = Assert.ThrowsAsync<FileSystemException>(async () =>
            await tree.UnmountAsync("/disk")
        )!;
        Assert.That(busy.Error, Is.EqualTo(FileError.Busy));
        await Ok(session.CloseAsync(open));
        await tree.UnmountAsync("/disk");
        image.Check();
        Assert.That(
            (await session.GetStatusAsync("/disk/d", true)).Error,
            Is.EqualTo(FileError.NotFound)
        );
    }

    [Test]
    public async Task ReadOnlyFilesCannotBeWritten()
    {
        foreach (string path in new[] { "/file", "/disk/file" })
        {
            await session.CloseAsync(await OpenAsync(path, MakeNew));
            StatusRequest request = new(0, 0, 0, StatusFields.Permissions, 0x124, 0);
            await Ok(session.SetStatusAsync(path, request));
            Assert.That(
                (await session.OpenAsync(path, ReadWrite, 0)).Error,
                Is.EqualTo(FileError.AccessDenied)
            );
            Assert.That(
                (await session.GetStatusAsync(path, true)).Status.Marks.HasFlag(FileMarks.ReadOnly)
            );
        }
    }

    [Test]
    public async Task FullFileSystemsSaySo()
    {
        foreach (string path in new[] { "/big", "/disk/big" })
        {
            int handle = await OpenAsync(path, MakeNew);
            byte[] piece = new byte[200_000];
            long offset = 0;
            WriteReply reply;
            while (
                (reply = await session.WriteAsync(handle, offset, piece)).Error == FileError.None
            )
            {
                offset = reply.End;
            }
            Assert.That(reply.Error, Is.EqualTo(FileError.NoSpace));
            Assert.That(
                (await session.GetHandleStatusAsync(handle)).Status.Length,
                Is.EqualTo(offset)
            );
            Assert.That((await session.GetSpaceAsync(path)).Status.FreeBlocks, Is.Zero);
            await Ok(session.CloseAsync(handle));
            await Ok(session.UnlinkAsync(path));
        }
        await tree.UnmountAsync("/disk");
        image.Check();
    }

    [Test]
    public async Task LocksAreSharedOrExclusive()
    {
        await using FileSession other = new(server);
        int mine = await OpenAsync("/file", MakeNew);
        int theirs = (await other.OpenAsync("/file", ReadWrite, 0)).Handle;
        await Ok(session.LockAsync(mine, FileLock.Shared));
        await Ok(other.LockAsync(theirs, FileLock.Shared));
        Assert.That(
            await session.LockAsync(mine, FileLock.Exclusive),
            Is.EqualTo(FileError.WouldBlock)
        );
        await Ok(other.CloseAsync(theirs));
        await Ok(session.LockAsync(mine, FileLock.Exclusive));
        theirs = (await other.OpenAsync("/file", ReadWrite, 0)).Handle;
        Assert.That(
            await other.LockAsync(theirs, FileLock.Shared),
            Is.EqualTo(FileError.WouldBlock)
        );
        await session.DisposeAsync();
        await Ok(other.LockAsync(theirs, FileLock.Exclusive));
    }

    [Test]
    public async Task AnotherCoreReadsAndWritesByMessages()
    {
        using HostedMachine machine = new();
        EventLoop client = machine.Add(0, "client");
        EventLoop disk = machine.Add(1, "disk");
        disk.Post(() => _ = server.ServeAsync());
        disk.Post(() => _ = BlockDeviceService.ServeAsync(new RamDisk("ram", 64)));
        await client.InvokeAsync(async () =>
        {
            FileServiceProxy files = await MessageClient.ConnectAsync<FileServiceProxy>(1, "disk");
            OpenReply open = await files.OpenAsync("/disk/from afar", MakeNew, 0x1FF);
            Assert.That(open.Error, Is.EqualTo(FileError.None));
            byte[] data = FileSystemSteps.RandomBytes(1, 100_000);
            WriteReply written = await files.WriteAsync(open.Handle, 0, data);
            Assert.That(written.Count, Is.EqualTo(data.Length));
            Assert.That(Data(await files.ReadAsync(open.Handle, 0, 200_000)), Is.EqualTo(data));
            OpenReply directory = await files.OpenAsync("/disk", OpenFlags.Directory, 0);
            byte[] names = Data(await files.ReadDirectoryAsync(directory.Handle, 0, 4096));
            Assert.That(Encoding.UTF8.GetString(names.AsSpan(20)), Is.EqualTo("from afar"));
            Assert.That(
                (await files.OpenAsync("/no", OpenFlags.Read, 0)).Error,
                Is.EqualTo(FileError.NotFound)
            );
            Assert.That(await files.GetMountsAsync(), Has.Length.EqualTo(2));
            await CheckFramesAsync(files, open.Handle, data);
            RemoteBlockDevice device = await RemoteBlockDevice.ConnectAsync(1, "disk");
            await device.WriteAsync(3, data.AsMemory(0, 1024));
            byte[] read = new byte[1024];
            await device.ReadAsync(3, read);
            await device.FlushAsync();
            Assert.That(read, Is.EqualTo(data[..1024]));
            BlockDeviceException error = Assert.ThrowsAsync<BlockDeviceException>(async () =>
                await device.ReadAsync(64, read)
            )!;
            Assert.That(error.Error, Is.EqualTo(BlockError.OutOfRange));
            files.Dispose();
        });
        // The client has left: what it had open is closed.
        for (
            int i = 0;
            i < 200 && await disk.InvokeAsync(() => Task.FromResult(volume.OpenFiles)) > 0;
            i++
        )
        {
            await Task.Delay(10);
        }
        Assert.That(volume.OpenFiles, Is.Zero);
    }

    // Long data in a frame that comes back, whatever became of the call.
    private static async Task CheckFramesAsync(FileServiceProxy files, int handle, byte[] data)
    {
        Frame frame = Frame.Allocate(FileServiceLimits.Bytes);
        (ReadReply read, frame) = await files.ReadFrameAsync(handle, 1, frame, frame.Length);
        Assert.That(read, Is.EqualTo(new ReadReply(FileError.None, data.Length - 1)));
        Assert.That(frame.ReadOnlySpan[..read.Count].SequenceEqual(data.AsSpan(1)), Is.True);
        frame.Span.Reverse();
        byte[] reversed = frame.Span[^50_000..].ToArray();
        frame.Span[^50_000..].CopyTo(frame.Span);
        (WriteReply written, frame) = await files.WriteFrameAsync(handle, 70_000, frame, 50_000);
        Assert.That(written, Is.EqualTo(new WriteReply(FileError.None, 50_000, 120_000)));
        Assert.That(Data(await files.ReadAsync(handle, 70_000, 60_000)), Is.EqualTo(reversed));
        foreach (int count in (int[])[-1, frame.Length + 1, int.MaxValue, int.MinValue])
        {
            (read, frame) = await files.ReadFrameAsync(handle, 0, frame, count);
            Assert.That(read.Error, Is.EqualTo(FileError.Invalid));
            (written, frame) = await files.WriteFrameAsync(handle, 0, frame, count);
            Assert.That(written.Error, Is.EqualTo(FileError.Invalid));
        }
        (read, frame) = await files.ReadFrameAsync(999, 0, frame, 1);
        Assert.That(read.Error, Is.EqualTo(FileError.BadHandle));
        frame.Dispose();
    }

    private async Task<int> OpenAsync(string path, OpenFlags flags)
    {
        OpenReply reply = await session.OpenAsync(path, flags, 0x1B6); // octal 666
        Assert.That(reply.Error, Is.EqualTo(FileError.None), path);
        return reply.Handle;
    }

    private async Task<long> WriteAsync(int handle, long offset, string text)
    {
        WriteReply reply = await session.WriteAsync(handle, offset, Encoding.Latin1.GetBytes(text));
        Assert.That(reply.Error, Is.EqualTo(FileError.None));
        Assert.That(reply.Count, Is.EqualTo(text.Length));
        return reply.End;
    }

    private async Task<string> ReadAsync(int handle, long offset, int count) =>
        Encoding.Latin1.GetString(Data(await session.ReadAsync(handle, offset, count)));

    private static byte[] Data(byte[] reply)
    {
        Assert.That(BinaryPrimitives.ReadInt32LittleEndian(reply), Is.Zero);
        return reply[4..];
    }

    private static async Task Ok(ValueTask<FileError> call) =>
        Assert.That(await call, Is.EqualTo(FileError.None));
}
