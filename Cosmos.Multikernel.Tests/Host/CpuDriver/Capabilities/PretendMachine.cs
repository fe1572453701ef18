using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using Cosmos.Multikernel.Abi;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Capabilities;

/// <summary>
/// Several cores' CPU drivers in one process, on one memory: the assembly of the pretended core is loaded once for each, as on the metal
/// each core has its own statics. Messages between them wait in short queues, which the test moves on; those that were sent without an
/// interrupt only once one comes, or their receiver looks.
/// </summary>
internal sealed unsafe class PretendMachine : IDisposable
{
    public const ulong PartitionBytes = 16 << 20;

    // As few as a link has lines: it must run full.
    private const int LinkRoom = 4;

    private readonly void* memory;
    private readonly Queue<byte[]>[,] links;
    private readonly bool[,] wantsRoom;
    private readonly bool[,] isRung;

    public PretendMachine(int cores)
    {
        memory = NativeMemory.AlignedAlloc((nuint)cores * (nuint)PartitionBytes, 2 << 20);
        links = new Queue<byte[]>[cores, cores];
        wantsRoom = new bool[cores, cores];
        isRung = new bool[cores, cores];
        Cores = [.. Enumerable.Range(0, cores).Select(index => Start(index, cores))];
    }

    public IReadOnlyList<PretendMachineCore> Cores { get; }

    /// <summary>Lets one message through from one core to another, if there is one and the other core was interrupted.</summary>
    public bool Step(int from, int to) => isRung[from, to] && Deliver(from, to);

    /// <summary>Whether a core was interrupted for what another has sent it.</summary>
    public bool IsRung(int from, int to) => isRung[from, to];

    private bool Deliver(int from, int to)
    {
        if (!links[from, to].TryPeek(out byte[]? message) || !Cores[to].Deliver(from, message))
        {
            return false;
        }
        links[from, to].Dequeue();
        isRung[from, to] &= links[from, to].Count != 0;
        if (wantsRoom[from, to])
        {
            wantsRoom[from, to] = false;
            Cores[from].OnRoom(to);
        }
        return true;
    }

    /// <summary>Lets everything through and takes ended instances apart, until nothing moves any more.</summary>
    public void Settle()
    {
        bool moved = true;
        while (moved)
        {
            moved = false;
            for (int from = 0; from < Cores.Count; from++)
            {
                // First: what it frees must go home by the links.
                Cores[from].Reap();
                for (int to = 0; to < Cores.Count; to++)
                {
                    while (Step(from, to))
                    {
                        moved = true;
                    }
                }
            }
        }
    }

    public void Dispose() => NativeMemory.AlignedFree(memory);

    private PretendMachineCore Start(int index, int count)
    {
        for (int to = 0; to < count; to++)
        {
            links[index, to] = new Queue<byte[]>();
        }
        PretendMachineCore core = new();
        // Page 0 of the first partition is no frame: its address means none.
        ulong start = Math.Max((ulong)index * PartitionBytes, 4096);
        core.Start(
            index,
            count,
            (nint)memory,
            start,
            (ulong)(index + 1) * PartitionBytes,
            (to, message, length, rings) => TrySend(index, (int)to, message, length, rings),
            from =>
            {
                while (Deliver((int)from, index)) { }
            },
            to => isRung[index, to] = true
        );
        return core;
    }

    private bool TrySend(int from, int to, nint message, uint length, bool rings)
    {
        if (links[from, to].Count == LinkRoom)
        {
            wantsRoom[from, to] = true;
            isRung[from, to] = true;
            return false;
        }
        isRung[from, to] |= rings;
        links[from, to].Enqueue(new ReadOnlySpan<byte>((void*)message, (int)length).ToArray());
        return true;
    }
}

/// <summary>Brings a core up: its index, how many there are, the memory, its own part of that, and how its links work.</summary>
internal delegate void StartCore(
    int index,
    int count,
    nint memory,
    ulong start,
    ulong end,
    Func<uint, nint, uint, bool, bool> carrier,
    Action<uint> looker,
    Action<uint> ringer
);

/// <summary>One core, through the methods of its own copy of the assembly.</summary>
internal sealed class PretendMachineCore
{
    private const string Facade =
        "Cosmos.Multikernel.Tests.Host.CpuDriver.Machine.PretendMachineCore";

    private readonly Type facade;
    private readonly Dictionary<nint, ulong> scratch = [];

    public PretendMachineCore()
    {
        AssemblyLoadContext context = new(null, isCollectible: false);
        string path = Path.Combine(
            AppContext.BaseDirectory,
            "Cosmos.Multikernel.Tests.PretendCore.dll"
        );
        facade = context.LoadFromAssemblyPath(path).GetType(Facade, throwOnError: true)!;
        Call = Method<Func<nint, long, ulong, ulong, ulong, ulong, ulong, long>>("Call");
        Start = Method<StartCore>("Start");
        Deliver = Method<Func<int, byte[], bool>>("Deliver");
        OnRoom = Method<Action<int>>("OnRoom");
        Reap = Method<Action>("Reap");
        End = Method<Action<nint>>("End");
        EndWith = Method<Action<nint, int>>("EndWith");
        Lines = Method<Func<string[]>>("Lines");
        Wait = Method<Action<ulong>>("Wait");
        Find = Method<Func<string, nint>>("Find");
        Counts = Method<Func<ulong[]>>("Counts");
        Mistakes = Method<Func<nint, ulong>>("Mistakes");
        Raise = Method<Func<int, bool>>("Raise");
        IsMasked = Method<Func<int, bool>>("IsMasked");
        Interrupt = Method<Action<int>>("Interrupt");
        Show = Method<Action<byte[]>>("Show");
        Shown = Method<Func<byte[]?>>("Shown");
        Typed = Method<Func<byte[]>>("Typed");
        TerminalSize = Method<Func<int[]>>("TerminalSize");
        KeyboardsTaken = Method<Func<int>>("KeyboardsTaken");
        startInstance = Method<Func<string, nint>>("StartInstance");
        mapScratch = Method<Func<nint, ulong>>("MapScratch");
        write = Method<Func<nint, ulong, byte[], bool>>("Write");
        read = Method<Func<nint, ulong, byte[], bool>>("Read");
    }

