using System.Text;
using Cosmos.Multikernel.Drivers.Disk;
using Cosmos.Multikernel.Drivers.FileSystems;
using Cosmos.Multikernel.Drivers.FileSystems.Iso9660;
using Cosmos.Multikernel.Files;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.FileSystems;

/// <summary>Discs that xorriso made, read back; damaged ones.</summary>
[TestFixture]
[CancelAfter(120_000)]
public sealed class IsoTests
{
    private readonly ScratchDirectory scratch = new();
    private Dictionary<string, string> tree = [];

    private string Folder => scratch.File("in");

    [OneTimeSetUp]
    public void MakeTree()
    {
        Directory.CreateDirectory(Folder);
        tree = Trees.Make(Folder, 21, 70, 60_000);
        string deep = "";
        for (int level = 1; level <= 14; level++)
        {
            deep += $"/level{level}";
            tree[deep] = "dir";
        }
        Directory.CreateDirectory(Folder + deep);
        File.WriteAllText($"{Folder}{deep}/at the bottom", "deep");
        tree[$"{deep}/at the bottom"] = Trees.Hash("deep"u8);
        Directory.CreateDirectory(Folder + "/many");
        tree["/many"] = "dir";
        for (int i = 0; i < 300; i++)
        {
            File.WriteAllText($"{Folder}/many/file{i}", $"{i}");
            tree[$"/many/file{i}"] = Trees.Hash(Encoding.UTF8.GetBytes($"{i}"));
        }
    }

    [OneTimeTearDown]
    public void RemoveTree() => scratch.Dispose();

    [TestCase("-rockridge on -joliet off")]
    [TestCase("-rockridge on -joliet on")]
    public async Task RockRidgeNamesAreReadBack(string options)
    {
        IsoVolume volume = await MakeAsync(options);
        Assert.That(volume.Names, Is.EqualTo(IsoNames.RockRidge));
        Assert.That(volume.Label, Is.EqualTo("A_LABEL"));
        Assert.That(await Trees.OfAsync(volume), Is.EqualTo(tree));
    }

    [Test]
    public async Task DirectoriesMovedBecauseOfTheirDepthAreBroughtBack()
    {
        IsoVolume volume = await MakeAsync("-rockridge on -joliet off -compliance deep_paths_off");
        Dictionary<string, string> found = await Trees.OfAsync(volume);
        foreach ((string path, string hash) in tree)
        {
            Assert.That(found.GetValueOrDefault(path), Is.EqualTo(hash), path);
        }
    }

    [Test]
    public async Task JolietNamesAreReadBack()
    {
        string directory = scratch.File("joliet");
        Directory.CreateDirectory($"{directory}/A Directory");
        File.WriteAllText($"{directory}/Mixed Case and spaces.Text", "1");
        File.WriteAllText($"{directory}/日本語.dat", "22");
        File.WriteAllText($"{directory}/A Directory/grüße aus köln", "333");
        Dictionary<string, string> some = Trees.OfHost(directory);
        IsoVolume volume = await MakeAsync("-rockridge off -joliet on", folder: "joliet");
        Assert.That(volume.Names, Is.EqualTo(IsoNames.Joliet));
        Assert.That(await Trees.OfAsync(volume), Is.EqualTo(some));
    }

    [Test]
    public async Task PlainNamesAreFoundInAnyCase()
    {
        Directory.CreateDirectory(scratch.File("plain/sub"));
        File.WriteAllText(scratch.File("plain/readme.txt"), "read");
        File.WriteAllText(scratch.File("plain/sub/noext"), "no");
        IsoVolume volume = await MakeAsync("-rockridge off -joliet off", folder: "plain");
        Assert.That(volume.Names, Is.EqualTo(IsoNames.Plain));
        Assert.That(
            (await Trees.OfAsync(volume)).Keys,
            Is.EquivalentTo(new[] { "/readme.txt", "/sub", "/sub/noext" })
        );
        Assert.That(await volume.LookupAsync(volume.Root, "ReadMe.TXT"), Is.Not.Null);
    }

