// The slots in which started cores wait, and the way into a core's own address space.
//
// A core that has reached long mode announces itself in its slot and waits there; the bootstrap processor, once it knows
// how many cores came, divides the memory among them, builds each one's tables and stack, and lets them all go by
// writing the slot's Root. It goes the same way itself, through Enter: from there on all cores are alike.

namespace Park

// One core's slot. Written by the core: ApicId, then Arrived. Written by the bootstrap processor: Stack and Record, then
// Root, which is what the core waits for (x86 stores are seen in order).
shared struct ParkingSlot {
    ApicId dword
    Arrived dword
    Root qword
    Stack qword
    Record qword
}

extern CoreMain
bits 64
section .text exec

// RDI: this core's slot.
naked function Wait {
    while [RDI + #ParkingSlot.Root] = 0 as qword {
        pause
    }
    RSI = [RDI + #ParkingSlot.Stack]
    RDX = [RDI + #ParkingSlot.Record]
    RDI = [RDI + #ParkingSlot.Root]
    goto Enter
}

// RDI: root of the core's tables, RSI: top of its stack, RDX: its record. Does not return.
naked function Enter {
    CR3 = RDI
    RSP = RSI
    RDI = RDX
    EBP = 0
    call CoreMain
    loop {
        cli
        hlt
    }
}
