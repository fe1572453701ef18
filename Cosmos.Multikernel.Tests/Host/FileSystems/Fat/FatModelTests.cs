using Cosmos.Multikernel.Drivers.FileSystems;
using Cosmos.Multikernel.Drivers.FileSystems.Fat;
using Cosmos.Multikernel.Files;
using Cosmos.Multikernel.Tests.Host.CpuDriver;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.FileSystems.Fat;

/// <summary>Random operations against a model; a failing run is shrunk to its few operations that matter.</summary>
[TestFixture]
[CancelAfter(240_000)]
public sealed class FatModelTests
{
    public enum Act
    {
        Create,
        MakeDirectory,
        Write,
        Append,
        SetLength,
        Remove,
        RemoveDirectory,
        Rename,
        Sync,
        Remount,
    }

    /// <summary>One operation: on the paths of two numbers, with a size.</summary>
    public sealed record Step(Act Act, int First, int Second, int Size);

    private static readonly string[] Names =
    [
        "a",
        "File With A Long Name Of Its Own.text",
        "UPPER.TXT",
        "d1",
        "Second Directory",
        "x.y.z",
        "ünïcödé",
    ];

    private static Arbitrary<Step[]> Steps => Arb.From(SomeSteps, Shorter);

    private static Gen<Step[]> SomeSteps =>
        (
            from act in Gen.Frequency(
                (3, Gen.Constant(Act.Create)),
                (3, Gen.Constant(Act.MakeDirectory)),
                (6, Gen.Constant(Act.Write)),
                (3, Gen.Constant(Act.Append)),
                (3, Gen.Constant(Act.SetLength)),
                (3, Gen.Constant(Act.Remove)),
                (1, Gen.Constant(Act.RemoveDirectory)),
                (6, Gen.Constant(Act.Rename)),
                (1, Gen.Constant(Act.Sync)),
                (1, Gen.Constant(Act.Remount))
            )
            from first in Gen.Choose(0, Names.Length * Names.Length - 1)
            from second in Gen.Choose(0, Names.Length * Names.Length - 1)
            from size in Gen.OneOf(Gen.Choose(0, 3000), Gen.Choose(0, 40_000))
            select new Step(act, first, second, size)
        ).ArrayOf(60);

    private static readonly FatShape[] Shapes =
    [
        new("model12", 400, "-F 12 -s 1 -r 112"),
        new("model16", 4000, "-F 16 -s 1"),
        new("model32", 800, "-F 32 -s 2"),
    ];

    [TestCaseSource(nameof(Shapes))]
    public void RandomOperationsAgreeWithTheModel(FatShape shape)
    {
        using FatImage image = new(shape);
        byte[] empty = [.. image.Bytes];
        Check.One(
            Damage.Properties(25),
            Prop.ForAll(
                Steps,
                steps =>
                {
                    empty.CopyTo(image.Bytes, 0);
                    RunAsync(image, steps).GetAwaiter().GetResult();
                }
            )
        );
    }

    // Without a half, a quarter ... one step.
    private static IEnumerable<Step[]> Shorter(Step[] steps)
    {
        for (int count = steps.Length / 2; count > 0; count /= 2)
        {
            for (int from = 0; from + count <= steps.Length; from += count)
            {
                yield return [.. steps[..from], .. steps[(from + count)..]];
            }
        }
    }

    private static async Task RunAsync(FatImage image, Step[] steps)
    {
        FatVolume volume = await image.MountAsync();
        Dictionary<string, byte[]?> model = new(StringComparer.OrdinalIgnoreCase);
        foreach (Step step in steps)
        {
            if (step.Act == Act.Remount)
            {
                await volume.UnmountAsync();
                volume = await image.MountAsync();
                continue;
            }
            FileError expected = Predict(model, step);
            FileError got = await PerformAsync(volume, step);
            Demand(got == expected, $"{step}: {got} instead of {expected}");
        }
        await CompareAsync(volume, model);
        await volume.UnmountAsync();
        image.Check();
        await CompareAsync(await image.MountAsync(), model);
    }

    // The first half of the numbers are in the root, the others in what may be directories.
    private static string PathOf(int number)
    {
        string name = Names[number % Names.Length];
        int place = number / Names.Length;
        return place < 4 ? "/" + name : $"/{Names[place]}/{name}";
    }

    private static string ParentOf(string path) => path[..path.LastIndexOf('/')];

    private static FileError CheckParent(Dictionary<string, byte[]?> model, string path)
    {
        string parent = ParentOf(path);
        return parent.Length == 0 ? FileError.None
            : !model.TryGetValue(parent, out byte[]? there) ? FileError.NotFound
            : there is null ? FileError.None
            : FileError.NotDirectory;
    }

