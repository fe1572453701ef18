using System.IO.Hashing;
using Cosmos.Multikernel.Drivers.Disk;
using Cosmos.Multikernel.Drivers.FileSystems;
using Cosmos.Multikernel.Drivers.FileSystems.Fat;
using Cosmos.Multikernel.Tests.Host.FileSystems.Steps;
using Cosmos.Multikernel.Tests.Instances.Disks;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.FileSystems.Fat;

/// <summary>
/// The plug pulled after each block written, and with writes between two flushes left out at random: fsck.fat finds lost
/// clusters at most, and whatever an operation does not concern is as it was.
/// </summary>
[TestFixture]
[CancelAfter(240_000)]
public sealed class FatPlugTests
{
    private static readonly FatShape[] Shapes =
    [
        new("plug12", 240, "-F 12 -s 1 -r 112"),
        new("plug16", 2400, "-F 16 -s 1 -r 112"),
        new("plug32", 400, "-F 32 -s 1"),
    ];

    // As many as take some seconds with all that is looked at.
    private const int RandomStepCount = 250;

    // What is there before each operation: path and length; "dir" for directories.
    private static readonly (string Path, int Length)[] Before =
    [
        ("/keep", 3000),
        ("/A rather long name of a file.text", 1500),
        ("/small", 100),
        ("/victim", 2500),
        ("/dir/", 0),
        ("/dir/inner file with a long name", 2000),
        ("/dir/target", 700),
        ("/other/", 0),
        ("/other/kept", 4000),
        ("/empty directory/", 0),
    ];

    public sealed record Operation(string Name, Func<FatVolume, Task> Run, params string[] Touched)
    {
        public override string ToString() => Name;
    }

    private static readonly Operation[] Operations =
    [
        new("create", v => v.WriteFileAsync("/NEW.TXT", new byte[0]), "/NEW.TXT"),
        new("create long", v => v.WriteFileAsync($"/{new string('x', 190)}", new byte[0]), "/xxx"),
        new("write new", v => v.WriteFileAsync("/dir/new file", Bytes(5000)), "/dir/new file"),
        new("append", v => AppendAsync(v, "/keep", 3000), "/keep"),
        new("append a little", v => AppendAsync(v, "/small", 10), "/small"),
        new("replace contents", v => v.WriteFileAsync("/victim", Bytes(4000)), "/victim"),
        new("delete", v => v.RemoveAsync("/victim", false), "/victim"),
        new(
            "delete long",
            v => v.RemoveAsync("/A rather long name of a file.text", false),
            "/A rather long name of a file.text"
        ),
        new("mkdir", v => v.MakeDirectoryAsync("/dir/sub directory"), "/dir/sub directory"),
        new("rmdir", v => v.RemoveAsync("/empty directory", true), "/empty directory"),
        new("cut", v => SetLengthAsync(v, "/keep", 700), "/keep"),
        new("cut to nothing", v => SetLengthAsync(v, "/keep", 0), "/keep"),
        new("lengthen", v => SetLengthAsync(v, "/small", 5000), "/small"),
        new("write far behind", v => WriteAtAsync(v, "/small", 4000, 50), "/small"),
        new("grow a directory", v => CreateManyAsync(v, "/dir", 40), "/dir/made"),
        new("cut and append", CutAndAppendAsync, "/keep"),
        new("delete and reuse", DeleteAndReuseAsync, "/victim", "/keep", "/reuse"),
        new("make and fill a directory", MakeAndFillAsync, "/fresh"),
        new("delete all of a directory", DeleteDirectoryAsync, "/dir"),
    ];

    private static readonly (string Name, string From, string To)[] Renames =
    [
        ("in place", "/small", "/SMALLER"),
        (
            "to a long name",
            "/small",
            "/a name that takes many more entries than the old one had.text"
        ),
        ("case only", "/keep", "/KEEP"),
        ("over another", "/small", "/victim"),
        ("to a directory", "/small", "/other/moved"),
        ("over one elsewhere", "/keep", "/dir/target"),
        ("out of a directory", "/dir/inner file with a long name", "/out"),
        ("a directory in place", "/other", "/another"),
    ];

    private static IEnumerable<TestCaseData> Cases =>
        from shape in Shapes
        from operation in Operations
        select new TestCaseData(shape, operation);

