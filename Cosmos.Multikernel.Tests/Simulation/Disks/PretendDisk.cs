using Cosmos.Multikernel.Drivers.Devices;
using Cosmos.Multikernel.Drivers.Disk.Devices;
using Cosmos.Multikernel.Drivers.Pci;
using Cosmos.Multikernel.Tests.Host.Registers;
using Cosmos.Multikernel.Tests.Simulation.Machines;

namespace Cosmos.Multikernel.Tests.Simulation.Disks;

/// <summary>A request as a pretended disk sees it.</summary>
internal sealed record PretendRequest(DiskOperation Operation, long Sector, int Length)
{
    /// <summary>Whether a sector is among those it is about.</summary>
    public bool Covers(long sector) =>
        sector >= Sector && sector < Sector + Length / PretendDisk.SectorSize;
}

/// <summary>What becomes of a request.</summary>
public enum Fate
{
    Done,

    /// <summary>Its data cannot be read or written.</summary>
    InputOutputError,

    /// <summary>The device refuses it.</summary>
    Unsupported,

    /// <summary>It is never answered.</summary>
    Forgotten,

    /// <summary>Fewer bytes than were asked for are moved.</summary>
    Short,

    /// <summary>The device says what cannot be.</summary>
    Nonsense,
}

/// <summary>
/// The other side of a disk's driver in virtual time, without the controller: what is on the medium, how long requests take, so
/// that they complete in any order, and what the test wants to become of them and of the device.
/// </summary>
internal abstract class PretendDisk : PretendWindow
{
    public const int SectorSize = 512;

    private const int LongestTime = 50_000;

    private readonly Random random;
    private readonly PretendInterrupts interrupts = new(2);
    private int life;

    protected PretendDisk(SimulatedMachine machine, int seed, int sectors, int windowSize)
        : base(windowSize)
    {
        Machine = machine;
        random = new Random(seed);
        Contents = new byte[sectors * SectorSize];
    }

    /// <summary>The instance that drives it: interrupts go there.</summary>
    public SimulatedInstance? Driver { get; set; }

    /// <summary>What is on the medium.</summary>
    public byte[] Contents { get; }

    /// <summary>Decides about each request, when it is done.</summary>
    public Func<PretendRequest, Fate> Judge { get; set; } = static _ => Fate.Done;

    /// <summary>All requests that it has begun.</summary>
    public List<PretendRequest> Begun { get; } = [];

    /// <summary>The most requests that it had at a time.</summary>
    public int MostUnderWay { get; private set; }

    /// <summary>The most requests that it can have at a time.</summary>
    public abstract int Depth { get; }

    /// <summary>The longest request that it takes.</summary>
    public virtual int MostBytes => 1 << 20;

    /// <summary>Whether the driver has to reset it after a request has failed.</summary>
    public virtual bool StopsAtErrors => false;

    /// <summary>How often its driver has reset it.</summary>
    public int Resets { get; protected set; }

    /// <summary>Whether the last that it was told is that the power is about to go.</summary>
    public bool IsParked { get; protected set; }

    /// <summary>It was pulled out: its registers read as ones.</summary>
    public bool IsGone { get; set; }

    /// <summary>It does not come out of a reset.</summary>
    public bool IsStuck { get; set; }

    /// <summary>Whether it may, and could, touch memory.</summary>
    public virtual bool ReachesMemory => Pci.IsBusMaster;

    /// <summary>The machine's time, in nanoseconds.</summary>
    public long Now => Machine.Now;

    /// <summary>The device as its driver claims it.</summary>
    public PretendPciDevice Pci => field ??= ToPci();

    /// <summary>Where it lives.</summary>
    protected SimulatedMachine Machine { get; }

    /// <summary>Whether it does what is asked of it.</summary>
    protected abstract bool IsWorking { get; }

    /// <summary>Requests that it has and has not answered.</summary>
    protected int UnderWay { get; private set; }

    /// <summary>Somebody else resets it.</summary>
    public void ResetBySurprise() => Forget();

