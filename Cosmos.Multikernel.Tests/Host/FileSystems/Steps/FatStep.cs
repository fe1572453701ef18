using Cosmos.Multikernel.Drivers.FileSystems;
using Cosmos.Multikernel.Drivers.FileSystems.Fat;
using Cosmos.Multikernel.Files;
using Cosmos.Multikernel.Tests.Host.FileSystems.Fat;
using Cosmos.Multikernel.Tests.Instances.Disks;

namespace Cosmos.Multikernel.Tests.Host.FileSystems.Steps;

/// <summary>Performs steps on a volume itself, as System.IO and the file service would.</summary>
internal static class FatStep
{
    /// <summary>Performs one; gives its result.</summary>
    public static async Task<string> PerformAsync(FatVolume volume, FileStep step)
    {
        try
        {
            return await PerformThrowingAsync(volume, step);
        }
        catch (FileSystemException)
        {
            return FileStep.Failed;
        }
    }

    private static async Task<string> PerformThrowingAsync(FatVolume volume, FileStep step)
    {
        if (step.Act == FileAct.Flush)
        {
            await volume.SyncAsync(isWhole: false);
            return FileStep.Done;
        }
        if (step.Act == FileAct.List)
        {
            FileNode listed = InDirectory(await FindAsync(volume, step.Path), step.Path);
            return FileStep.MarkOf(
                (await Trees.ListAsync(volume, listed)).Select(item => item.Name)
            );
        }
        string parentPath = step.Path[..step.Path.LastIndexOf('/')];
        if (step.Act == FileAct.MakeDirectory && parentPath.Length > 0)
        {
            await PerformThrowingAsync(volume, step with { Path = parentPath });
        }
        FileNode parent = InDirectory(await FindAsync(volume, parentPath), parentPath);
        string name = FileSystemSteps.NameOf(step.Path);
        FileNode? node = await volume.LookupAsync(parent, name);
        switch (step.Act)
        {
            case FileAct.Create:
                await volume.CreateAsync(parent, name, FileKind.Regular);
                return FileStep.Done;
            case FileAct.MakeDirectory:
                if (node is not { IsDirectory: true })
                {
                    await volume.CreateAsync(parent, name, FileKind.Directory);
                }
                return FileStep.Done;
            case FileAct.RemoveDirectory:
                await volume.RemoveAsync(parent, name, isDirectory: true);
                return FileStep.Done;
            case FileAct.Remove:
                if (node is not null)
                {
                    await volume.RemoveAsync(parent, name, isDirectory: false);
                }
                return FileStep.Done;
        }
        if (node is null or { IsDirectory: true })
        {
            return FileStep.Failed;
        }
        switch (step.Act)
        {
            case FileAct.Write:
                await volume.WriteAsync(node, step.Offset, step.Contents);
                return FileStep.Done;
            case FileAct.Append:
                await volume.WriteAsync(node, -1, step.Contents);
                return FileStep.Done;
            case FileAct.SetLength:
                await volume.SetLengthAsync(node, step.Offset);
                return FileStep.Done;
            case FileAct.Move:
                await MoveAsync(volume, parent, name, step.Other);
                return FileStep.Done;
            default:
                return KnownTree.MarkOf(await Trees.ReadAllAsync(volume, node));
        }
    }

    private static async Task MoveAsync(FatVolume volume, FileNode parent, string name, string to)
    {
        string path = to[..to.LastIndexOf('/')];
        FileNode destination = InDirectory(await FindAsync(volume, path), path);
        await volume.RenameAsync(
            parent,
            name,
            destination,
            FileSystemSteps.NameOf(to),
            replace: true
        );
    }

    private static async Task<FileNode> FindAsync(FatVolume volume, string path)
    {
        FileNode node = volume.Root;
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            node =
                await volume.LookupAsync(InDirectory(node, path), name)
                ?? throw new FileSystemException(FileError.NotFound, path);
        }
        return node;
    }

    private static FileNode InDirectory(FileNode node, string path) =>
        node.IsDirectory ? node : throw new FileSystemException(FileError.NotDirectory, path);
}
