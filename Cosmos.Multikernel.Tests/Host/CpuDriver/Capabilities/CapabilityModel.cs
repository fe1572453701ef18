// What capability calls must do, said simply: who holds which pages with which rights, and what is on its way through which
// channel. Every call is made on the pretended machine and in the model, and both must agree.
//
// - A frame is held by one domain, or on its way to one, or gone. Its memory is lent to nobody else before it is gone.
// - An answer that depends on how far the messages between the cores got (EAGAIN, ENOTCONN, EPIPE) is one of several. Once all
//   have arrived there is only one.

using Cosmos.Multikernel.Abi;
using static Cosmos.Multikernel.Abi.MultikernelCall;
using static Cosmos.Multikernel.Tests.Host.CpuDriver.Capabilities.CapabilityModelTests;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Capabilities;

/// <summary>Instances of a pretended machine, and what they ought to hold.</summary>
internal sealed partial class CapabilityModel : IDisposable
{
    private const ulong Page = 4096;
    private const int LargePages = 512;

    // So many entries for frames a core has without taking more memory for them.
    private const int MostFrames = 100;
    private const int MostLarge = 2;
    private const int MostEnds = 16;

    private const long BadHandle = -9;
    private const long TryAgain = -11;
    private const long Denied = -13;
    private const long Busy = -16;
    private const long Exists = -17;
    private const long Invalid = -22;
    private const long NoEntry = -2;
    private const long BrokenPipe = -32;
    private const long NotConnected = -107;

    private readonly PretendMachine machine;
    private readonly List<Instance> instances;
    private readonly List<Frame> frames = [];
    private readonly ulong[][] before;
    private ulong lastWord;
    private ulong lastChannel;

    // Whether every message has arrived: then answers do not depend on it.
    private bool isQuiet;

    public CapabilityModel(int cores)
    {
        machine = new PretendMachine(cores);
        // Core 0 has a monitor, whose permission its instances would need to connect: they are connected to.
        instances = [new(0, "m1")];
        for (int core = 1; core < cores; core++)
        {
            instances.Add(new Instance(core, "m1"));
            instances.Add(new Instance(core, "m2"));
        }
        // What cores take once and never give back: entries for frames and channels.
        StartAll();
        foreach (Instance instance in instances)
        {
            Allocate(instance, 1);
            if (instance.Core != 0)
            {
                Connect(instance, instances[0]);
            }
        }
        Settle();
        while (Accept(instances[0])) { }
        before = new ulong[cores][];
        EndRunning();
        for (int core = 0; core < cores; core++)
        {
            before[core] = machine.Cores[core].Counts();
        }
    }

    /// <summary>Answers to calls, 0 for all that are none, and how often each came.</summary>
    public Dictionary<(Call Call, long Answer), int> Answers { get; } = [];

    public void Dispose() => machine.Dispose();

    /// <summary>Begins a run: instances of different cores, and of one, are connected.</summary>
    public void Begin()
    {
        StartAll();
        for (int from = 1; from < instances.Count; from++)
        {
            Connect(instances[from], instances[from / 2]);
        }
        Settle();
        foreach (Instance instance in instances)
        {
            while (Accept(instance)) { }
        }
        Settle();
    }

    public void Perform(Step step)
    {
        Instance instance = instances[step.Who % instances.Count];
        if (step.Call is Call.Deliver or Call.Reap or Call.Settle or Call.Start)
        {
            Move(step, instance);
            return;
        }
        if (!instance.IsAlive)
        {
            return;
        }
        switch (step.Call)
        {
            case Call.Allocate:
                Allocate(instance, 1 + step.How % 4);
                break;
            case Call.AllocateLarge:
                Allocate(instance, LargePages);
                break;
            case Call.Connect:
                Connect(instance, instances[step.What % instances.Count]);
                break;
            case Call.Accept:
                Accept(instance);
                break;
            case Call.Claim:
                WithEnd(instance, step.What, end => Claim(instance, end, step.How));
                break;
            case Call.Discard:
                WithEnd(instance, step.What, end => Discard(instance, end, step.How));
                break;
            case Call.SendMany:
                WithEnd(instance, step.What, end => SendMany(instance, end, 1 + step.How % 12));
                break;
            case Call.Close:
                WithEnd(instance, step.What, end => Close(instance, end));
                break;
            case Call.End:
                Stop(instance);
                return;
            case Call.UseStale:
                UseStale(instance, step);
                break;
            default:
                if (instance.Held.Count != 0)
                {
                    ulong handle = instance.Held.Keys.ElementAt(step.What % instance.Held.Count);
                    Use(instance, handle, instance.Held[handle], step);
                }
                break;
        }
        Compare(instance);
    }