    private static IEnumerable<TestCaseData> RenameCases =>
        from shape in Shapes
        from rename in Renames
        select new TestCaseData(shape, rename.Name, rename.From, rename.To);

    [TestCaseSource(nameof(Cases))]
    public async Task NothingIsLost(FatShape shape, Operation operation)
    {
        using FatImage image = await PrepareAsync(shape);
        Dictionary<string, string> before = await Trees.OfAsync(await image.MountAsync());
        PlugDisk disk = await RunAsync(image, operation.Run);
        Assert.That(disk.WriteCount, Is.GreaterThan(2));
        await ForEachAsync(
            image,
            disk,
            async (volume, tree) =>
            {
                foreach ((string path, string hash) in before)
                {
                    if (!operation.Touched.Any(touched => path.StartsWith(touched)))
                    {
                        Assert.That(tree.GetValueOrDefault(path), Is.EqualTo(hash), path);
                    }
                }
                await Task.CompletedTask;
            }
        );
    }

    [TestCaseSource(nameof(RenameCases))]
    public async Task ARenamedFileIsAlwaysThere(FatShape shape, string name, string from, string to)
    {
        using FatImage image = await PrepareAsync(shape);
        Dictionary<string, string> before = await Trees.OfAsync(await image.MountAsync());
        PlugDisk disk = await RunAsync(image, volume => volume.RenameAsync(from, to));
        await ForEachAsync(
            image,
            disk,
            async (volume, tree) =>
            {
                string contents = before[from];
                bool isThere =
                    tree.GetValueOrDefault(from) == contents
                    || tree.GetValueOrDefault(to) == contents;
                Assert.That(isThere, Is.True, $"{name}: neither {from} nor {to}");
                if (before.TryGetValue(to, out string? replaced))
                {
                    Assert.That(tree[to], Is.EqualTo(contents).Or.EqualTo(replaced));
                }
                foreach ((string path, string hash) in before)
                {
                    if (!path.StartsWith(from) && path != to)
                    {
                        Assert.That(tree.GetValueOrDefault(path), Is.EqualTo(hash), path);
                    }
                }
                await Task.CompletedTask;
            }
        );
    }

    [Test]
    public async Task ADirectoryMovedElsewhereIsReachableByOneOfItsNames()
    {
        using FatImage image = await PrepareAsync(Shapes[2]);
        PlugDisk disk = await RunAsync(image, volume => volume.RenameAsync("/dir", "/other/moved"));
        foreach ((_, byte[] medium) in disk.AfterEachWrite(5))
        {
            FatVolume volume = await FatVolume.MountAsync(new RamDisk("after", medium.ToArray()));
            Dictionary<string, string> tree = await Trees.OfAsync(volume);
            Assert.That(
                tree.ContainsKey("/dir/target") || tree.ContainsKey("/other/moved/target"),
                Is.True
            );
            Assert.That(tree, Contains.Key("/other/kept"));
        }
    }

    /// <summary>Whatever is done one after the other: all that was flushed is there, and nothing that has never been.</summary>
    [TestCaseSource(nameof(Shapes))]
    public async Task RandomSteps(FatShape shape)
    {
        ulong seed = (ulong)Random.Shared.NextInt64();
        await TestContext.Out.WriteLineAsync($"seed {seed}");
        using FatImage image = new(shape);
        PlugDisk disk = new(image.Bytes);
        FatVolume volume = await FatVolume.MountAsync(disk);
        FileModel model = new(new Dictionary<string, byte[]?>());
        StepHistory history = new(model.Now);
        foreach (FileStep step in Steps.RandomSteps.Of(seed, RandomStepCount))
        {
            string expected = model.Apply(step);
            string what = $"seed {seed}: {step.ToLine()}";
            history.Begin(model.Now, disk.WriteCount, step.Act == FileAct.Flush);
            Assert.That(await FatStep.PerformAsync(volume, step), Is.EqualTo(expected), what);
        }
        await ForEachMediumAsync(
            image,
            disk,
            $"seed {seed}, medium",
            async (writes, after) =>
                PowerFailure.AssertExplains(
                    history.MomentsAt(writes),
                    await Trees.ContentsOfAsync(after),
                    $"seed {seed}, after {writes} blocks"
                )
        );
    }