    /// <summary>Its driver has ended: the device manager resets it for the next one.</summary>
    public void ResetForNextDriver()
    {
        Driver = null;
        interrupts.Forget();
        Forget();
    }

    /// <summary>It says that it needs a reset.</summary>
    public abstract void AskForReset();

    protected sealed override ulong Read(long offset, int size) =>
        IsGone ? ulong.MaxValue >> (64 - size * 8) : ReadRegister(offset, size);

    protected sealed override void Write(long offset, int size, ulong value)
    {
        if (!IsGone)
        {
            WriteRegister(offset, size, value);
        }
    }

    protected abstract ulong ReadRegister(long offset, int size);

    protected abstract void WriteRegister(long offset, int size, ulong value);

    /// <summary>What it is, and where its registers are.</summary>
    protected abstract (PciIdentity Identity, PciBars Bars, byte[] Configuration) Describe();

    /// <summary>The registers behind a base address register.</summary>
    protected virtual Drivers.Registers.RegisterWindow WindowOf(int bar) => this;

    /// <summary>Does no more of what it has begun.</summary>
    protected void Drop()
    {
        life++;
        UnderWay = 0;
    }

    /// <summary>Of what it had before a reset it knows nothing.</summary>
    protected virtual void Forget() => Drop();

    /// <summary>It has got a request: in a while, unless it is reset before, its fate is decided and the end follows.</summary>
    protected void Begin(PretendRequest request, Action<Fate> end)
    {
        Begun.Add(request);
        IsParked = request.Operation == DiskOperation.Park;
        UnderWay++;
        MostUnderWay = Math.Max(MostUnderWay, UnderWay);
        Later(() =>
        {
            Fate fate = Judge(request);
            if (fate != Fate.Forgotten)
            {
                UnderWay--;
                end(fate);
            }
        });
    }

    /// <summary>Does something after a time, unless it is reset before.</summary>
    protected void Later(Action action)
    {
        int begunIn = life;
        Machine.After(
            random.Next(LongestTime),
            () =>
            {
                if (life == begunIn && IsWorking && !IsGone)
                {
                    action();
                }
            }
        );
    }

    /// <summary>Memory as it reaches it.</summary>
    /// <exception cref="InvalidOperationException">It may not.</exception>
    protected Span<byte> Memory(ulong address, int length) =>
        Pci.IsBusMaster
            ? Machine.Memory.At(address, length)
            : throw new InvalidOperationException("A device that is kept from memory touched it.");

    /// <summary>Brings a request's data from the medium to memory or back.</summary>
    /// <param name="request">The request.</param>
    /// <param name="pieces">The memory.</param>
    protected void Move(
        PretendRequest request,
        params IEnumerable<(ulong Address, int Length)> pieces
    )
    {
        int at = (int)request.Sector * SectorSize;
        foreach ((ulong address, int length) in pieces)
        {
            Span<byte> medium = Contents.AsSpan(at, length);
            Span<byte> memory = Memory(address, length);
            if (request.Operation == DiskOperation.Read)
            {
                medium.CopyTo(memory);
            }
            else
            {
                memory.CopyTo(medium);
            }
            at += length;
        }
        if (at != (int)request.Sector * SectorSize + request.Length)
        {
            throw new InvalidOperationException(
                $"The memory of a request has {at - request.Sector * SectorSize} bytes, not {request.Length}."
            );
        }
    }

    /// <summary>The specification asks this of drivers.</summary>
    protected static void Demand(bool isSo, string what)
    {
        if (!isSo)
        {
            throw new InvalidOperationException($"The driver has done what it must not: {what}.");
        }
    }

    // What the machine does to an instance that sleeps: it notices an event.
    protected void Ring(int message)
    {
        interrupts.Ring(message);
        Driver?.Platform.Ring(-1);
    }

    private PretendPciDevice ToPci()
    {
        (PciIdentity identity, PciBars bars, byte[] configuration) = Describe();
        DeviceRecord record = default(DeviceRecord) with { Identity = identity, Bars = bars };
        return new PretendPciDevice(record, configuration, WindowOf, interrupts);
    }
}