    private static FileError Predict(Dictionary<string, byte[]?> model, Step step)
    {
        string path = PathOf(step.First);
        FileError parent = CheckParent(model, path);
        if (step.Act == Act.Sync || parent != FileError.None)
        {
            return step.Act == Act.Sync ? FileError.None : parent;
        }
        bool isThere = model.TryGetValue(path, out byte[]? old);
        switch (step.Act)
        {
            case Act.Create or Act.MakeDirectory:
                return isThere
                    ? FileError.Exists
                    : Set(model, path, step.Act == Act.Create ? [] : null);
            case Act.Rename:
                return PredictRename(model, path, PathOf(step.Second));
            case Act.RemoveDirectory:
                return !isThere ? FileError.NotFound
                    : old is not null ? FileError.NotDirectory
                    : IsEmpty(model, path) ? Forget(model, path)
                    : FileError.NotEmpty;
        }
        if (!isThere || old is null)
        {
            return isThere ? FileError.IsDirectory : FileError.NotFound;
        }
        switch (step.Act)
        {
            case Act.Remove:
                return Forget(model, path);
            case Act.SetLength:
                Array.Resize(ref old, step.Size);
                return Set(model, path, old);
            default:
                int offset = step.Act == Act.Append ? old.Length : step.Second * 90;
                byte[] data = FileSystemSteps.RandomBytes(step.Size, step.Size);
                if (data.Length > 0)
                {
                    Array.Resize(ref old, Math.Max(old.Length, offset + data.Length));
                    data.CopyTo(old, offset);
                }
                return Set(model, path, old);
        }
    }

    private static FileError PredictRename(
        Dictionary<string, byte[]?> model,
        string from,
        string to
    )
    {
        FileError parent = CheckParent(model, to);
        if (parent != FileError.None || !model.TryGetValue(from, out byte[]? moved))
        {
            return parent != FileError.None ? parent : FileError.NotFound;
        }
        if (ParentOf(to).Equals(from, StringComparison.OrdinalIgnoreCase))
        {
            return FileError.Invalid;
        }
        if (from.Equals(to, StringComparison.OrdinalIgnoreCase))
        {
            return FileError.None;
        }
        if (model.TryGetValue(to, out byte[]? replaced))
        {
            if ((replaced is null) != (moved is null))
            {
                return moved is null ? FileError.NotDirectory : FileError.IsDirectory;
            }
            if (replaced is null && !IsEmpty(model, to))
            {
                return FileError.NotEmpty;
            }
        }
        foreach (string inside in model.Keys.Where(key => IsInside(key, from)).ToArray())
        {
            model.Remove(inside, out byte[]? contents);
            model[to + inside[from.Length..]] = contents;
        }
        model.Remove(from);
        return Set(model, to, moved);
    }

    private static bool IsInside(string path, string directory) =>
        path.StartsWith(directory + "/", StringComparison.OrdinalIgnoreCase);

    private static bool IsEmpty(Dictionary<string, byte[]?> model, string path) =>
        !model.Keys.Any(key => IsInside(key, path));

    private static FileError Set(Dictionary<string, byte[]?> model, string path, byte[]? contents)
    {
        model[path] = contents;
        return FileError.None;
    }

    private static FileError Forget(Dictionary<string, byte[]?> model, string path)
    {
        model.Remove(path);
        return FileError.None;
    }

    private static async Task<FileError> PerformAsync(FatVolume volume, Step step)
    {
        try
        {
            string path = PathOf(step.First);
            if (step.Act == Act.Sync)
            {
                await volume.SyncAsync();
                return FileError.None;
            }
            FileNode parent = await DirectoryAsync(volume, ParentOf(path));
            string name = FileSystemSteps.NameOf(path);
            switch (step.Act)
            {
                case Act.Create or Act.MakeDirectory:
                    FileKind kind = step.Act == Act.Create ? FileKind.Regular : FileKind.Directory;
                    await volume.CreateAsync(parent, name, kind);
                    break;
                case Act.Remove or Act.RemoveDirectory:
                    await volume.RemoveAsync(parent, name, step.Act == Act.RemoveDirectory);
                    break;
                case Act.Rename:
                    string to = PathOf(step.Second);
                    FileNode destination = await DirectoryAsync(volume, ParentOf(to));
                    string newName = FileSystemSteps.NameOf(to);
                    await volume.RenameAsync(parent, name, destination, newName, replace: true);
                    break;
                case Act.SetLength:
                    await volume.SetLengthAsync(await FileAsync(volume, parent, name), step.Size);
                    break;
                default:
                    long offset = step.Act == Act.Append ? -1 : step.Second * 90;
                    await volume.WriteAsync(
                        await FileAsync(volume, parent, name),
                        offset,
                        FileSystemSteps.RandomBytes(step.Size, step.Size)
                    );
                    break;
            }
            return FileError.None;
        }
        catch (FileSystemException exception)
        {
            return exception.Error;
        }
    }

    private static async Task<FileNode> DirectoryAsync(FatVolume volume, string path)
    {
        FileNode node =
            path.Length == 0 ? volume.Root : await FileAsync(volume, volume.Root, path[1..]);
        return node.IsDirectory
            ? node
            : throw new FileSystemException(FileError.NotDirectory, path);
    }

    private static async Task<FileNode> FileAsync(FatVolume volume, FileNode parent, string name) =>
        await volume.LookupAsync(parent, name)
        ?? throw new FileSystemException(FileError.NotFound, name);

    private static async Task CompareAsync(FatVolume volume, Dictionary<string, byte[]?> model)
    {
        Dictionary<string, string> tree = await Trees.OfAsync(volume);
        Demand(tree.Count == model.Count, $"{tree.Count} names instead of {model.Count}");
        foreach ((string path, string hash) in tree)
        {
            Demand(model.TryGetValue(path, out byte[]? contents), $"{path} should not be there");
            string expected = contents is null ? "dir" : Trees.Hash(contents);
            Demand(hash == expected, $"{path} has other contents");
        }
    }

    private static void Demand(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}
