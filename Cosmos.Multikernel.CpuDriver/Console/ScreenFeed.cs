// The console's text on its way to the screen: on the console core only.
//
// Principles
// - The last stretch of all that the console showed is kept, whoever shows it. Who takes the screen over, a console driver
//   or its next life or (when that is gone) the CPU driver's own screen, begins with what is kept: no screen is ever stale.
// - Nobody waits for the screen. A driver that falls further behind than what is kept loses the oldest, and the screen says how
//   much; the serial line gets everything.
// - What a driver has not taken yet is bounded (Window), so its core always has a place for what comes, and other messages
//   never wait behind text.

using Cosmos.Multikernel.CpuDriver.Capabilities;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Endpoints;
using Cosmos.Multikernel.CpuDriver.Memory;
using Cosmos.Multikernel.CpuDriver.Traps;

namespace Cosmos.Multikernel.CpuDriver.Console;

public static unsafe class ScreenFeed
{
    /// <summary>Bytes that are kept.</summary>
    public const uint Capacity = 1 << 16;

    /// <summary>Bytes that a driver's core may have and the driver not.</summary>
    public const uint Window = 8192;

    // What the CPU driver's own screen begins with: all that its cells can show, and some for colours.
    private const uint OwnStart = TextScreen.Columns * TextScreen.Rows * 2;
    private const int NoteBytes = (int)ScreenText.MostBytes;
    private const byte Cancel = 0x18;

    private struct Note
    {
        public fixed byte Text[NoteBytes];
        public uint Length;
    }

    // Running counts of bytes: what was shown, and how much of it the driver's core was sent.
    private static byte* s_kept;
    private static ulong s_end;
    private static ulong s_next;

    // Of the present driver: where it is, which of that core's it is, and what it was sent and took.
    private static uint s_core;
    private static ushort s_session;
    private static ulong s_attachedAt;
    private static uint s_sent;
    private static uint s_taken;
    private static Note s_note;

    /// <summary>Whether a console driver has the screen.</summary>
    public static bool IsAttached { get; private set; }

    /// <summary>Begins with what the boot phase said.</summary>
    public static void Start()
    {
        ulong run = Frames.AllocateRun((uint)(Capacity / FrameAllocator.FrameSize));
        if (run == FrameAllocator.None)
        {
            Panic.Stop("no memory for the console's text"u8);
        }
        s_kept = DirectMap.At(run);
        TextScreen.Start(in ThisCore.Boot->Screen);
        Add(ThisCore.Boot->Said, ThisCore.Boot->SaidBytes);
    }

    /// <summary>Shows text.</summary>
    public static void Add(byte* text, uint length)
    {
        for (uint i = 0; i < length; i++)
        {
            s_kept[s_end++ % Capacity] = text[i];
            TextScreen.Write(text[i]);
        }
        TextScreen.ShowCursor();
        Pump();
    }

    /// <summary>A driver's core says something.</summary>
    public static void OnNews(uint core, ScreenNews* news)
    {
        bool isPresent = IsAttached && core == s_core && news->Session == s_session;
        switch (news->Verb)
        {
            case ScreenVerb.Attach:
                Attach(core, news);
                break;
            case ScreenVerb.Detach when isPresent:
                Detach();
                break;
            case ScreenVerb.Taken when isPresent:
                s_taken = news->Taken;
                break;
        }
        Pump();
    }

    /// <summary>Sends the driver what it can take.</summary>
    public static void Pump()
    {
        while (IsAttached && Window - (s_sent - s_taken) >= ScreenText.MostBytes)
        {
            SkipLost();
            ScreenText message = default;
            message.Kind = LinkMessageKind.ScreenText;
            message.Session = s_session;
            message.IsKept = s_next < s_attachedAt ? (ushort)1 : (ushort)0;
            bool isNote = s_note.Length != 0;
            uint length = isNote ? CopyNote(&message) : CopyKept(&message);
            if (length == 0 || !TrySend(&message, length))
            {
                return;
            }
            s_sent += length;
            if (isNote)
            {
                s_note.Length = 0;
            }
            else
            {
                s_next += length;
            }
        }
    }

    private static void Attach(uint core, ScreenNews* news)
    {
        IsAttached = true;
        s_core = core;
        s_session = news->Session;
        s_sent = 0;
        s_taken = 0;
        s_note.Length = 0;
        s_next = LineBefore(Capacity);
        s_attachedAt = s_end;
        TextScreen.Stop();
        InstanceInput.Resize(news->Columns, news->Rows);
    }

    private static void Detach()
    {
        IsAttached = false;
        TextScreen.Start(in ThisCore.Boot->Screen);
        for (ulong at = LineBefore(OwnStart); at != s_end; at++)
        {
            TextScreen.Write(s_kept[at % Capacity]);
        }
        TextScreen.ShowCursor();
        InstanceInput.Resize(TextScreen.Columns, TextScreen.Rows);
    }

    // The start of a line so many bytes before the end, or a little later.
    private static ulong LineBefore(uint bytes)
    {
        if (s_end <= bytes)
        {
            return 0;
        }
        ulong at = s_end - bytes;
        while (at != s_end && s_kept[at++ % Capacity] != '\n') { }
        return at;
    }

    // What was overwritten before the driver's core got it. A sequence may be cut: the first byte of the note abandons it.
    private static void SkipLost()
    {
        if (s_end - s_next <= Capacity)
        {
            return;
        }
        ulong from = s_next;
        s_next = LineBefore(Capacity);
        fixed (byte* text = s_note.Text)
        {
            TextBuilder builder = new(text, NoteBytes);
            builder.Byte(Cancel);
            builder.Text("\n[...] "u8);
            builder.Decimal(s_next - from);
            builder.Text(" bytes not shown\n"u8);
            s_note.Length = builder.Length;
        }
    }

    private static uint CopyNote(ScreenText* message)
    {
        for (uint i = 0; i < s_note.Length; i++)
        {
            message->Text[i] = s_note.Text[i];
        }
        return s_note.Length;
    }

    private static uint CopyKept(ScreenText* message)
    {
        // A message has either text that was kept or new text.
        ulong end = s_next < s_attachedAt ? s_attachedAt : s_end;
        uint length = (uint)System.Math.Min(end - s_next, ScreenText.MostBytes);
        for (uint i = 0; i < length; i++)
        {
            message->Text[i] = s_kept[(s_next + i) % Capacity];
        }
        return length;
    }

    private static bool TrySend(ScreenText* message, uint length)
    {
        if (s_core == ThisCore.Index)
        {
            HeldConsole.OnText(message, length);
            return true;
        }
        return Links.TrySendShort(s_core, (byte*)message, ScreenText.HeaderBytes + length);
    }
}
