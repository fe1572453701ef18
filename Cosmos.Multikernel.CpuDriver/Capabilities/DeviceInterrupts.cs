// Interrupts of devices, as notifications to the instances that hold them.
//
// - A message (MSI, MSI-X) goes to the core of its driver by itself: a vector of that core is all it takes.
// - A line goes to one core, which alone touches the I/O APICs (two cores could not share their register window without a
//   lock). That core keeps a level-triggered line masked until every core that it told has answered; all of it by link.
// - Who binds a line is told of it once, whether it interrupted or not: what the device asked for before the line was open is not lost.
// - Nothing queues: an interrupt is a bit at each place it passes through.

using Cosmos.Multikernel.CpuDriver.Console;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Endpoints;
using Cosmos.Multikernel.CpuDriver.Traps;

namespace Cosmos.Multikernel.CpuDriver.Capabilities;

public static unsafe class DeviceInterrupts
{
    /// <summary>Lines beyond this have no vector.</summary>
    public const uint MaximumLines = Vector.DeviceEnd - Vector.FirstDevice;

    /// <summary>Interrupts whose vector nobody holds.</summary>
    public static ulong Unexpected { get; private set; }

    /// <summary>Whether this core has the I/O APICs.</summary>
    internal static bool HasLines => ThisCore.Index == LineCore;

    /// <summary>The core that has them: the one that owns the console.</summary>
    internal static uint LineCore => ThisCore.Boot->ConsoleCore;

    /// <summary>Lines that have a vector.</summary>
    internal static uint LineCount =>
        System.Math.Min(ThisCore.Boot->InterruptLineCount, MaximumLines);

    /// <summary>Makes this core's tables.</summary>
    public static void Start()
    {
        if (!LineBindings.TryStart() || (HasLines && !Lines.TryStart()))
        {
            Panic.Stop("no memory for the table of interrupt lines"u8);
        }
        MessageVectors.First = Vector.FirstDevice + (HasLines ? LineCount : 0);
    }

    /// <summary>Before the end of interrupt: a level-triggered line is masked.</summary>
    public static void Silence(uint vector)
    {
        if (IsLine(vector))
        {
            Lines.Silence(vector - Vector.FirstDevice);
        }
    }

    /// <summary>An interrupt came.</summary>
    public static void OnInterrupt(uint vector)
    {
        bool known = IsLine(vector)
            ? ConsoleService.OnInterrupt(vector - Vector.FirstDevice)
                || Lines.OnInterrupt(vector - Vector.FirstDevice)
            : MessageVectors.OnInterrupt(vector);
        Unexpected += known ? 0ul : 1;
    }

    /// <summary>Another core says something about a line.</summary>
    public static void OnNews(uint core, LineNews* news)
    {
        if (news->Line >= LineCount)
        {
            return;
        }
        if (news->Verb == LineVerb.Raised)
        {
            LineBindings.OnRaised(news->Line);
        }
        else if (HasLines)
        {
            Lines.OnNews(core, news);
        }
    }

    /// <summary>Sends what could not be sent to a core before.</summary>
    public static void SendPending(uint core)
    {
        if (HasLines)
        {
            Lines.SendPending(core);
        }
        if (core == LineCore)
        {
            LineBindings.SendPending();
        }
    }

    private static bool IsLine(uint vector) => HasLines && vector - Vector.FirstDevice < LineCount;
}
