// This core's trace: what only the CPU driver sees of a message's way.
//
// Only with "trace" on the CPU driver's command line; otherwise each place that could be recorded costs one comparison. The
// buffer is filled once: its beginning stays, and its last event counts what did not fit.

using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Tracing;

public static unsafe class CoreTrace
{
    private const uint BufferFrames = 64;
    private const uint Capacity = (uint)(BufferFrames * FrameAllocator.FrameSize / 16);

    private static CoreTraceEvent* s_events;
    private static uint s_count;

    /// <summary>Whether events are recorded.</summary>
    public static bool IsOn => s_events != null;

    /// <summary>Begins to record, if there is memory for it.</summary>
    public static void Start()
    {
        ulong frames = Frames.AllocateRun(BufferFrames);
        if (frames != FrameAllocator.None)
        {
            s_events = (CoreTraceEvent*)DirectMap.At(frames);
        }
    }

    /// <summary>Something happened.</summary>
    public static void Record(CoreTraceKind kind, uint argument = 0)
    {
        if (s_events != null)
        {
            Append(kind, argument);
        }
    }

    /// <summary>The recorded events from one on.</summary>
    /// <param name="first">Its number.</param>
    /// <param name="count">How many there are from there.</param>
    public static CoreTraceEvent* From(ulong first, out ulong count)
    {
        count = first < s_count ? s_count - first : 0;
        return s_events + first;
    }

    private static void Append(CoreTraceKind kind, uint argument)
    {
        if (s_count == Capacity)
        {
            s_events[Capacity - 1].Argument++;
            return;
        }
        CoreTraceEvent* next = s_events + s_count++;
        next->Time = Clock.Monotonic;
        // The last place is not for an event but for the count of those that it and its successors were.
        bool isLast = s_count == Capacity;
        next->Kind = isLast ? CoreTraceKind.Dropped : kind;
        next->Argument = isLast ? 1 : argument;
    }
}