    private readonly Func<string, nint> startInstance;
    private readonly Func<nint, ulong> mapScratch;
    private readonly Func<nint, ulong, byte[], bool> write;
    private readonly Func<nint, ulong, byte[], bool> read;

    public Func<nint, long, ulong, ulong, ulong, ulong, ulong, long> Call { get; }

    public StartCore Start { get; }

    public Func<int, byte[], bool> Deliver { get; }

    public Action<int> OnRoom { get; }

    public Action Reap { get; }

    public Action<nint> End { get; }

    public Action<nint, int> EndWith { get; }

    public Func<string[]> Lines { get; }

    public Action<ulong> Wait { get; }

    public Func<string, nint> Find { get; }

    public Func<ulong[]> Counts { get; }

    public Func<nint, ulong> Mistakes { get; }

    public Func<int, bool> Raise { get; }

    public Func<int, bool> IsMasked { get; }

    public Action<int> Interrupt { get; }

    public Action<byte[]> Show { get; }

    public Func<byte[]?> Shown { get; }

    public Func<byte[]> Typed { get; }

    public Func<int[]> TerminalSize { get; }

    public Func<int> KeyboardsTaken { get; }

    public nint StartInstance(string name) => Adopt(startInstance(name), name);

    /// <summary>The running instance of a name, which somebody else has started.</summary>
    public nint FindStarted(string name) => Adopt(Find(name), name);

    private nint Adopt(nint domain, string name)
    {
        Assert.That(domain, Is.Not.Zero, $"{name} did not start");
        scratch[domain] = mapScratch(domain);
        return domain;
    }

    /// <summary>A call that takes numbers only.</summary>
    public long Do(nint domain, long number, ulong a = 0, ulong b = 0, ulong c = 0, ulong d = 0) =>
        Call(domain, number, a, b, c, d, 0);

    /// <summary>A call whose second argument is a struct that goes in and comes out.</summary>
    public unsafe long Do<T>(nint domain, long number, ulong a, ref T value)
        where T : unmanaged
    {
        byte[] bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)).ToArray();
        Assert.That(write(domain, scratch[domain], bytes));
        long result = Do(domain, number, a, scratch[domain], (ulong)sizeof(T));
        Assert.That(read(domain, scratch[domain], bytes));
        value = MemoryMarshal.Read<T>(bytes);
        return result;
    }

    /// <summary>A call whose first argument is such a struct.</summary>
    public unsafe long DoFirst<T>(nint domain, long number, ref T value)
        where T : unmanaged
    {
        byte[] bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)).ToArray();
        Assert.That(write(domain, scratch[domain], bytes));
        long result = Do(domain, number, scratch[domain], (ulong)sizeof(T));
        Assert.That(read(domain, scratch[domain], bytes));
        value = MemoryMarshal.Read<T>(bytes);
        return result;
    }

    /// <summary>A call whose second argument is where bytes go, and its third how many; the result says how many did, and more.</summary>
    public byte[] Take(nint domain, long number, ulong a, int room, out long flags)
    {
        const long Count = 0xffff;
        long result = Do(domain, number, a, scratch[domain], (ulong)room);
        Assert.That(result, Is.Not.Negative);
        long count = result & Count;
        flags = result & ~Count;
        Assert.That(count, Is.AtMost(room));
        byte[] bytes = new byte[count];
        Assert.That(read(domain, scratch[domain], bytes));
        return bytes;
    }

    /// <summary>A call whose second argument is where bytes are, and its third how many.</summary>
    public long Give(nint domain, long number, ulong a, byte[] bytes)
    {
        Assert.That(write(domain, scratch[domain], bytes));
        return Do(domain, number, a, scratch[domain], (ulong)bytes.Length);
    }

    public bool TryRead(nint domain, long address, out ulong value)
    {
        byte[] bytes = new byte[sizeof(ulong)];
        bool done = read(domain, (ulong)address, bytes);
        value = BitConverter.ToUInt64(bytes);
        return done;
    }

    public bool TryWrite(nint domain, long address, ulong value) =>
        write(domain, (ulong)address, BitConverter.GetBytes(value));

    public ulong ReadPage(nint domain, int offset)
    {
        Identity identity = default;
        Assert.That(DoFirst(domain, MultikernelCall.Identity, ref identity), Is.Zero);
        Assert.That(TryRead(domain, (long)identity.DomainPage + offset, out ulong value));
        return value;
    }

    private T Method<T>(string name)
        where T : Delegate =>
        facade.GetMethod(name, BindingFlags.Public | BindingFlags.Static)!.CreateDelegate<T>();
}
