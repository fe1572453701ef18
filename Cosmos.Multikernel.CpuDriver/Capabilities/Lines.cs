using System.Numerics;
using Cosmos.Multikernel.CpuDriver.Console;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Endpoints;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Capabilities;

/// <summary>
/// The interrupt lines, on the core that has the I/O APICs: for each line which cores want it, which must still answer, and which
/// could not be told yet. One bit for each core.
/// </summary>
internal static unsafe class Lines
{
    private struct Line
    {
        public LineMode Mode;
        public bool IsOpen;
        public bool IsMasked;
    }

    // For each line: its state, then three sets of cores.
    private static Line* s_lines;
    private static ulong* s_sets;
    private static ulong s_untold;

    private static uint Words => (ThisCore.Count + 63) / 64;

    public static bool TryStart()
    {
        uint count = DeviceInterrupts.LineCount;
        s_lines = (Line*)Allocate(count * (ulong)sizeof(Line));
        s_sets = (ulong*)Allocate((ulong)count * 3 * Words * sizeof(ulong));
        return s_lines != null && s_sets != null;
    }

    /// <summary>Whether an instance wants to be told.</summary>
    public static bool IsOpen(uint number) => s_lines[number].IsOpen;

    public static void Silence(uint number)
    {
        Line* line = s_lines + number;
        if (line->IsOpen && (line->Mode & LineMode.Level) != 0)
        {
            IoApics.Mask(number);
            line->IsMasked = true;
        }
    }

    /// <summary>Tells those who want the line; false when it is nobody's.</summary>
    public static bool OnInterrupt(uint number)
    {
        if (!s_lines[number].IsOpen)
        {
            return false;
        }
        for (uint word = 0; word < Words; word++)
        {
            MustTell(number, word, Wanting(number)[word]);
        }
        for (uint core = 0; core < ThisCore.Count; core++)
        {
            if (Has(Untold(number), core))
            {
                TryTell(number, core);
            }
        }
        return true;
    }

    public static void OnNews(uint core, LineNews* news)
    {
        uint number = news->Line;
        Line* line = s_lines + number;
        switch (news->Verb)
        {
            case LineVerb.Subscribe:
                Set(Wanting(number), core);
                if (!line->IsOpen)
                {
                    line->IsOpen = true;
                    line->IsMasked = false;
                    line->Mode = news->Mode;
                    IoApics.Open(number, news->Mode);
                }
                // The device may have asked before now, when nobody heard: edges are lost then, and in QEMU levels, too.
                MustTell(number, core / 64, 1ul << (int)(core % 64));
                TryTell(number, core);
                break;
            case LineVerb.Unsubscribe:
                Clear(Wanting(number), core);
                if (Has(Untold(number), core))
                {
                    Clear(Untold(number), core);
                    s_untold--;
                }
                Clear(Answering(number), core);
                if (IsEmpty(Wanting(number)))
                {
                    line->IsOpen = false;
                    IoApics.Mask(number);
                    ConsoleService.TakeKeyboard(number);
                }
                break;
            case LineVerb.Acknowledge:
                Clear(Answering(number), core);
                break;
        }
        if (line->IsOpen && line->IsMasked && IsEmpty(Answering(number)))
        {
            line->IsMasked = false;
            IoApics.Unmask(number);
        }
    }

    public static void SendPending(uint core)
    {
        for (uint number = 0; s_untold != 0 && number < DeviceInterrupts.LineCount; number++)
        {
            if (Has(Untold(number), core) && !TryTell(number, core))
            {
                return;
            }
        }
    }

    // Those who are told while the line is masked must answer.
    private static void MustTell(uint number, uint word, ulong cores)
    {
        s_untold += (uint)BitOperations.PopCount(cores & ~Untold(number)[word]);
        Untold(number)[word] |= cores;
        if (s_lines[number].IsMasked)
        {
            Answering(number)[word] |= cores;
        }
    }

    private static bool TryTell(uint number, uint core)
    {
        if (core == ThisCore.Index)
        {
            // Off the list first: an answer can come before this returns.
            Clear(Untold(number), core);
            s_untold--;
            LineBindings.OnRaised(number);
            return true;
        }
        LineNews news = default;
        news.Kind = LinkMessageKind.Line;
        news.Line = number;
        news.Verb = LineVerb.Raised;
        if (!Links.TrySendShort(core, (byte*)&news, (uint)sizeof(LineNews)))
        {
            return false;
        }
        Clear(Untold(number), core);
        s_untold--;
        return true;
    }

    private static ulong* Wanting(uint number) => s_sets + number * 3 * Words;

    private static ulong* Answering(uint number) => Wanting(number) + Words;

    private static ulong* Untold(uint number) => Wanting(number) + 2 * Words;

    private static bool Has(ulong* set, uint core) => (set[core / 64] >> (int)(core % 64) & 1) != 0;

    private static void Set(ulong* set, uint core) => set[core / 64] |= 1ul << (int)(core % 64);

    private static void Clear(ulong* set, uint core) =>
        set[core / 64] &= ~(1ul << (int)(core % 64));

    private static bool IsEmpty(ulong* set)
    {
        for (uint word = 0; word < Words; word++)
        {
            if (set[word] != 0)
            {
                return false;
            }
        }
        return true;
    }

    private static byte* Allocate(ulong bytes)
    {
        uint frames = (uint)(bytes / FrameAllocator.FrameSize) + 1;
        ulong run = Frames.AllocateRun(frames);
        if (run == FrameAllocator.None)
        {
            return null;
        }
        Bytes.Clear(DirectMap.At(run), frames * FrameAllocator.FrameSize);
        return DirectMap.At(run);
    }
}