    [Test]
    public async Task LinksModesAndTimesOfRockRidge()
    {
        Directory.CreateDirectory(scratch.File("posix/d"));
        string file = scratch.File("posix/script");
        File.WriteAllText(file, "#!/bin/sh");
        HostTool.Run("chmod", "755", file);
        DateTime time = new(2021, 3, 4, 5, 6, 7, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(file, time);
        File.CreateSymbolicLink(scratch.File("posix/d/up"), "../script");
        File.CreateSymbolicLink(scratch.File("posix/absolute"), "/posix/script");
        string lengthy = string.Join('/', Enumerable.Repeat("a component of some length", 20));
        File.CreateSymbolicLink(scratch.File("posix/long"), lengthy);
        IsoVolume volume = await MakeAsync("-rockridge on -joliet off", folder: "posix");
        FileNode script = (await volume.LookupAsync(volume.Root, "script"))!;
        FileStatus status = await volume.GetStatusAsync(script);
        Assert.That(status.Permissions, Is.EqualTo(0x1ED));
        Assert.That(DateTime.UnixEpoch.AddTicks(status.Modified / 100), Is.EqualTo(time));
        Dictionary<string, string> found = await Trees.OfAsync(volume);
        Assert.That(found["/d/up"], Is.EqualTo("link ../script"));
        Assert.That(found["/absolute"], Is.EqualTo("link /posix/script"));
        Assert.That(found["/long"], Is.EqualTo("link " + lengthy));
    }

    [Test]
    public async Task FilesOfSeveralExtentsAreRead()
    {
        // xorriso splits files of 4 GB only: a file's record is made into two here.
        Directory.CreateDirectory(scratch.File("split"));
        byte[] contents = Fat.FileSystemSteps.RandomBytes(5, 3 * 2048 + 100);
        File.WriteAllBytes(scratch.File("split/big"), contents);
        File.WriteAllBytes(scratch.File("split/zzz"), contents);
        await MakeAsync("-rockridge off -joliet off", folder: "split");
        byte[] disc = File.ReadAllBytes(scratch.File("disc.iso"));
        int big = disc.AsSpan().IndexOf("BIG.;1"u8) - 33;
        int zzz = disc.AsSpan().IndexOf("ZZZ.;1"u8) - 33;
        uint block = BitConverter.ToUInt32(disc, big + 2);
        disc[big + 25] |= 0x80;
        BitConverter.TryWriteBytes(disc.AsSpan(big + 10), 2 * 2048u);
        "BIG.;1"u8.CopyTo(disc.AsSpan(zzz + 33));
        BitConverter.TryWriteBytes(disc.AsSpan(zzz + 2), block + 2);
        BitConverter.TryWriteBytes(disc.AsSpan(zzz + 10), 2048u + 100);
        IsoVolume volume = await IsoVolume.MountAsync(new RamDisk("disc", disc));
        Dictionary<string, string> found = await Trees.OfAsync(volume);
        Assert.That(found.Single().Value, Is.EqualTo(Trees.Hash(contents)));
    }

    [Test]
    public async Task NothingCanBeChanged()
    {
        IsoVolume volume = await MakeAsync("-rockridge on -joliet off");
        FileSystemException error = Assert.ThrowsAsync<FileSystemException>(async () =>
            await volume.CreateAsync(volume.Root, "new", FileKind.Regular)
        );
        Assert.That(error.Error, Is.EqualTo(FileError.ReadOnly));
        await volume.UnmountAsync();
    }

    [Test]
    public async Task DamagedDiscsAreErrorsOrRead()
    {
        await MakeAsync("-rockridge on -joliet on", folder: "in");
        byte[] disc = File.ReadAllBytes(scratch.File("disc.iso"))[..(400 * 2048)];
        Random random = new(9);
        int errors = 0;
        for (int i = 0; i < 150; i++)
        {
            byte[] damaged = [.. disc];
            for (int change = random.Next(1, 40); change > 0; change--)
            {
                damaged[random.Next(16 * 2048, 120 * 2048)] = (byte)random.Next(256);
            }
            try
            {
                await Trees.OfAsync(await IsoVolume.MountAsync(new RamDisk("disc", damaged)));
            }
            catch (FileSystemException exception)
            {
                Assert.That(exception.Message, Does.StartWith("disc: "));
                errors++;
            }
            catch (Exception exception)
                when (exception
                        is NullReferenceException
                            or ArgumentException
                            or InvalidCastException
                )
            {
                // A name that is twice in a directory is the tree's, not the volume's, to refuse.
                Assert.That(exception.StackTrace, Does.Not.Contain("Iso9660"));
            }
        }
        Assert.That(errors, Is.GreaterThan(20));
    }

    private async Task<IsoVolume> MakeAsync(string options, string folder = "in")
    {
        string path = scratch.File("disc.iso");
        File.Delete(path);
        HostTool.Run(
            "xorriso",
            [
                "-outdev",
                "stdio:" + path,
                .. options.Split(' '),
                "-volid",
                "A_LABEL",
                "-map",
                scratch.File(folder),
                "/",
            ]
        );
        return await IsoVolume.MountAsync(new RamDisk("disc", File.ReadAllBytes(path)));
    }
}