    /// <summary>Ends all instances: everything must be home, and every count as before the run.</summary>
    public void EndAll()
    {
        EndRunning();
        for (int core = 0; core < machine.Cores.Count; core++)
        {
            ulong[] after = machine.Cores[core].Counts();
            Demand(
                after.SequenceEqual(before[core]),
                $"core {core} has {string.Join(' ', after)}, had {string.Join(' ', before[core])}"
            );
        }
    }

    private void Note(Call call, long result)
    {
        (Call, long) answer = (call, Math.Min(result, 0));
        Answers[answer] = Answers.GetValueOrDefault(answer) + 1;
    }

    private PretendMachineCore CoreOf(Instance instance) => machine.Cores[instance.Core];

    private void Move(Step step, Instance instance)
    {
        switch (step.Call)
        {
            case Call.Deliver:
                Deliver(step.What, 1 + step.How % 3);
                break;
            case Call.Reap:
                CoreOf(instance).Reap();
                break;
            case Call.Start:
                if (instance.MayStart)
                {
                    Start(instance);
                }
                break;
            default:
                Settle();
                break;
        }
    }

    private void Use(Instance instance, ulong handle, Held held, Step step)
    {
        switch (step.Call)
        {
            case Call.Mint:
                Mint(instance, handle, held, step.How);
                break;
            case Call.Copy:
                long copy = CoreOf(instance).Do(instance.Domain, CopyCapability, handle);
                Demand(copy > 0, $"a copy gave {copy}");
                Enter(instance, copy, held with { Address = 0 });
                break;
            case Call.Delete:
                Expect(0, CoreOf(instance).Do(instance.Domain, DeleteCapability, handle), "delete");
                Leave(instance, handle, held);
                break;
            case Call.Map:
                // Mostly what it allows.
                Map(
                    instance,
                    handle,
                    held,
                    step.How % 4 == 0 ? (CapabilityRights)(step.How / 4 % 8) : held.Rights
                );
                break;
            case Call.Unmap:
                Expect(
                    held.Address == 0 ? Invalid : 0,
                    CoreOf(instance).Do(instance.Domain, UnmapCapability, handle),
                    "unmap"
                );
                instance.Held[handle] = held with { Address = 0 };
                ExpectUnreachable(instance, held);
                break;
            case Call.Send:
                WithEnd(instance, step.How, end => Send(instance, end, handle, held));
                break;
        }
    }

    private bool Allocate(Instance instance, int pages)
    {
        // Those that are gone, too: they may be out still.
        int ofCore = frames.Count(frame => frame.Home == instance.Core);
        int large = frames.Count(frame => frame.Home == instance.Core && frame.Pages == LargePages);
        if (ofCore == MostFrames || (pages == LargePages && large == MostLarge))
        {
            return false;
        }
        ulong alignment = pages == LargePages ? LargePages * Page : Page;
        long handle = CoreOf(instance)
            .Do(instance.Domain, AllocateFrame, (ulong)pages * Page, alignment);
        Demand(handle > 0, $"allocating {pages} pages gave {handle}");
        CapabilityDescription description = Identify(instance, (ulong)handle);
        Frame frame = new(instance.Core, description.Start, pages);
        Demand(
            frame.Start % alignment == 0
                && frame.Start / PretendMachine.PartitionBytes == (ulong)instance.Core,
            $"a frame at {frame.Start:x}"
        );
        Demand(
            !frames.Any(other => IsInUse(other) && other.Overlaps(frame)),
            $"the memory at {frame.Start:x} is lent twice"
        );
        frames.Add(frame);
        Enter(instance, handle, new Held(frame, 0, pages, CapabilityRights.All));
        return true;
    }

    private void Mint(Instance instance, ulong handle, Held held, int how)
    {
        // Now and then a page before or behind, or a right too many.
        int first = held.First + (how % 9 == 0 ? -1 : how % held.Pages);
        int pages = how / 7 % (held.Pages + 1);
        CapabilityRights rights = (CapabilityRights)(how / 5 % 4);
        MintRequest request = new()
        {
            Type = CapabilityType.Frame,
            Rights = rights,
            Start = held.Frame.Start + (ulong)first * Page,
            Length = (ulong)pages * Page,
        };
        bool isPart = pages != 0 && first >= held.First && first + pages <= held.First + held.Pages;
        long minted = CoreOf(instance).Do(instance.Domain, MintCapability, handle, ref request);
        Note(Call.Mint, minted);
        if (rights == 0 || (rights & ~held.Rights) != 0)
        {
            Expect(Denied, minted, "minting more rights");
        }
        else if (!isPart)
        {
            Expect(Invalid, minted, "minting what is not a part");
        }
        else
        {
            Demand(minted > 0, $"minting gave {minted}");
            Enter(instance, minted, new Held(held.Frame, first, pages, rights));
        }
    }

