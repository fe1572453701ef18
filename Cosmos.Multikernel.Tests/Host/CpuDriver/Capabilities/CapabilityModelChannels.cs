using System.Text;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.Channels;
using static Cosmos.Multikernel.Abi.MultikernelCall;
using static Cosmos.Multikernel.Tests.Host.CpuDriver.Capabilities.CapabilityModelTests;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver.Capabilities;

/// <content>Channels, what is on its way through them, and the lives of instances.</content>
internal sealed partial class CapabilityModel
{
    // At most so many are under way; the receiver tells after eight what it took.
    private const int Window = 32;
    private const int ToldAfter = 8;

    /// <summary>A frame as it was allocated, and the word that each of its pages begins with.</summary>
    private sealed record Frame(int Home, ulong Start, int Pages)
    {
        public ulong[] Words { get; } = new ulong[Pages];

        public bool Overlaps(Frame other) =>
            Start < other.Start + (ulong)other.Pages * Page
            && other.Start < Start + (ulong)Pages * Page;
    }

    /// <summary>A capability for pages of a frame.</summary>
    private sealed record Held(
        Frame Frame,
        int First,
        int Pages,
        CapabilityRights Rights,
        long Address = 0
    );

    /// <summary>One side of a channel.</summary>
    private sealed class End(ulong handle)
    {
        public ulong Handle => handle;

        public bool IsOpen { get; set; } = true;

        /// <summary>The other side, once it has accepted.</summary>
        public End? Peer { get; set; }

        /// <summary>What was sent to this side; nulls have been claimed.</summary>
        public List<Held?> Incoming { get; } = [];
    }

    private sealed class Instance(int core, string name)
    {
        public int Core => core;

        public string Name => name;

        public nint Domain { get; set; }

        public bool IsAlive { get; set; }

        /// <summary>It ended, and all that it had is gone.</summary>
        public bool MayStart { get; set; } = true;

        public SortedDictionary<ulong, Held> Held { get; } = [];

        public HashSet<ulong> Stale { get; } = [];

        public List<End> Ends { get; } = [];

        public bool Holds(Frame frame) => Held.Values.Any(held => held.Frame == frame);

        public bool CanClaim(Frame frame) =>
            Ends.Any(end => end.Incoming.Any(cargo => cargo?.Frame == frame));

        public override string ToString() => $"{name} on core {core}";
    }

    private readonly Dictionary<ulong, End> offers = [];

    private static void WithEnd(Instance instance, int choice, Action<End> use)
    {
        if (instance.Ends.Count != 0)
        {
            use(instance.Ends[choice % instance.Ends.Count]);
        }
    }

    private unsafe void Connect(Instance from, Instance to)
    {
        if (from.Core == 0 || from.Ends.Count == MostEnds)
        {
            return;
        }
        isQuiet = false;
        ConnectRequest request = new() { Core = (uint)to.Core, Slots = 8 };
        Encoding.ASCII.GetBytes(to.Name, new Span<byte>(request.Name, InstanceName.Size));
        long handle = CoreOf(from).DoFirst(from.Domain, MultikernelCall.Connect, ref request);
        Demand(handle >= 0, $"connecting gave {handle}");
        // The last word of the shared memory says which channel it is.
        long mark = (long)(request.Address + request.Length - sizeof(ulong));
        Demand(CoreOf(from).TryWrite(from.Domain, mark, ++lastChannel), "no channel memory");
        End end = new((ulong)handle);
        from.Ends.Add(end);
        offers.Add(lastChannel, end);
    }

    private bool Accept(Instance instance)
    {
        if (instance.Ends.Count == MostEnds)
        {
            return false;
        }
        AcceptResult accepted = default;
        long handle = CoreOf(instance)
            .DoFirst(instance.Domain, MultikernelCall.Accept, ref accepted);
        if (handle == TryAgain)
        {
            return false;
        }
        isQuiet = false;
        Demand(handle >= 0, $"accepting gave {handle}");
        long mark = (long)(accepted.Address + accepted.Length - sizeof(ulong));
        CoreOf(instance).TryRead(instance.Domain, mark, out ulong number);
        Demand(offers.Remove(number, out End? peer), $"there is no channel {number}");
        End end = new((ulong)handle) { Peer = peer };
        peer!.Peer = end;
        instance.Ends.Add(end);
        return true;
    }

    private void Send(Instance instance, End end, ulong handle, Held held)
    {
        long number = CoreOf(instance).Do(instance.Domain, SendCapability, end.Handle, handle);
        Note(Call.Send, number);
        bool isSole = instance.Held.Values.Count(other => other.Frame == held.Frame) == 1;
        bool isConnected = end.Peer is { IsOpen: true };
        int unclaimed = end.Peer?.Incoming.Count(cargo => cargo != null) ?? 0;
        switch (number)
        {
            case >= 0:
                isQuiet = false;
                Demand(isSole, "a frame with copies or parts was sent");
                Demand(end.Peer != null && number == end.Peer.Incoming.Count, $"number {number}");
                Leave(instance, handle, held);
                // What reaches a side that is gone goes home.
                end.Peer!.Incoming.Add(end.Peer.IsOpen ? held with { Address = 0 } : null);
                return;
            case Busy:
                Demand(!isSole, "a frame was refused that has no copies or parts");
                return;
            case TryAgain:
                Demand(!isQuiet || unclaimed > Window - ToldAfter, "a window is full too early");
                return;
            case BrokenPipe:
                Demand(!isConnected, "the peer of an open channel is gone");
                return;
            default:
                Expect(NotConnected, number, "send");
                Demand(!isConnected || !isQuiet, "a channel is not connected");
                return;
        }
    }

