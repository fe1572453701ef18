using Cosmos.Multikernel.Drivers.FileSystems;
using Cosmos.Multikernel.Drivers.FileSystems.Fat;
using Cosmos.Multikernel.Files;
using Cosmos.Multikernel.Tests.Host.CpuDriver;
using Cosmos.Multikernel.Tests.Host.FileSystems.Steps;
using Cosmos.Multikernel.Tests.Instances.Disks;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.FileSystems.Fat;

/// <summary>Random operations against a model; a failing run is shrunk to its few operations that matter.</summary>
[TestFixture]
[CancelAfter(240_000)]
public sealed class FatModelTests
{
    // Of the first ones, most are about files that nobody has made yet.
    private const int StepCount = 300;

    private static Arbitrary<FileStep[]> SomeSteps =>
        Arb.From(RandomSteps.Some(StepCount), Shorter);

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
                SomeSteps,
                steps =>
                {
                    empty.CopyTo(image.Bytes, 0);
                    RunAsync(image, steps).GetAwaiter().GetResult();
                }
            )
        );
    }

    // Without a half, a quarter ... one step.
    private static IEnumerable<FileStep[]> Shorter(FileStep[] steps)
    {
        for (int count = steps.Length / 2; count > 0; count /= 2)
        {
            for (int from = 0; from + count <= steps.Length; from += count)
            {
                yield return [.. steps[..from], .. steps[(from + count)..]];
            }
        }
    }

    private static async Task RunAsync(FatImage image, FileStep[] steps)
    {
        FatVolume volume = await image.MountAsync();
        Dictionary<string, byte[]?> model = new(StringComparer.OrdinalIgnoreCase);
        foreach (FileStep step in steps)
        {
            // All is on the medium after that as well.
            if (step.Act == FileAct.Flush && step.Number % 2 == 0)
            {
                await volume.UnmountAsync();
                volume = await image.MountAsync();
                continue;
            }
            FileError expected = Predict(model, step);
            FileError got = await PerformAsync(volume, step);
            Demand(got == expected, $"{step}: {got} instead of {expected}");
            if (step.Act is FileAct.Read or FileAct.List)
            {
                await CompareAsync(volume, model);
            }
        }
        await CompareAsync(volume, model);
        await volume.UnmountAsync();
        image.Check();
        await CompareAsync(await image.MountAsync(), model);
    }

    private static string ParentOf(string path) => path[..path.LastIndexOf('/')];

    private static FileError CheckParent(Dictionary<string, byte[]?> model, string path)
    {
        string parent = ParentOf(path);
        return parent.Length == 0 ? FileError.None
            : model.TryGetValue(parent, out byte[]? there)
                ? there is null ? FileError.None
                    : FileError.NotDirectory
            : CheckParent(model, parent) is not FileError.None and var error ? error
            : FileError.NotFound;
    }

    private static FileError Predict(Dictionary<string, byte[]?> model, FileStep step)
    {
        string path = step.Path;
        FileError parent = CheckParent(model, path);
        if (step.Act == FileAct.Flush || parent != FileError.None)
        {
            return step.Act == FileAct.Flush ? FileError.None : parent;
        }
        bool isThere = model.TryGetValue(path, out byte[]? old);
        switch (step.Act)
        {
            case FileAct.Create or FileAct.MakeDirectory:
                return isThere
                    ? FileError.Exists
                    : Set(model, path, step.Act == FileAct.Create ? [] : null);
            case FileAct.Move:
                return PredictMove(model, path, step.Other);
            case FileAct.RemoveDirectory or FileAct.List:
                return !isThere ? FileError.NotFound
                    : old is not null ? FileError.NotDirectory
                    : step.Act == FileAct.List ? FileError.None
                    : IsEmpty(model, path) ? Forget(model, path)
                    : FileError.NotEmpty;
        }
        if (!isThere || old is null)
        {
            return isThere ? FileError.IsDirectory : FileError.NotFound;
        }
        switch (step.Act)
        {
            case FileAct.Read:
                return FileError.None;
            case FileAct.Remove:
                return Forget(model, path);
            case FileAct.SetLength:
                Array.Resize(ref old, step.Offset);
                return Set(model, path, old);
            default:
                return Set(model, path, step.WriteTo(old));
        }
    }

    private static FileError PredictMove(Dictionary<string, byte[]?> model, string from, string to)
    {
        FileError parent = CheckParent(model, to);
        if (parent != FileError.None || !model.TryGetValue(from, out byte[]? moved))
        {
            return parent != FileError.None ? parent : FileError.NotFound;
        }
        if (IsInside(to, from))
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

    private static async Task<FileError> PerformAsync(FatVolume volume, FileStep step)
    {
        try
        {
            if (step.Act == FileAct.Flush)
            {
                await volume.SyncAsync();
                return FileError.None;
            }
            FileNode parent = await DirectoryAsync(volume, ParentOf(step.Path));
            string name = FileSystemSteps.NameOf(step.Path);
            switch (step.Act)
            {
                case FileAct.Create:
                    await volume.CreateAsync(parent, name, FileKind.Regular);
                    break;
                case FileAct.MakeDirectory:
                    await volume.CreateAsync(parent, name, FileKind.Directory);
                    break;
                case FileAct.Remove or FileAct.RemoveDirectory:
                    bool isDirectory = step.Act == FileAct.RemoveDirectory;
                    await volume.RemoveAsync(parent, name, isDirectory);
                    break;
                case FileAct.Move:
                    FileNode destination = await DirectoryAsync(volume, ParentOf(step.Other));
                    string newName = FileSystemSteps.NameOf(step.Other);
                    await volume.RenameAsync(parent, name, destination, newName, replace: true);
                    break;
                case FileAct.List:
                    await DirectoryAsync(volume, step.Path);
                    break;
                case FileAct.Read:
                    await volume.ReadAsync(await NodeAsync(volume, parent, name), 0, new byte[1]);
                    break;
                case FileAct.SetLength:
                    await volume.SetLengthAsync(await NodeAsync(volume, parent, name), step.Offset);
                    break;
                default:
                    await volume.WriteAsync(
                        await NodeAsync(volume, parent, name),
                        step.Act == FileAct.Append ? -1 : step.Offset,
                        step.Contents
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
        FileNode node = volume.Root;
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            node = await NodeAsync(volume, node, name);
            if (!node.IsDirectory)
            {
                throw new FileSystemException(FileError.NotDirectory, path);
            }
        }
        return node;
    }

    private static async Task<FileNode> NodeAsync(FatVolume volume, FileNode parent, string name) =>
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