    private static byte[] Bytes(int count) => FileSystemSteps.RandomBytes(count, count);

    private static async Task<FatImage> PrepareAsync(FatShape shape)
    {
        FatImage image = new(shape);
        FatVolume volume = await image.MountAsync();
        foreach ((string path, int length) in Before)
        {
            await (
                path.EndsWith('/')
                    ? volume.MakeDirectoryAsync(path[..^1])
                    : volume.WriteFileAsync(path, Bytes(length))
            );
        }
        await volume.UnmountAsync();
        image.Check();
        return image;
    }

    private static async Task<PlugDisk> RunAsync(FatImage image, Func<FatVolume, Task> operation)
    {
        PlugDisk disk = new(image.Bytes);
        FatVolume volume = await FatVolume.MountAsync(disk);
        await operation(volume);
        await volume.UnmountAsync();
        return disk;
    }

    private static async Task ForEachAsync(
        FatImage image,
        PlugDisk disk,
        Func<FatVolume, Dictionary<string, string>, Task> check
    ) =>
        await ForEachMediumAsync(
            image,
            disk,
            "medium",
            async (_, volume) => await check(volume, await Trees.OfAsync(volume))
        );

    // What is checked is told how many blocks had been written.
    private static async Task ForEachMediumAsync(
        FatImage image,
        PlugDisk disk,
        string what,
        Func<int, FatVolume, Task> check
    )
    {
        HashSet<ulong> seen = [];
        int number = 0;
        foreach ((int writes, byte[] medium) in disk.AfterEachWrite(3))
        {
            number++;
            if (!seen.Add(XxHash3.HashToUInt64(medium)))
            {
                continue;
            }
            File.WriteAllBytes(image.Path, medium);
            FsckFat.AssertAtMostPlugged(image.Path, $"{what} {number}");
            await check(writes, await FatVolume.MountAsync(new RamDisk("after", medium.ToArray())));
        }
    }

    private static async Task AppendAsync(FatVolume volume, string path, int count) =>
        await volume.WriteAsync(await volume.FindAsync(path), -1, Bytes(count));

    private static async Task WriteAtAsync(FatVolume volume, string path, long offset, int count) =>
        await volume.WriteAsync(await volume.FindAsync(path), offset, Bytes(count));

    private static async Task SetLengthAsync(FatVolume volume, string path, long length) =>
        await volume.SetLengthAsync(await volume.FindAsync(path), length);

    private static async Task CreateManyAsync(FatVolume volume, string directory, int count)
    {
        for (int i = 0; i < count; i++)
        {
            await volume.WriteFileAsync($"{directory}/made file {i}", Bytes(i % 3 * 400));
        }
    }

    private static async Task CutAndAppendAsync(FatVolume volume)
    {
        await SetLengthAsync(volume, "/keep", 600);
        await AppendAsync(volume, "/keep", 2000);
        await SetLengthAsync(volume, "/keep", 0);
        await AppendAsync(volume, "/keep", 900);
    }

    private static async Task DeleteAndReuseAsync(FatVolume volume)
    {
        await volume.RemoveAsync("/victim", false);
        await volume.WriteFileAsync("/reuse 1", Bytes(2500));
        await volume.SyncAsync();
        await volume.RemoveAsync("/keep", false);
        await volume.WriteFileAsync("/reuse 2", Bytes(60_000));
        await volume.RenameAsync("/reuse 1", "/reuse 3");
        await volume.RemoveAsync("/reuse 2", false);
        await volume.WriteFileAsync("/victim", Bytes(3000));
    }

    private static async Task MakeAndFillAsync(FatVolume volume)
    {
        await volume.MakeDirectoryAsync("/fresh");
        await volume.MakeDirectoryAsync("/fresh/inner");
        await CreateManyAsync(volume, "/fresh/inner", 5);
    }

    private static async Task DeleteDirectoryAsync(FatVolume volume)
    {
        await volume.RemoveAsync("/dir/target", false);
        await volume.RemoveAsync("/dir/inner file with a long name", false);
        await volume.RemoveAsync("/dir", true);
        await volume.WriteFileAsync("/dir", Bytes(3000));
    }
}
