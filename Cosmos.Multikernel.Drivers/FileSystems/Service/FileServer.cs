using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Naming;

namespace Cosmos.Multikernel.Drivers.FileSystems.Service;

/// <summary>Serves a tree of file systems to whoever connects, and brings what they wrote to the media now and then.</summary>
public sealed class FileServer(MountTree tree)
{
    /// <summary>How long changes may wait in memory.</summary>
    public TimeSpan WriteBackInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Told when changes could not be brought to a medium in the background; once, while the reason stays the same.</summary>
    public Action<FileSystemException>? WriteBackFailed { get; init; }

    /// <summary>Has the disks below the file systems get ready for the power to go.</summary>
    public Func<Task>? ParkDisks { get; init; }

    /// <summary>Locks on files, of all clients.</summary>
    internal FileLocks Locks { get; } = new();

    /// <summary>The tree served.</summary>
    public MountTree Tree => tree;

    /// <summary>
    /// Accepts clients and serves each until cancelled, under the name "files" where there are names. On the event loop. From then
    /// on System.IO finds no files in this instance itself: it would wait for itself.
    /// </summary>
    /// <exception cref="NameTakenException">Another instance serves files.</exception>
    public async Task ServeAsync(CancellationToken cancellation = default)
    {
        FileClient.Stop();
        await using NameRegistration? registration = EventLoop.Current.HasMonitor
            ? await Names.RegisterAsync(
                FileServiceProxy.Service,
                FileServiceProxy.Service,
                FileServiceProxy.InterfaceHash,
                Timeout.InfiniteTimeSpan,
                cancellation
            )
            : null;
        _ = WriteBackAsync(cancellation);
        while (true)
        {
            Channel channel = await Channel.AcceptAsync(FileServiceProxy.Service, cancellation);
            _ = ServeAsync(channel, cancellation);
        }
    }

    /// <summary>Serves one client until it leaves; then all it had open is closed.</summary>
    public async Task ServeAsync(Channel channel, CancellationToken cancellation = default)
    {
        await using FileSession session = new(this);
        await MessageServer.ServeAsync(channel, new FileServiceDispatcher(session), cancellation);
    }

    /// <summary>Brings all changes to their media.</summary>
    /// <exception cref="FileSystemException">One failed; the others were tried.</exception>
    public async ValueTask SyncAllAsync()
    {
        FileSystemException? first = null;
        foreach (Mount mount in tree.Mounts.ToArray())
        {
            try
            {
                await mount.FileSystem.SyncAsync();
            }
            catch (FileSystemException exception)
            {
                first ??= exception;
            }
        }
        if (first is not null)
        {
            throw first;
        }
    }

    /// <summary>Brings all changes to their media, and has disks park; also those of file systems that cannot be brought there.</summary>
    /// <exception cref="FileSystemException">Some changes are not on their medium.</exception>
    public async ValueTask PrepareForPowerOffAsync()
    {
        try
        {
            await SyncAllAsync();
        }
        finally
        {
            if (ParkDisks is not null)
            {
                await ParkDisks();
            }
        }
    }

    private async Task WriteBackAsync(CancellationToken cancellation)
    {
        string? told = null;
        try
        {
            while (true)
            {
                await EventLoop.Current.Delay(WriteBackInterval, cancellation);
                try
                {
                    await SyncAllAsync();
                    told = null;
                }
                catch (FileSystemException exception) when (exception.Message != told)
                {
                    told = exception.Message;
                    WriteBackFailed?.Invoke(exception);
                }
                catch (FileSystemException)
                {
                    // As before.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }
}
