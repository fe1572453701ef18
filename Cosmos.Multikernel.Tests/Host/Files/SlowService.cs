using Cosmos.Multikernel.Capabilities;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Files;

namespace Cosmos.Multikernel.Tests.Host.Files;

/// <summary>A file service whose reads can be held up, and which can die.</summary>
internal sealed class SlowService(IFileService service) : IFileService
{
    private TaskCompletionSource? gate;

    /// <summary>Reads that are held up.</summary>
    public int Waiting { get; private set; }

    /// <summary>Handles closed.</summary>
    public int Closed { get; private set; }

    public void Hold() => gate = new TaskCompletionSource();

    public void LetGo()
    {
        TaskCompletionSource held = gate!;
        gate = null;
        held.SetResult();
    }

    public void Die() => gate!.SetException(new PeerEndedException("It has ended.", 9));

    public async ValueTask<byte[]> ReadAsync(int handle, long offset, int count)
    {
        await WaitAsync();
        return await service.ReadAsync(handle, offset, count);
    }

    public async ValueTask<(ReadReply Reply, Frame Frame)> ReadFrameAsync(
        int handle,
        long offset,
        Frame into,
        int count
    )
    {
        await WaitAsync();
        return await service.ReadFrameAsync(handle, offset, into, count);
    }

    public ValueTask<(WriteReply Reply, Frame Frame)> WriteFrameAsync(
        int handle,
        long offset,
        Frame from,
        int count
    ) => service.WriteFrameAsync(handle, offset, from, count);

    public ValueTask<FileError> CloseAsync(int handle)
    {
        Closed++;
        return service.CloseAsync(handle);
    }

    public ValueTask<OpenReply> OpenAsync(string path, OpenFlags flags, ushort permissions) =>
        service.OpenAsync(path, flags, permissions);

    public ValueTask<WriteReply> WriteAsync(int handle, long offset, ReadOnlyMemory<byte> data) =>
        service.WriteAsync(handle, offset, data);

    public ValueTask<StatusReply> GetStatusAsync(string path, bool followLink) =>
        service.GetStatusAsync(path, followLink);

    public ValueTask<StatusReply> GetHandleStatusAsync(int handle) =>
        service.GetHandleStatusAsync(handle);

    public ValueTask<byte[]> ReadDirectoryAsync(int handle, long from, int maximumBytes) =>
        service.ReadDirectoryAsync(handle, from, maximumBytes);

    public ValueTask<FileError> MakeDirectoryAsync(string path, ushort permissions) =>
        service.MakeDirectoryAsync(path, permissions);

    public ValueTask<FileError> RemoveDirectoryAsync(string path) =>
        service.RemoveDirectoryAsync(path);

    public ValueTask<FileError> UnlinkAsync(string path) => service.UnlinkAsync(path);

    public ValueTask<FileError> RenameAsync(string oldPath, string newPath, bool replace) =>
        service.RenameAsync(oldPath, newPath, replace);

    public ValueTask<FileError> MakeLinkAsync(string target, string path) =>
        service.MakeLinkAsync(target, path);

    public ValueTask<byte[]> ReadLinkAsync(string path) => service.ReadLinkAsync(path);

    public ValueTask<FileError> SetLengthAsync(int handle, long length) =>
        service.SetLengthAsync(handle, length);

    public ValueTask<FileError> SetStatusAsync(string path, StatusRequest request) =>
        service.SetStatusAsync(path, request);

    public ValueTask<FileError> SetHandleStatusAsync(int handle, StatusRequest request) =>
        service.SetHandleStatusAsync(handle, request);

    public ValueTask<FileError> SyncAsync(int handle) => service.SyncAsync(handle);

    public ValueTask<FileError> SyncAllAsync() => service.SyncAllAsync();

    public ValueTask<FileError> PrepareForPowerOffAsync() => service.PrepareForPowerOffAsync();

    public ValueTask<SpaceReply> GetSpaceAsync(string path) => service.GetSpaceAsync(path);

    public ValueTask<FileError> LockAsync(int handle, FileLock mode) =>
        service.LockAsync(handle, mode);

    public ValueTask<string[]> GetMountsAsync() => service.GetMountsAsync();

    public ValueTask<string> GetLastMessageAsync() => service.GetLastMessageAsync();

    private async ValueTask WaitAsync()
    {
        if (gate is { } held)
        {
            Waiting++;
            await held.Task;
        }
    }
}
