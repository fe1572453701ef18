using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.LinuxAbi;
using Cosmos.Multikernel.CpuDriver.Threads;

namespace Cosmos.Multikernel.CpuDriver.Console;

/// <summary>
/// What was typed, on its way to the console instance (which runs on the console core: that is what makes it the console
/// core). Bytes that nobody reads are kept up to the queue's capacity, then new ones are dropped, as a terminal does.
/// </summary>
public static unsafe class InstanceInput
{
    private const ulong TenthOfASecond = 100_000_000;

    private static LineDiscipline s_discipline;
    private static ByteQueue s_typed;
    private static WaitQueue s_waiting;

    /// <summary>The terminal's size, in cells.</summary>
    public static ushort Columns { get; private set; }

    public static ushort Rows { get; private set; }

    /// <summary>Bytes that can be read.</summary>
    public static uint Count => s_typed.Count;

    /// <summary>How the terminal treats what is typed.</summary>
    public static TerminalAttributes Attributes => s_discipline.Attributes;

    /// <summary>Before anything is typed.</summary>
    public static void Start()
    {
        Columns = TextScreen.Columns;
        Rows = TextScreen.Rows;
        Reset();
    }

    /// <summary>For each new instance that gets the console: whatever an earlier one made of the terminal.</summary>
    public static void Reset() => s_discipline.Start();

    /// <summary>The screen has another size; the console's instance is told (SIGWINCH).</summary>
    public static void Resize(ushort columns, ushort rows)
    {
        if (columns == Columns && rows == Rows)
        {
            return;
        }
        Columns = columns;
        Rows = rows;
        SendToConsole(Signal.WindowChange);
    }

    public static void SetAttributes(TerminalAttributes attributes)
    {
        s_discipline.Set(attributes, ref s_typed);
        WakeReaders();
    }

    /// <summary>Forgets what was typed and not read.</summary>
    public static void Drop()
    {
        while (!s_typed.IsEmpty)
        {
            s_typed.Take();
        }
    }

    /// <summary>Threads that wait for input.</summary>
    public static WaitQueue* Waiting
    {
        get
        {
            fixed (WaitQueue* queue = &s_waiting)
            {
                return queue;
            }
        }
    }

    /// <summary>How long a read that finds nothing waits, in nanoseconds, or <see cref="Scheduler.Never"/>.</summary>
    public static ulong Patience =>
        s_discipline.Patience == LineDiscipline.WaitsForever
            ? Scheduler.Never
            : s_discipline.Patience * TenthOfASecond;

    /// <summary>Whether a read would not wait.</summary>
    public static bool IsReady(Domain* domain) =>
        !domain->IsConsole || !s_typed.IsEmpty || s_discipline.EndsInput;

    /// <summary>Bytes were typed.</summary>
    public static void Add(byte* bytes, uint length)
    {
        for (uint i = 0; i < length; i++)
        {
            Add(bytes[i]);
        }
    }

    public static void Add(byte value)
    {
        byte* echo = stackalloc byte[(int)LineDiscipline.MaximumEcho];
        uint count = s_discipline.Take(value, ref s_typed, echo, out int signal);
        if (count != 0)
        {
            // A console that is full shows nothing of what is typed.
            Outbox.TryPost(echo, count);
        }
        if (signal != 0)
        {
            SendToConsole(signal);
        }
        else if (!s_typed.IsEmpty || s_discipline.EndsInput)
        {
            WakeReaders();
        }
    }

    private static void SendToConsole(int signal)
    {
        for (Domain* domain = DomainList.First; domain != null; domain = domain->Next)
        {
            if (domain->IsConsole && domain->State == DomainState.Running)
            {
                Signals.Send(domain, signal);
            }
        }
    }

    private static void WakeReaders()
    {
        Scheduler.Wake(Waiting);
        for (Domain* domain = DomainList.First; domain != null; domain = domain->Next)
        {
            if (domain->IsConsole)
            {
                Scheduler.Wake(FileTable.PollersOf(&domain->Files));
            }
        }
    }

    /// <summary>
    /// Reads what is there: a count of bytes, 0 (end of file) for an instance without the console, or -EAGAIN when the caller
    /// must wait on <see cref="Waiting"/>.
    /// </summary>
    public static long Read(Domain* domain, byte* data, ulong length)
    {
        if (!domain->IsConsole)
        {
            return 0;
        }
        if (length != 0 && s_typed.IsEmpty)
        {
            bool ends = s_discipline.EndsInput;
            s_discipline.EndsInput = false;
            return ends ? 0 : -Errno.EAGAIN;
        }
        // In canonical mode a read ends with the line.
        long count = 0;
        bool ended = false;
        while ((ulong)count < length && !s_typed.IsEmpty && !ended)
        {
            byte value = s_typed.Take();
            data[count++] = value;
            ended = s_discipline.IsCanonical && value == '\n';
        }
        return count;
    }
}
