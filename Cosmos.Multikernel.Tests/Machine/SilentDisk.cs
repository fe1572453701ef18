using System.Buffers.Binary;
using System.Net.Sockets;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>
/// A disk that this process serves to QEMU, out of a file, and that does not answer for a while: by the protocol of network block devices
/// (NBD, its doc/proto.md, whose names for numbers these are), over a socket of this machine.
/// </summary>
/// <remarks>
/// It holds reads of one sector back, each for a time, until somebody writes to that sector: so the machine itself chooses when the disk
/// falls silent and when it answers again.
/// </remarks>
internal sealed class SilentDisk : IAsyncDisposable
{
    private const int SectorSize = 512;
    private const int MostBytes = 32 << 20;

    private const ulong ServerMagic = 0x4e42444d41474943;
    private const ulong OptionMagic = 0x49484156454f5054;
    private const ulong OptionReplyMagic = 0x3e889045565a9;
    private const uint RequestMagic = 0x25609513;
    private const uint ReplyMagic = 0x67446698;

    private const ushort FixedNewStyle = 1 << 0;
    private const uint OptionAbort = 2;
    private const uint OptionInformation = 6;
    private const uint OptionGo = 7;
    private const uint ReplyAcknowledge = 1;
    private const uint ReplyInformation = 3;
    private const uint ReplyUnsupported = (1u << 31) | 1;
    private const ushort HasFlags = 1 << 0;
    private const ushort CanFlush = 1 << 2;

    private const ushort Read = 0;
    private const ushort Write = 1;
    private const ushort Disconnect = 2;
    private const ushort Flush = 3;
    private const uint Invalid = 22;

