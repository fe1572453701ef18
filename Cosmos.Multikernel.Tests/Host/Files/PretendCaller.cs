using System.Text;
using Cosmos.Multikernel.Drivers.FileSystems.Ram;
using Cosmos.Multikernel.Drivers.FileSystems.Service;
using Cosmos.Multikernel.Files;
using Cosmos.Multikernel.Files.Client;

namespace Cosmos.Multikernel.Tests.Host.Files;

/// <summary>A process with a little memory that makes system calls about files of a RAM file system.</summary>
internal sealed class PretendCaller : ICallerMemory, IFileServiceSource
{
    /// <summary>Where its memory begins and ends; all other addresses are bad.</summary>
    public const ulong Start = 0x10000;
    public const int Size = 1 << 20;
    public const ulong End = Start + Size;

    private readonly byte[] memory = new byte[Size];
    private ulong lastPlace = Start;

    public PretendCaller(IFileService? service, bool hasDrives = false)
    {
        Service = service;
        Calls = new FileCalls(this, this) { HasDrives = hasDrives };
    }

    public PretendCaller(bool hasDrives = false)
        : this(
            new FileSession(new FileServer(new MountTree(new RamFileSystem(8 << 20)))),
            hasDrives
        ) { }

    public FileCalls Calls { get; }

    public IFileService? Service { get; set; }

    public bool WasThere { get; set; }

    public ValueTask<IFileService?> GetAsync() => new(Service);

    public long Call(uint number, params ReadOnlySpan<ulong> arguments) =>
        CallAsync(number, arguments).AsTask().GetAwaiter().GetResult();

    public ValueTask<long> CallAsync(uint number, params ReadOnlySpan<ulong> arguments)
    {
        Span<ulong> all = stackalloc ulong[6];
        all.Clear();
        arguments.CopyTo(all);
        return Calls.CallAsync(
            new FileCall(number, all[0], all[1], all[2], all[3], all[4], all[5])
        );
    }

    /// <summary>Puts a text with its closing 0 somewhere.</summary>
    public ulong Put(string text) => Put(Encoding.UTF8.GetBytes(text + "\0"));

    public ulong Put(byte[] bytes)
    {
        ulong place = lastPlace;
        lastPlace += (ulong)bytes.Length;
        Write(place, bytes);
        return place;
    }

    /// <summary>Room for an answer.</summary>
    public ulong Room(int bytes) => Put(new byte[bytes]);

    public byte[] Get(ulong place, int count) =>
        memory.AsSpan((int)(place - Start), count).ToArray();

    public int Read(ulong address, Span<byte> into)
    {
        ReadOnlySpan<byte> from = At(address, into.Length);
        from.CopyTo(into);
        return from.Length;
    }

    public int Write(ulong address, ReadOnlySpan<byte> from)
    {
        Span<byte> to = At(address, from.Length);
        from[..to.Length].CopyTo(to);
        return to.Length;
    }

    private Span<byte> At(ulong address, int count) =>
        address is < Start or >= End
            ? []
            : memory.AsSpan((int)(address - Start), (int)Math.Min((ulong)count, End - address));
}
