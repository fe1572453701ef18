using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Endpoints;

namespace Cosmos.Multikernel.CpuDriver.Capabilities;

/// <summary>Frames that nobody holds any more, on the way to the core whose memory they are.</summary>
internal static unsafe class Homecoming
{
    /// <summary>Sends a frame home, which for one of this core is at once; false when the link has no room now.</summary>
    public static bool TrySend(in FrameObject frame)
    {
        if (frame.Home == ThisCore.Index)
        {
            FrameHomes.TakeBack(frame.Ticket, frame.Physical);
            return true;
        }
        FrameReturn message = default;
        message.Kind = LinkMessageKind.FrameReturned;
        message.Ticket = frame.Ticket;
        message.Physical = frame.Physical;
        return Links.TrySendShort(frame.Home, (byte*)&message, (uint)sizeof(FrameReturn));
    }

    /// <summary>Another core sent a frame of ours home.</summary>
    public static void OnReturned(FrameReturn* message) =>
        FrameHomes.TakeBack(message->Ticket, message->Physical);

    /// <summary>Sends what could not be sent to a core before.</summary>
    public static void SendPending(uint core)
    {
        for (Domain* domain = DomainList.First; domain != null; domain = domain->Next)
        {
            CapabilityTable* table = CapabilityTable.Of(domain);
            if (table == null || table->FirstGoingHome == 0)
            {
                continue;
            }
            SendPending(table, core);
            if (table->FirstGoingHome == 0 && domain->State == DomainState.Draining)
            {
                domain->State = DomainState.Ended;
                Reaper.Add(domain);
            }
        }
    }

    private static void SendPending(CapabilityTable* table, uint core)
    {
        uint previous = 0;
        for (uint place = table->FirstGoingHome; place != 0; )
        {
            Capability* capability = table->At(place - 1);
            uint next = capability->Next;
            if (capability->Object.Home != core)
            {
                previous = place;
            }
            else if (!TrySend(in capability->Object))
            {
                // No room for this one is no room for the others.
                return;
            }
            else
            {
                if (previous == 0)
                {
                    table->FirstGoingHome = next;
                }
                else
                {
                    table->At(previous - 1)->Next = next;
                }
                table->Free(place - 1);
            }
            place = next;
        }
    }
}