    private void Map(Instance instance, ulong handle, Held held, CapabilityRights rights)
    {
        PretendMachineCore core = CoreOf(instance);
        long address = core.Do(instance.Domain, MapCapability, handle, (ulong)rights);
        Note(Call.Map, address);
        bool allowed = (rights & CapabilityRights.Read) != 0 && (rights & ~held.Rights) == 0;
        if (!allowed || held.Address != 0)
        {
            Expect(allowed ? Exists : Denied, address, $"mapping with {rights}");
            return;
        }
        Demand(address > 0, $"mapping gave {address}");
        instance.Held[handle] = held with { Address = address };
        for (int page = 0; page < held.Pages; page++)
        {
            long at = address + page * (long)Page;
            bool isRead = core.TryRead(instance.Domain, at, out ulong word);
            ulong expected = held.Frame.Words[held.First + page];
            Demand(isRead && word == expected, $"page {page} has {word}, not {expected}");
            bool isWritten = core.TryWrite(instance.Domain, at, lastWord + 1);
            Demand(
                isWritten == ((rights & CapabilityRights.Write) != 0),
                $"writing with {rights} gave {isWritten}"
            );
            if (isWritten)
            {
                held.Frame.Words[held.First + page] = ++lastWord;
            }
        }
    }

    private void UseStale(Instance instance, Step step)
    {
        // Its own that are gone, and those that others have.
        ulong[] handles =
        [
            .. instance.Stale,
            .. instances.SelectMany(other => other.Held.Keys).Except(instance.Held.Keys),
        ];
        if (handles.Length == 0)
        {
            return;
        }
        ulong handle = handles[step.What % handles.Length];
        PretendMachineCore core = CoreOf(instance);
        MintRequest request = new() { Type = CapabilityType.Frame, Rights = CapabilityRights.Read };
        CapabilityDescription description = default;
        nint domain = instance.Domain;
        Expect(BadHandle, core.Do(domain, IdentifyCapability, handle, ref description), "identify");
        Expect(BadHandle, core.Do(domain, MintCapability, handle, ref request), "mint");
        foreach (
            long call in new[] { CopyCapability, DeleteCapability, MapCapability, UnmapCapability }
        )
        {
            Expect(BadHandle, core.Do(domain, call, handle, 1), $"call {call:x} of a stale handle");
        }
        WithEnd(
            instance,
            step.How,
            end =>
            {
                long sent = core.Do(domain, SendCapability, end.Handle, handle);
                Demand(
                    sent is BadHandle or TryAgain or BrokenPipe or NotConnected,
                    $"sending a stale handle gave {sent}"
                );
            }
        );
    }

    private static void Enter(Instance instance, long handle, Held held)
    {
        Demand(
            !instance.Stale.Contains((ulong)handle) && instance.Held.TryAdd((ulong)handle, held),
            $"handle {handle:x} comes again"
        );
    }

    // A capability is not here any more, and so its mapping is not.
    private void Leave(Instance instance, ulong handle, Held held)
    {
        instance.Held.Remove(handle);
        instance.Stale.Add(handle);
        ExpectUnreachable(instance, held);
    }

    private void ExpectUnreachable(Instance instance, Held held)
    {
        for (int page = 0; held.Address != 0 && page < held.Pages; page++)
        {
            long at = held.Address + page * (long)Page;
            Demand(!CoreOf(instance).TryRead(instance.Domain, at, out _), $"{at:x} can be read");
        }
    }

    private CapabilityDescription Identify(Instance instance, ulong handle)
    {
        CapabilityDescription description = default;
        Expect(
            0,
            CoreOf(instance).Do(instance.Domain, IdentifyCapability, handle, ref description),
            "identify"
        );
        return description;
    }

    /// <summary>An instance has what it should and nothing else.</summary>
    private void Compare(Instance instance)
    {
        HashSet<ulong> found = [];
        PretendMachineCore core = CoreOf(instance);
        for (
            long handle = 0;
            (handle = core.Do(instance.Domain, NextCapability, (ulong)handle)) > 0;

        )
        {
            found.Add((ulong)handle);
            Demand(
                instance.Held.TryGetValue((ulong)handle, out Held? held),
                $"{instance} has {handle:x}"
            );
            CapabilityDescription description = Identify(instance, (ulong)handle);
            CapabilityDescription expected = new()
            {
                Type = CapabilityType.Frame,
                Rights = held!.Rights,
                Home = (uint)held.Frame.Home,
                Start = held.Frame.Start + (ulong)held.First * Page,
                Length = (ulong)held.Pages * Page,
                Address = (ulong)held.Address,
            };
            Demand(description.Equals(expected), $"{instance} has another {handle:x}");
        }
        Demand(found.SetEquals(instance.Held.Keys), $"{instance} has lost a capability");
    }

    // Somebody holds it, or can claim it.
    private bool IsInUse(Frame frame) =>
        instances.Any(instance => instance.Holds(frame) || instance.CanClaim(frame));

    private static void Expect(long expected, long result, string what) =>
        Demand(result == expected, $"{what} gave {result}, not {expected}");

    private static void Demand(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}
