using System.Threading;
using Cosmos.Multikernel.Abi;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Tracing;

namespace Cosmos.Multikernel.CpuDriver.Endpoints;

/// <summary>Waking another core, and what this core does when woken.</summary>
public static unsafe class Doorbells
{
    /// <summary>Doorbell interrupts served.</summary>
    public static ulong Received { get; private set; }

    /// <summary>Rings for the link between the CPU drivers.</summary>
    public static void RingLink(uint core)
    {
        Volatile.Write(ref Crossroads.Line(core, ThisCore.Index)->LinkRung, 1);
        Interrupt(core);
    }

    /// <summary>Rings for a channel, named by the handle it has on the other core.</summary>
    public static void RingChannel(uint core, uint handle)
    {
        Interlocked.Or(
            ref Crossroads.Line(core, ThisCore.Index)->ChannelsRung,
            1ul << (int)(handle % 64)
        );
        Interrupt(core);
    }

    /// <summary>Some core rang this one.</summary>
    public static void OnInterrupt()
    {
        Received++;
        CoreTrace.Record(CoreTraceKind.Doorbell);
        LookAround();
    }

    /// <summary>
    /// Looks at the lines of those that rang. Once without an interrupt, when this core's instances are there: what was sent to
    /// it while its local APIC was off is lost (Intel SDM volume 3A, section 11.4.7.2), and nobody interrupts it for a second
    /// bit of a summary that it does not take.
    /// </summary>
    public static void LookAround()
    {
        for (uint word = 0; word < Crossroads.SummaryWords; word++)
        {
            ulong senders = Crossroads.TakeSummary(word);
            while (senders != 0)
            {
                int bit = System.Numerics.BitOperations.TrailingZeroCount(senders);
                senders &= senders - 1;
                Serve(word * 64 + (uint)bit);
            }
        }
    }

    // MarkRung's locked instruction orders the line's bits before the summary's: a receiver that takes the summary bit sees
    // what it is about. A bit set after the receiver took it makes the word zero to non-zero again: a new interrupt.
    private static void Interrupt(uint core)
    {
        if (Crossroads.MarkRung(core))
        {
            LocalApic.SendDoorbell(ThisCore.Boot->Cores[core].ApicId);
        }
    }

    private static void Serve(uint sender)
    {
        CrossroadsLine* line = Crossroads.Line(ThisCore.Index, sender);
        if (
            Volatile.Read(ref line->LinkRung) != 0
            && Interlocked.Exchange(ref line->LinkRung, 0) != 0
        )
        {
            Links.OnRung(sender);
        }
        ulong channels =
            Volatile.Read(ref line->ChannelsRung) == 0
                ? 0
                : Interlocked.Exchange(ref line->ChannelsRung, 0);
        if (channels != 0)
        {
            ChannelTable.OnRung(sender, channels);
        }
    }
}
