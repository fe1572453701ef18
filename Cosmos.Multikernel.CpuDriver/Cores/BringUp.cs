// Starts the other processors: INIT, then start-up interrupts (Intel SDM volume 3A, section 9.4.4.1).
//
// All get their INIT first, so the 10 ms that it takes are waited once. Then one at a time: a ticket is laid out, the
// processor is started, takes the ticket, announces itself in the ticket's slot and waits there. A processor that does not
// come in time loses its ticket, is reported and left out; should it come later, it finds no ticket and halts.

using System.Threading;
using Cosmos.Multikernel.CpuDriver.Acpi;
using Cosmos.Multikernel.CpuDriver.Boot;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Cores;

internal static unsafe class BringUp
{
    private const ulong InitTime = 10_000_000;
    private const ulong FirstPatience = 20_000_000;
    private const ulong Patience = 1_000_000_000;
    private const uint NxMsr = 0xc000_0080;

    /// <summary>The words at the trampoline's end that this code fills in (Cores/Trampoline.xs, Parameters).</summary>
    private struct Parameters
    {
        public uint Ticket;
        public uint Slots;
        public uint Root;
        public uint Control0;
        public uint Control4;
        public uint Features;
    }

    /// <summary>Starts all processors that the firmware lists, up to the limit in the boot options.</summary>
    /// <returns>
    /// One slot for each core that is there, in the order of <see cref="BootRecord.Cores"/>, which this fills in. The slot of
    /// the processor that runs this is unused.
    /// </returns>
    public static ParkingSlot* StartAll(
        ref Madt madt,
        ref MemoryMap memory,
        BootRecord* record,
        uint maximum
    )
    {
        uint own = LocalApic.Id;
        uint listed = 0;
        madt.Rewind();
        while (madt.NextProcessor(out _))
        {
            listed++;
        }
        ulong slotBytes = (ulong)(listed + 1) * (ulong)sizeof(ParkingSlot);
        ulong slotsAt = memory.Take(slotBytes, BootTables.InitialEnd);
        ParkingSlot* slots = (ParkingSlot*)DirectMap.At(slotsAt);
        Cpu.MemorySet(slots, 0, slotBytes);
        Parameters* parameters = InstallTrampoline((uint)slotsAt);

        uint wanted = 0;
        madt.Rewind();
        while (madt.NextProcessor(out uint apicId) && wanted < maximum)
        {
            wanted++;
            if (apicId != own)
            {
                LocalApic.SendInit(apicId);
            }
        }
        WaitUntil(Clock.Monotonic + InitTime);

        uint seen = 0;
        bool ownListed = false;
        madt.Rewind();
        while (madt.NextProcessor(out uint apicId) && seen < wanted)
        {
            seen++;
            if (apicId == own)
            {
                ownListed = true;
                record->Cores[record->CoreCount++].ApicId = own;
            }
            else if (TryStart(apicId, record->CoreCount, slots, parameters))
            {
                // Whoever took the ticket is in the slot: a straggler may have come instead of the one called.
                record->Cores[record->CoreCount].ApicId = slots[record->CoreCount].ApicId;
                record->CoreCount++;
            }
            else
            {
                record->AbsentApicIds[record->AbsentCount++] = apicId;
            }
        }
        if (!ownListed)
        {
            // The limit, or a firmware that forgets it, left the processor that we run on out: it takes the last place.
            record->Cores[record->CoreCount++].ApicId = own;
        }
        return slots;
    }

    private static bool TryStart(uint apicId, uint slot, ParkingSlot* slots, Parameters* parameters)
    {
        slots[slot] = default;
        // Release: the slot is clean before it can be claimed.
        Volatile.Write(ref parameters->Ticket, slot + 1);
        LocalApic.SendStartUp(apicId, TrampolineConstants.Page);
        if (!WaitForTicket(parameters, FirstPatience))
        {
            // The second start-up interrupt of the manual's sequence; a processor already running ignores it.
            LocalApic.SendStartUp(apicId, TrampolineConstants.Page);
            WaitForTicket(parameters, Patience);
        }
        if (Interlocked.Exchange(ref parameters->Ticket, 0) != 0)
        {
            return false;
        }
        // Claimed, perhaps in the last moment: it is on its way and must be waited for, or two would share a slot.
        while (Volatile.Read(ref slots[slot].Arrived) == 0) { }
        return true;
    }

    private static bool WaitForTicket(Parameters* parameters, ulong patience)
    {
        ulong deadline = Clock.Monotonic + patience;
        while (Volatile.Read(ref parameters->Ticket) != 0)
        {
            if (Clock.Monotonic > deadline)
            {
                return false;
            }
        }
        return true;
    }

    private static void WaitUntil(ulong time)
    {
        while (Clock.Monotonic < time) { }
    }

    private static Parameters* InstallTrampoline(uint slots)
    {
        ImageLayout* image = ImageLayout.Current;
        ulong length = image->TrampolineEnd - image->TrampolineStart;
        byte* page = DirectMap.At(TrampolineConstants.Page);
        Cpu.MemoryCopy(page, (void*)image->TrampolineStart, length);
        Parameters* parameters = (Parameters*)(page + length - (ulong)sizeof(Parameters));
        parameters->Ticket = 0;
        parameters->Slots = slots;
        parameters->Root = (uint)Cpu.ReadCr3();
        parameters->Control0 = (uint)Cpu.ReadCr0();
        parameters->Control4 = (uint)Cpu.ReadCr4();
        // EFER without LMA, which the processor sets itself.
        parameters->Features = (uint)Cpu.ReadMsr(NxMsr) & ~(1u << 10);
        return parameters;
    }
}
