using System.Runtime.InteropServices;
using Cosmos.Multikernel.Channels;

namespace Cosmos.Multikernel.Tests.RingModel;

/// <summary>A mistake put in on purpose, to see that the exploration finds it.</summary>
public enum Defect
{
    /// <summary>The ring as it is.</summary>
    None,

    /// <summary>The sender looks at the doorbell without a fence after its stores.</summary>
    RingWithoutFence,

    /// <summary>The doorbell is armed by a plain store.</summary>
    ArmWithoutFence,

    /// <summary>The receiver sleeps without looking at the ring again after arming.</summary>
    SleepWithoutLookingAgain,
}

/// <summary>What an exploration found.</summary>
/// <param name="States">Different states reached.</param>
/// <param name="Failure">Null, or what went wrong and the steps that lead there.</param>
public sealed record Finding(int States, string? Failure);

/// <summary>
/// Runs two ends of a channel through every interleaving of their accesses to shared memory, of store buffers draining and
/// of notifications arriving.
/// </summary>
/// <remarks>
/// Checked in every state: what is received is what was sent next, whole. Checked where nothing can move: both scripts are
/// done, so no wake-up was lost and no full ring stayed full. Sizes are small (a ring of 1 or 2 slots, a handful of
/// messages), which is where wrapping, full rings and sleeping meet soonest.
/// </remarks>
public sealed unsafe class Exploration : IDisposable
{
    private readonly uint slots;
    private readonly int messageLength;
    private readonly Defect defect;
    private readonly int size;
    private readonly byte* memory;

    private Exploration(uint slots, int messageLength, Defect defect)
    {
        this.slots = slots;
        this.messageLength = messageLength;
        this.defect = defect;
        size = (int)RingLayout.BytesFor(slots);
        memory = (byte*)NativeMemory.AlignedAlloc((nuint)size, RingLayout.LineSize);
        NativeMemory.Clear(memory, (nuint)size);
    }

    /// <summary>Explores everything from a fresh channel.</summary>
    /// <param name="slots">Slots of each ring.</param>
    /// <param name="messageLength">Bytes of each message; up to three lines.</param>
    /// <param name="scriptA">What side A does: S sends the next message, R receives one.</param>
    /// <param name="scriptB">What side B does.</param>
    /// <param name="defect">A mistake to put in.</param>
    public static Finding Run(
        uint slots,
        int messageLength,
        string scriptA,
        string scriptB,
        Defect defect = Defect.None
    )
    {
        using Exploration exploration = new(slots, messageLength, defect);
        return exploration.Explore(scriptA, scriptB);
    }

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.AlignedFree(memory);

    private Finding Explore(string scriptA, string scriptB)
    {
        Process a = new()
        {
            Script = scriptA,
            IsA = true,
            Ring = new RingEndpoint(memory, slots, sideA: true),
        };
        Process b = new()
        {
            Script = scriptB,
            IsA = false,
            Ring = new RingEndpoint(memory, slots, sideA: false),
        };
        HashSet<UInt128> seen = [];
        Stack<State> open = new();
        open.Push(new State(Save(), a, b, null, "start"));
        seen.Add(open.Peek().Fingerprint());
        while (open.TryPop(out State? state))
        {
            bool moved = false;
            for (int who = 0; who < 2; who++)
            {
                bool isA = who == 0;
                Process process = isA ? state.A : state.B;
                if (process.NotificationUnderWay)
                {
                    moved = true;
                    Visit(Arrive(state, isA));
                }
                if (process.StoreBuffer.Count != 0)
                {
                    moved = true;
                    Visit(Drain(state, isA));
                }
                if (process.CanStep)
                {
                    moved = true;
                    State next = Step(state, isA, out string? failure);
                    if (failure is not null)
                    {
                        return Failed(next, failure);
                    }
                    Visit(next);
                }
            }
            if (!moved && (state.A.Place != Place.Finished || state.B.Place != Place.Finished))
            {
                return Failed(
                    state,
                    $"Nothing can move: A at {state.A.Place}, B at {state.B.Place}."
                );
            }
        }
        return new Finding(seen.Count, null);

        void Visit(State next)
        {
            if (seen.Add(next.Fingerprint()))
            {
                open.Push(next);
            }
        }

        Finding Failed(State state, string what) =>
            new(
                seen.Count,
                $"{what}{Environment.NewLine}{string.Join(Environment.NewLine, state.Trace())}"
            );
    }

    private byte[] Save() => new Span<byte>(memory, size)[RingLayout.LineSize..].ToArray();

    private void Load(State state) =>
        state.Memory.CopyTo(new Span<byte>(memory, size)[RingLayout.LineSize..]);

    private State Successor(State state, Process a, Process b, string step) =>
        new(Save(), a, b, state, step);

