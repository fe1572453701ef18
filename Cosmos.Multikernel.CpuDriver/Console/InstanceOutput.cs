// What instances write to their standard output and error. The console instance's bytes pass as they are; the others'
// go out in whole lines, tagged with core and name, so that the output of many cores can be told apart.

using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Endpoints;
using Cosmos.Multikernel.CpuDriver.Threads;

namespace Cosmos.Multikernel.CpuDriver.Console;

public static unsafe class InstanceOutput
{
    private const int RecordBytes = InstanceTag.MaximumBytes + DomainEndpoints.LineBytes + 1;

    /// <summary>Threads whose output found no room.</summary>
    private static WaitQueue s_waiting;

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

    /// <summary>Takes as much of the bytes as there is room for.</summary>
    /// <returns>How many were taken; fewer than given means: wait on <see cref="Waiting"/>, then offer the rest.</returns>
    public static ulong Write(Domain* domain, byte* data, ulong length)
    {
        if (domain->IsConsole)
        {
            return WritePlain(data, length);
        }
        DomainEndpoints* endpoints = DomainEndpoints.Of(domain);
        for (ulong i = 0; i < length; i++)
        {
            byte value = data[i];
            bool ends = value == '\n' || endpoints->LineLength == DomainEndpoints.LineBytes;
            if (ends && !TryFlush(domain, endpoints))
            {
                return i;
            }
            if (value != '\n')
            {
                endpoints->Line[endpoints->LineLength++] = value;
            }
        }
        return length;
    }

    /// <summary>Sends an unfinished last line off: the domain ends. A line without room is counted among the missing.</summary>
    public static void Finish(Domain* domain)
    {
        DomainEndpoints* endpoints = DomainEndpoints.Of(domain);
        if (endpoints != null && endpoints->LineLength != 0)
        {
            byte* record = stackalloc byte[RecordBytes];
            Outbox.PostAlways(record, MakeRecord(domain, endpoints, record));
            endpoints->LineLength = 0;
        }
    }

    /// <summary>There is room again.</summary>
    public static void OnRoom() => Scheduler.Wake(Waiting);

    private static ulong WritePlain(byte* data, ulong length)
    {
        ulong taken = 0;
        while (taken < length)
        {
            uint piece = (uint)System.Math.Min(length - taken, Outbox.MaximumRecord);
            if (!Outbox.TryPost(data + taken, piece))
            {
                break;
            }
            taken += piece;
        }
        return taken;
    }

    private static bool TryFlush(Domain* domain, DomainEndpoints* endpoints)
    {
        byte* record = stackalloc byte[RecordBytes];
        if (!Outbox.TryPost(record, MakeRecord(domain, endpoints, record)))
        {
            return false;
        }
        endpoints->LineLength = 0;
        return true;
    }

    private static uint MakeRecord(Domain* domain, DomainEndpoints* endpoints, byte* record)
    {
        TextBuilder builder = new(record, RecordBytes);
        InstanceTag.Write(ref builder, Domain.NameOf(domain), (uint)domain->NameLength);
        builder.Text(" "u8);
        builder.Text(endpoints->Line, (uint)endpoints->LineLength);
        builder.Text("\n"u8);
        return builder.Length;
    }
}