    private readonly FileStream file;
    private readonly long sector;
    private readonly TimeSpan silence;
    private readonly string path;
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, 0);
    private readonly CancellationTokenSource ending = new();
    private readonly SemaphoreSlim turn = new(1);
    private readonly Task serving;
    private bool isAwake;

    /// <param name="file">The contents.</param>
    /// <param name="sector">The sector that is not read at once.</param>
    /// <param name="silence">How long a read of it is held back.</param>
    public SilentDisk(string file, long sector, TimeSpan silence)
    {
        this.file = new FileStream(
            file,
            FileMode.Open,
            FileAccess.ReadWrite,
            FileShare.ReadWrite,
            bufferSize: 0
        );
        this.sector = sector;
        this.silence = silence;
        path = file + ".socket";
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        serving = ServeAsync();
    }

    /// <summary>How often a read was held back.</summary>
    public int Silences { get; private set; }

    /// <summary>How QEMU reaches it, as one of its blocks: options of <c>-blockdev</c> below a prefix.</summary>
    public string Backend(string prefix) =>
        $"{prefix}driver=nbd,{prefix}server.type=unix,{prefix}server.path={path}";

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        listener.Dispose();
        await serving;
        await file.DisposeAsync();
        ending.Dispose();
        turn.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using Socket client = await listener.AcceptAsync(ending.Token);
                await using NetworkStream stream = new(client);
                if (await GreetAsync(stream))
                {
                    await AnswerAsync(stream);
                }
            }
        }
        catch (Exception exception)
            when (exception
                    is OperationCanceledException
                        or IOException
                        or SocketException
                        or ObjectDisposedException
            )
        {
            // The machine is gone, or the test is over.
        }
    }

    // Until the client wants to read and write; false when it leaves.
    private async Task<bool> GreetAsync(NetworkStream stream)
    {
        byte[] hello = new byte[18];
        BinaryPrimitives.WriteUInt64BigEndian(hello, ServerMagic);
        BinaryPrimitives.WriteUInt64BigEndian(hello.AsSpan(8), OptionMagic);
        BinaryPrimitives.WriteUInt16BigEndian(hello.AsSpan(16), FixedNewStyle);
        await stream.WriteAsync(hello, ending.Token);
        await TakeAsync(stream, sizeof(uint));
        while (true)
        {
            byte[] head = await TakeAsync(stream, 16);
            uint option = BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(8));
            await TakeAsync(stream, BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(12)));
            if (option is not (OptionInformation or OptionGo))
            {
                bool leaves = option == OptionAbort;
                await ReplyAsync(stream, option, leaves ? ReplyAcknowledge : ReplyUnsupported, []);
                if (leaves)
                {
                    return false;
                }
                continue;
            }
            // Its size, and what it can do.
            byte[] export = new byte[12];
            BinaryPrimitives.WriteInt64BigEndian(export.AsSpan(2), file.Length);
            BinaryPrimitives.WriteUInt16BigEndian(export.AsSpan(10), HasFlags | CanFlush);
            await ReplyAsync(stream, option, ReplyInformation, export);
            await ReplyAsync(stream, option, ReplyAcknowledge, []);
            if (option == OptionGo)
            {
                return true;
            }
        }
    }

    private async Task ReplyAsync(NetworkStream stream, uint option, uint kind, byte[] data)
    {
        byte[] reply = new byte[20 + data.Length];
        BinaryPrimitives.WriteUInt64BigEndian(reply, OptionReplyMagic);
        BinaryPrimitives.WriteUInt32BigEndian(reply.AsSpan(8), option);
        BinaryPrimitives.WriteUInt32BigEndian(reply.AsSpan(12), kind);
        BinaryPrimitives.WriteInt32BigEndian(reply.AsSpan(16), data.Length);
        data.CopyTo(reply, 20);
        await stream.WriteAsync(reply, ending.Token);
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        List<Task> held = [];
        while (true)
        {
            byte[] head = await TakeAsync(stream, 28);
            if (BinaryPrimitives.ReadUInt32BigEndian(head) != RequestMagic)
            {
                throw new IOException("QEMU does not speak NBD");
            }
            ushort kind = BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(6));
            ulong cookie = BinaryPrimitives.ReadUInt64BigEndian(head.AsSpan(8));
            long at = BinaryPrimitives.ReadInt64BigEndian(head.AsSpan(16));
            int length = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(24));
            byte[] data = kind == Write ? await TakeAsync(stream, length) : [];
            bool isSector =
                at <= sector * SectorSize && sector * SectorSize < at + Math.Max(length, 1);
            if (kind == Disconnect)
            {
                await Task.WhenAll(held);
                return;
            }
            isAwake |= kind == Write && isSector;
            if (kind == Read && isSector && !isAwake)
            {
                Silences++;
                held.Add(DoLaterAsync(stream, cookie, at, length));
            }
            else
            {
                await DoAsync(stream, kind, cookie, at, length, data);
            }
        }
    }

    private async Task DoLaterAsync(NetworkStream stream, ulong cookie, long at, int length)
    {
        await Task.Delay(silence, ending.Token);
        await DoAsync(stream, Read, cookie, at, length, []);
    }

    private async Task DoAsync(
        NetworkStream stream,
        ushort kind,
        ulong cookie,
        long at,
        int length,
        byte[] data
    )
    {
        byte[] reply = new byte[16 + (kind == Read ? length : 0)];
        BinaryPrimitives.WriteUInt32BigEndian(reply, ReplyMagic);
        BinaryPrimitives.WriteUInt64BigEndian(reply.AsSpan(8), cookie);
        switch (kind)
        {
            case Read:
                await RandomAccess.ReadAsync(file.SafeFileHandle, reply.AsMemory(16), at);
                break;
            case Write:
                await RandomAccess.WriteAsync(file.SafeFileHandle, data, at);
                break;
            case Flush:
                break;
            default:
                BinaryPrimitives.WriteUInt32BigEndian(reply.AsSpan(4), Invalid);
                break;
        }
        // One that was held back answers between two others.
        await turn.WaitAsync(ending.Token);
        try
        {
            await stream.WriteAsync(reply, ending.Token);
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<byte[]> TakeAsync(NetworkStream stream, int length)
    {
        if (length is < 0 or > MostBytes)
        {
            throw new IOException($"QEMU sends {length} bytes");
        }
        byte[] bytes = new byte[length];
        await stream.ReadExactlyAsync(bytes, ending.Token);
        return bytes;
    }
}
