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

    /// <summary>
    /// Starts the processors that the firmware lists and fills in <see cref="BootRecord.Cores"/>: the one that runs this, and
    /// of the others as many as the limit leaves room for.
    /// </summary>
    /// <returns>The slots; <see cref="CoreDescriptor.Slot"/> says which is whose.</returns>
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
        // One more for a firmware that forgets the processor that it started us on.
        ulong slotBytes = (ulong)(listed + 1) * (ulong)sizeof(ParkingSlot);
        ulong slotsAt = memory.Take(slotBytes, BootTables.InitialEnd);
        if (slotsAt == FrameAllocator.None)
        {
            Traps.Panic.Stop("no memory for the slots that starting processors wait in"u8);
        }
        ParkingSlot* slots = (ParkingSlot*)DirectMap.At(slotsAt);
        Cpu.MemorySet(slots, 0, slotBytes);
        Parameters* parameters = InstallTrampoline((uint)slotsAt);

        uint others = 0;
        madt.Rewind();
        while (madt.NextProcessor(out uint apicId) && others < maximum - 1)
        {
            if (apicId != own)
            {
                others++;
                LocalApic.SendInit(apicId);
            }
        }
        WaitUntil(Clock.Monotonic + InitTime);

        bool ownListed = false;
        uint slot = 0;
        madt.Rewind();
        while (madt.NextProcessor(out uint apicId))
        {
            if (apicId == own)
            {
                ownListed = true;
                AddCore(record, own, slot++);
            }
            else if (others != 0)
            {
                others--;
                if (TryStart(apicId, slots + slot, slot + 1, parameters))
                {
                    // Whoever took the ticket is in the slot: a straggler may have come instead of the one called.
                    AddCore(record, slots[slot].ApicId, slot);
                }
                else
                {
                    record->AbsentApicIds[record->AbsentCount++] = apicId;
                }
                slot++;
            }
        }
        if (!ownListed)
        {
            AddCore(record, own, slot);
        }
        return slots;
    }

    private static void AddCore(BootRecord* record, uint apicId, uint slot)
    {
        CoreDescriptor* core = record->Cores + record->CoreCount++;
        core->ApicId = apicId;
        core->Slot = slot;
    }

    private static bool TryStart(
        uint apicId,
        ParkingSlot* slot,
        uint ticket,
        Parameters* parameters
    )
    {
        // Release: the slot was zeroed before it can be claimed.
        Volatile.Write(ref parameters->Ticket, ticket);
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
        // Claimed, perhaps in the last moment: it is on its way. One that dies on that way is left out, and its slot with it.
        ulong deadline = Clock.Monotonic + Patience;
        while (Volatile.Read(ref slot->Arrived) == 0)
        {
            if (Clock.Monotonic > deadline)
            {
                return false;
            }
        }
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
