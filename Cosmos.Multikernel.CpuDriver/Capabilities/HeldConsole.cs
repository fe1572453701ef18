// The console's stream, in the hands of the instance that shows it: a console driver, on any core. Its text comes from the console
// core (Console/ScreenFeed.cs), which never sends more than there is a place for here; what it types goes there.

using System;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Console;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Endpoints;
using Cosmos.Multikernel.CpuDriver.LinuxAbi;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Capabilities;

internal static unsafe class HeldConsole
{
    // The console core hears of what was taken after so much, so that it goes on before all of it is.
    private const uint TellEvery = ScreenFeed.Window / 4;

    private static Domain* s_owner;
    private static int s_bit;
    private static ulong s_frames;
    private static ByteQueue* s_text;

    // How much of it was kept from before; that comes first.
    private static uint s_kept;

    // Each binding is a session: text of an earlier one may still be on its way.
    private static ushort s_session;
    private static uint s_taken;
    private static uint s_takenTold;

    // What the console core does not know yet, in the order in which it must hear it.
    private static ushort s_ended;
    private static bool s_tellsEnd;
    private static bool s_tellsBegin;
    private static ushort s_columns;
    private static ushort s_rows;

    /// <summary>Whether an instance of this core has the stream.</summary>
    public static bool IsAttached => s_owner != null;

    private static uint FrameCount => (uint)(sizeof(ByteQueue) / (int)FrameAllocator.FrameSize) + 1;

    /// <summary>Gives the stream to a domain.</summary>
    public static long Bind(Domain* domain, ulong handle, ConsoleBinding* binding)
    {
        Capability* capability = CapabilityTable.Find(domain, handle);
        if (capability == null)
        {
            return -Errno.EBADF;
        }
        if (
            capability->Type != CapabilityType.ConsoleStream
            || binding->Columns is 0 or > ConsoleBinding.MostCells
            || binding->Rows is 0 or > ConsoleBinding.MostCells
        )
        {
            return -Errno.EINVAL;
        }
        if (IsAttached)
        {
            return capability->Address != 0 ? -Errno.EEXIST : -Errno.EBUSY;
        }
        int bit = HeldInterrupts.TakeBits(domain, 1);
        if (bit < 0)
        {
            return -Errno.ENOSPC;
        }
        s_frames = Frames.AllocateRun(FrameCount);
        if (s_frames == FrameAllocator.None)
        {
            HeldInterrupts.GiveBits(domain, bit, 1);
            return -Errno.ENOMEM;
        }
        s_text = (ByteQueue*)DirectMap.At(s_frames);
        *s_text = default;
        s_kept = 0;
        s_owner = domain;
        s_bit = bit;
        capability->Address = 1;
        capability->Object.Ticket = (uint)bit;
        binding->Bit = (uint)bit;
        s_session++;
        s_taken = 0;
        s_takenTold = 0;
        s_columns = (ushort)binding->Columns;
        s_rows = (ushort)binding->Rows;
        s_tellsBegin = true;
        SendPending();
        return 0;
    }

    /// <summary>Takes it back.</summary>
    public static void Unbind(Domain* domain, Capability* capability)
    {
        if (capability->Address == 0)
        {
            return;
        }
        HeldInterrupts.GiveBits(domain, (int)capability->Object.Ticket, 1);
        capability->Address = 0;
        capability->Object.Ticket = 0;
        Frames.FreeRun(s_frames, FrameCount);
        s_owner = null;
        if (s_tellsBegin)
        {
            // Nobody heard of it.
            s_tellsBegin = false;
            return;
        }
        s_ended = s_session;
        s_tellsEnd = true;
        SendPending();
    }

    /// <summary>Takes text to show.</summary>
    public static long Read(Domain* domain, ulong handle, ulong address, ulong size)
    {
        long held = Check(domain, handle);
        if (held < 0)
        {
            return held;
        }
        bool isKept = s_kept != 0;
        ulong most = Math.Min(size, isKept ? s_kept : s_text->Count);
        UserWalk walk = new(domain, address, most, Protection.Write);
        while (walk.TryPiece(out byte* bytes, out ulong piece))
        {
            for (ulong i = 0; i < piece; i++)
            {
                bytes[i] = s_text->Take();
            }
            walk.Advance(piece);
        }
        s_taken += (uint)walk.Done;
        s_kept -= isKept ? (uint)walk.Done : 0;
        if (s_taken - s_takenTold >= TellEvery || s_text->IsEmpty)
        {
            SendPending();
        }
        return walk.Result > 0 && isKept ? walk.Result + ConsoleBinding.IsKept : walk.Result;
    }

    /// <summary>Types.</summary>
    public static long Type(Domain* domain, ulong handle, ulong address, ulong size)
    {
        long held = Check(domain, handle);
        if (held < 0)
        {
            return held;
        }
        ScreenText message = default;
        message.Kind = LinkMessageKind.Typed;
        uint length = (uint)Math.Min(size, ScreenText.MostBytes);
        if (!UserMemory.TryRead(domain, message.Text, address, length))
        {
            return -Errno.EFAULT;
        }
        if (ThisCore.Index == ThisCore.Boot->ConsoleCore)
        {
            InstanceInput.Add(message.Text, length);
            return length;
        }
        return Send(&message, ScreenText.HeaderBytes + length) ? length : -Errno.EAGAIN;
    }

    /// <summary>Text came.</summary>
    public static void OnText(ScreenText* message, uint length)
    {
        if (!IsAttached || message->Session != s_session || length > s_text->Room)
        {
            return;
        }
        bool wasEmpty = s_text->IsEmpty;
        for (uint i = 0; i < length; i++)
        {
            s_text->Add(message->Text[i]);
        }
        s_kept += message->IsKept != 0 ? length : 0;
        if (wasEmpty)
        {
            DomainEndpoints.NotifyInterrupt(s_owner, s_bit);
        }
    }

    /// <summary>Tells the console core what it does not know yet.</summary>
    public static void SendPending()
    {
        if (s_tellsEnd)
        {
            s_tellsEnd = !TryTell(ScreenVerb.Detach, s_ended);
        }
        if (s_tellsBegin && !s_tellsEnd)
        {
            // Off before: text can come before this returns.
            s_tellsBegin = false;
            s_tellsBegin = !TryTell(ScreenVerb.Attach, s_session);
        }
        bool isKnown = IsAttached && !s_tellsBegin && !s_tellsEnd;
        if (isKnown && s_taken != s_takenTold)
        {
            uint before = s_takenTold;
            s_takenTold = s_taken;
            if (!TryTell(ScreenVerb.Taken, s_session))
            {
                s_takenTold = before;
            }
        }
    }

    private static long Check(Domain* domain, ulong handle)
    {
        Capability* capability = CapabilityTable.Find(domain, handle);
        return capability == null ? -Errno.EBADF
            : capability->Type != CapabilityType.ConsoleStream || capability->Address == 0
                ? -Errno.EINVAL
            : 0;
    }

    private static bool TryTell(ScreenVerb verb, ushort session)
    {
        ScreenNews news = default;
        news.Kind = LinkMessageKind.ScreenNews;
        news.Verb = verb;
        news.Session = session;
        news.Columns = s_columns;
        news.Rows = s_rows;
        news.Taken = s_taken;
        if (ThisCore.Index == ThisCore.Boot->ConsoleCore)
        {
            ScreenFeed.OnNews(ThisCore.Index, &news);
            return true;
        }
        return Send(&news, (uint)sizeof(ScreenNews));
    }

    private static bool Send(void* message, uint length) =>
        Links.TrySendShort(ThisCore.Boot->ConsoleCore, (byte*)message, length);
}
