using Cosmos.Multikernel.Capabilities;

namespace Cosmos.Multikernel.Files.Client;

/// <content>
/// Pieces of what is read and written, each one call of the service. Short ones go in messages. Long ones go in a frame: it moves to the
/// service, which reads or writes it there, and comes back, so that the ring copies nothing.
/// </content>
internal sealed partial class FileCalls
{
    // A shorter piece is through the ring in less time than a frame takes to go and come.
    private const int ShortestInFrame = 16 << 10;

    // Kept for the next calls; as many more as there are calls under way come and go.
    private const int MostKeptFrames = 2;

    private readonly Stack<Frame> frames = new();

    /// <summary>Reads one piece into the caller's memory.</summary>
    /// <returns>What went wrong, how many bytes the file gave, and how many the caller's memory took.</returns>
    private async ValueTask<(FileError Error, int Read, int Written)> ReadPieceAsync(
        OpenFile file,
        ulong address,
        int count,
        long offset
    )
    {
        if (TakeFrame(count) is not { } frame)
        {
            byte[] bytes = await file.Service.ReadAsync(file.Handle, offset, count);
            ReadOnlyMemory<byte> data = bytes.AsMemory(sizeof(int));
            return (
                (FileError)BitConverter.ToInt32(bytes),
                data.Length,
                memory.Write(address, data.Span)
            );
        }
        try
        {
            (ReadReply reply, frame) = await file.Service.ReadFrameAsync(
                file.Handle,
                offset,
                frame,
                count
            );
            int read = Math.Clamp(reply.Count, 0, Math.Min(count, frame.Length));
            return (reply.Error, read, memory.Write(address, frame.ReadOnlySpan[..read]));
        }
        finally
        {
            Keep(frame);
        }
    }

    /// <summary>Writes one piece from the caller's memory, or as much of it as there is.</summary>
    private async ValueTask<WriteReply> WritePieceAsync(
        OpenFile file,
        ulong address,
        int count,
        long offset
    )
    {
        if (TakeFrame(count) is not { } frame)
        {
            byte[] data = new byte[count];
            int read = memory.Read(address, data);
            return read == 0 && count != 0
                ? new WriteReply(FileError.BadAddress, 0, 0)
                : await file.Service.WriteAsync(file.Handle, offset, data.AsMemory(0, read));
        }
        try
        {
            int read = memory.Read(address, frame.Span[..count]);
            if (read == 0)
            {
                return new WriteReply(FileError.BadAddress, 0, 0);
            }
            (WriteReply reply, frame) = await file.Service.WriteFrameAsync(
                file.Handle,
                offset,
                frame,
                read
            );
            return reply;
        }
        finally
        {
            Keep(frame);
        }
    }

    // None for a short piece, or when the instance has no memory for one: messages need less.
    private Frame? TakeFrame(int count)
    {
        if (count < ShortestInFrame)
        {
            return null;
        }
        if (frames.TryPop(out Frame? frame))
        {
            return frame;
        }
        try
        {
            frame = Frame.Allocate(FileServiceLimits.Bytes);
            _ = frame.Address;
            return frame;
        }
        catch (CapabilityException)
        {
            frame?.Dispose();
            return null;
        }
    }

    // One that is with a service which has ended is closed here.
    private void Keep(Frame frame)
    {
        bool isGood =
            !frame.IsClosed
            && frame.Length == FileServiceLimits.Bytes
            && frames.Count < MostKeptFrames;
        if (isGood)
        {
            frames.Push(frame);
        }
        else
        {
            frame.Dispose();
        }
    }
}