    private void SendMany(Instance instance, End end, int count)
    {
        for (int i = 0; i < count && Allocate(instance, pages: 1); i++)
        {
            (ulong handle, Held held) = instance.Held.First(pair => pair.Value.Frame == frames[^1]);
            Send(instance, end, handle, held);
        }
    }

    private void Claim(Instance instance, End end, int how)
    {
        int number = Choose(end, how);
        long handle = CoreOf(instance)
            .Do(instance.Domain, ClaimCapability, end.Handle, (ulong)number);
        Note(Call.Claim, handle);
        if (Takes(end, number, handle) is { } cargo)
        {
            Enter(instance, handle, cargo);
        }
    }

    private void Discard(Instance instance, End end, int how)
    {
        int number = Choose(end, how);
        long result = CoreOf(instance)
            .Do(instance.Domain, DiscardCapability, end.Handle, (ulong)number);
        Note(Call.Discard, result);
        Takes(end, number, result);
    }

    // Mostly the first one; else any, also one that was claimed and, at the end, one that was never sent.
    private static int Choose(End end, int how)
    {
        int first = end.Incoming.FindIndex(cargo => cargo != null);
        return how % 4 == 0 || first < 0 ? how % (end.Incoming.Count + 1) : first;
    }

    /// <summary>What comes out of an end by an answer, or whether another answer is right.</summary>
    private Held? Takes(End end, int number, long answer)
    {
        Held? cargo = end.Incoming.ElementAtOrDefault(number);
        if (answer >= 0)
        {
            isQuiet = false;
            Demand(cargo != null, $"{number} was taken, but is not there");
            end.Incoming[number] = null;
            return cargo;
        }
        if (cargo != null)
        {
            Expect(TryAgain, answer, "take");
            Demand(!isQuiet, $"{number} does not arrive");
        }
        else if (number < end.Incoming.Count)
        {
            Expect(NoEntry, answer, "taking again");
        }
        else
        {
            Demand(answer is TryAgain or NoEntry, $"taking what was not sent gave {answer}");
        }
        return null;
    }

    private void Close(Instance instance, End end)
    {
        isQuiet = false;
        Expect(0, CoreOf(instance).Do(instance.Domain, MultikernelCall.Close, end.Handle), "close");
        Leave(end);
        instance.Ends.Remove(end);
    }

    // Nobody will claim what was sent to it.
    private static void Leave(End end)
    {
        end.IsOpen = false;
        for (int i = 0; i < end.Incoming.Count; i++)
        {
            end.Incoming[i] = null;
        }
    }

    private void Stop(Instance instance)
    {
        isQuiet = false;
        CoreOf(instance).End(instance.Domain);
        instance.IsAlive = false;
        instance.Held.Clear();
        instance.Stale.Clear();
        instance.Ends.ForEach(Leave);
        instance.Ends.Clear();
    }

    private void Start(Instance instance)
    {
        Demand(CoreOf(instance).Find(instance.Name) == 0, $"{instance} is there still");
        instance.Domain = CoreOf(instance).StartInstance(instance.Name);
        instance.IsAlive = true;
        instance.MayStart = false;
    }

    private void StartAll()
    {
        foreach (Instance instance in instances.Where(instance => !instance.IsAlive))
        {
            Start(instance);
        }
    }

    private void EndRunning()
    {
        foreach (Instance instance in instances.Where(instance => instance.IsAlive))
        {
            Stop(instance);
        }
        Settle();
    }

    private void Deliver(int choice, int messages)
    {
        int count = machine.Cores.Count;
        for (int i = 0; i < count * count && messages > 0; i++)
        {
            int link = (choice + i) % (count * count);
            messages -= machine.Step(link / count, link % count) ? 1 : 0;
        }
    }

    /// <summary>Everything arrives: each frame is now held, can be claimed, or is back.</summary>
    private void Settle()
    {
        machine.Settle();
        isQuiet = true;
        frames.RemoveAll(frame => !IsInUse(frame));
        for (int core = 0; core < machine.Cores.Count; core++)
        {
            ulong[] counts = machine.Cores[core].Counts();
            int expected = frames.Count(frame => frame.Home == core);
            Demand(
                counts[1] == (ulong)expected && counts[2] == 0 && counts[3] == 0,
                $"core {core} has {string.Join(' ', counts)} with {expected} frames out"
            );
        }
        foreach (Instance instance in instances)
        {
            if (!instance.IsAlive)
            {
                instance.MayStart = true;
                continue;
            }
            Compare(instance);
            ulong mistakes = CoreOf(instance).Mistakes(instance.Domain);
            Demand(mistakes == 0, $"{instance} can write to {mistakes} pages of others");
        }
    }
}