    private State Arrive(State state, bool isA)
    {
        Load(state);
        Process a = isA ? state.A.Clone() : state.A;
        Process b = isA ? state.B : state.B.Clone();
        Process process = isA ? a : b;
        process.NotificationUnderWay = false;
        process.Rung = true;
        return Successor(state, a, b, $"{Name(isA)}: notification arrives");
    }

    private State Drain(State state, bool isA)
    {
        Load(state);
        Process a = isA ? state.A.Clone() : state.A;
        Process b = isA ? state.B : state.B.Clone();
        Process process = isA ? a : b;
        BufferedStore store = process.StoreBuffer[0];
        process.StoreBuffer.RemoveAt(0);
        if (store.Size == sizeof(ulong))
        {
            *(ulong*)(memory + store.Offset) = store.Value;
        }
        else
        {
            *(uint*)(memory + store.Offset) = (uint)store.Value;
        }
        return Successor(
            state,
            a,
            b,
            $"{Name(isA)}: store of {store.Value:X} at {store.Offset:X} becomes visible"
        );
    }

    private State Step(State state, bool isA, out string? failure)
    {
        Load(state);
        Process a = state.A.Clone();
        Process b = state.B.Clone();
        Process process = isA ? a : b;
        Place place = process.Place;
        process.NeedsEmptyBuffer = false;
        failure = Advance(process, isA ? b : a);
        return Successor(
            state,
            a,
            b,
            $"{Name(isA)}: {place} (access {process.Log.Count}), {process.Done} done"
        );
    }

    private static string Name(bool isA) => isA ? "A" : "        B";

    private string? Advance(Process process, Process peer)
    {
        RingEndpoint ring = process.Ring;
        StepContext step = new(memory, process, defect);
        string? failure = null;
        bool finished = false;
        switch (process.Place)
        {
            case Place.Act:
                RingStatus status = default;
                uint length = 0;
                bool sends = process.Sends;
                finished = step.TryRun(() =>
                    status = sends
                        ? Send(ref ring, process)
                        : Receive(ref ring, process, out length)
                );
                if (finished)
                {
                    failure = Outcome(process, sends, status, length);
                }
                break;
            case Place.Flush:
                bool notify = false;
                finished = step.TryRun(() => notify = Flush(ref ring));
                if (finished)
                {
                    peer.NotificationUnderWay |= notify;
                    process.Place =
                        process.MustWait ? Place.ReadEventCount
                        : process.Done == process.Script.Length ? Place.Finished
                        : Place.Act;
                }
                break;
            case Place.ReadEventCount:
                process.Rung = false;
                process.Place = Place.Arm;
                break;
            case Place.Arm:
                bool maySleep = false;
                finished = step.TryRun(() => maySleep = Arm(ref ring, process.Sends));
                if (finished)
                {
                    process.Place = maySleep ? Place.Sleep : Place.Act;
                }
                break;
            default:
                process.Place = Place.Act;
                break;
        }
        if (finished)
        {
            // Counters only grow: left in, they would make every state a new one.
            ring.Counters = default;
            process.Ring = ring;
            process.Log.Clear();
        }
        return failure;
    }

    private string? Outcome(Process process, bool sends, RingStatus status, uint length)
    {
        process.Place = Place.Flush;
        process.MustWait = status is RingStatus.Full or RingStatus.Empty;
        if (process.MustWait)
        {
            return null;
        }
        if (status != RingStatus.Ok)
        {
            return $"{status} from an honest peer.";
        }
        byte expected = process.Number;
        process.Done++;
        if (sends)
        {
            return null;
        }
        ReadOnlySpan<byte> message = process.Buffer.AsSpan(0, (int)length);
        string? failure =
            length == messageLength && !message.ContainsAnyExcept(expected)
                ? null
                : $"Message {expected} arrived as {length} bytes: {Convert.ToHexString(message)}.";
        process.Buffer.AsSpan().Clear();
        return failure;
    }

    private RingStatus Send(ref RingEndpoint ring, Process process)
    {
        byte* message = stackalloc byte[messageLength];
        new Span<byte>(message, messageLength).Fill(process.Number);
        return ring.TrySend(message, (uint)messageLength);
    }

    private static RingStatus Receive(ref RingEndpoint ring, Process process, out uint length)
    {
        fixed (byte* buffer = process.Buffer)
        {
            return ring.TryReceive(buffer, (uint)process.Buffer.Length, out length);
        }
    }

    private static bool Flush(ref RingEndpoint ring)
    {
        if (!ring.OwesDoorbell)
        {
            return false;
        }
        RingDoorbell.FenceBeforeRinging();
        return ring.LookAtDoorbell();
    }

    private bool Arm(ref RingEndpoint ring, bool waitsForRoom)
    {
        if (defect == Defect.SleepWithoutLookingAgain)
        {
            ring.Doorbell.Arm();
            return true;
        }
        return ring.ArmAndRecheck(wantsLines: !waitsForRoom, wantsRoom: waitsForRoom);
    }
}
