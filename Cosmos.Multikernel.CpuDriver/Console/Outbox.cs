// This core's text on its way to the console core: records (a line, or a piece of the console instance's output), each of
// which arrives whole. On the console core itself they go to the devices; elsewhere over the link.
//
// A full outbox never loses an instance's output: the writing thread waits. The CPU driver's own lines cannot wait; when
// one finds no room it is counted, and the next line that finds some says how many are missing.

using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Endpoints;

namespace Cosmos.Multikernel.CpuDriver.Console;

public static unsafe class Outbox
{
    /// <summary>Longest record.</summary>
    public const uint MaximumRecord = 512;

    private const uint HeaderBytes = 2;
    private const int NoteBytes = 64;

    private static ByteQueue s_records;
    private static bool s_running;
    private static uint s_missing;

    // The record being sent over the link: kind and text, and how much of the queue it came from.
    private struct Message
    {
        public uint Kind;
        public fixed byte Text[(int)MaximumRecord];
    }

    private static Message s_message;
    private static uint s_messageBytes;

    /// <summary>Called once the link (or the device) is ready; until then lines go straight to the devices.</summary>
    public static void Start() => s_running = true;

    /// <summary>Whether a record of so many bytes finds room now.</summary>
    public static bool HasRoom(uint length) => s_records.Room >= length + HeaderBytes;

    /// <summary>Posts a record if there is room.</summary>
    /// <param name="text">The bytes; copied.</param>
    /// <param name="length">At most <see cref="MaximumRecord"/>.</param>
    public static bool TryPost(byte* text, uint length)
    {
        if (!HasRoom(length))
        {
            return false;
        }
        s_records.Add((byte)length);
        s_records.Add((byte)(length >> 8));
        for (uint i = 0; i < length; i++)
        {
            s_records.Add(text[i]);
        }
        Pump();
        return true;
    }

    /// <summary>Posts a line of the CPU driver's own, or counts it as missing.</summary>
    public static void PostAlways(byte* text, uint length)
    {
        if (!s_running)
        {
            for (uint i = 0; i < length; i++)
            {
                BootConsole.Write(text[i]);
            }
            return;
        }
        if (s_missing != 0 && HasRoom(MaximumRecord))
        {
            uint missing = s_missing;
            s_missing = 0;
            byte* note = stackalloc byte[NoteBytes];
            TextBuilder builder = new(note, NoteBytes);
            builder.Text("[...] "u8);
            builder.Decimal(missing);
            builder.Text(" lines lost: the console was full\n"u8);
            TryPost(note, builder.Length);
        }
        if (!TryPost(text, length))
        {
            s_missing++;
        }
    }

    /// <summary>Moves records on as far as device or link take them. Called whenever either has room again.</summary>
    public static void Pump()
    {
        bool moved = false;
        while (s_messageBytes != 0 || !s_records.IsEmpty)
        {
            if (s_messageBytes == 0)
            {
                TakeRecord();
            }
            fixed (Message* message = &s_message)
            {
                bool sent =
                    ThisCore.Index == ThisCore.Boot->ConsoleCore
                        ? ConsoleDevice.TryWrite(message->Text, s_messageBytes - sizeof(uint))
                        : Links.TrySend(ThisCore.Boot->ConsoleCore, (byte*)message, s_messageBytes);
                if (!sent)
                {
                    break;
                }
            }
            s_messageBytes = 0;
            moved = true;
        }
        if (moved)
        {
            InstanceOutput.OnRoom();
        }
    }

    private static void TakeRecord()
    {
        uint length = s_records.Take();
        length |= (uint)s_records.Take() << 8;
        s_message.Kind = (uint)LinkMessageKind.Text;
        for (uint i = 0; i < length; i++)
        {
            s_message.Text[i] = s_records.Take();
        }
        s_messageBytes = length + sizeof(uint);
    }
}
