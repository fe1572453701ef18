// Where a core begins after the start-up interrupt: in real mode, in the page that the interrupt's vector names
// (Intel SDM volume 3A, section 10.4.4). Copied to #Page before the first start.
//
// A late core cannot do harm: a slot is claimed by exchanging the ticket with 0, and a core that finds 0 halts for good.

use "../Boot/Boot.xs"
use "Park.xs"

namespace Trampoline

shared const Page = $8000
const ProtectedMode = 1

bits 16
section .trampoline align 16
org #Page

naked function Begin {
    cli
    cld
    AX = CS
    AX = 0
    DS = AX
    ES = AX
    SS = AX
    EAX = 0
    EAX <-> .Ticket
    if EAX = 0 goto Refused
    EBP = EAX
    lgdt .GdtPointer
    EAX = CR0
    EAX | #ProtectedMode
    CR0 = EAX
    goto $08:Protected as dword
Refused:
    loop {
        cli
        hlt
    }
}

bits 32
naked function Protected {
    AX = $10
    DS = AX
    ES = AX
    SS = AX

    // The slot: number EBP - 1 of the table.
    EBP--
    EBP * #Park.ParkingSlot.Size
    EBP + .Slots

    // This core's APIC identifier: 32 bits from CPUID leaf 0Bh where there is one, else 8 bits from leaf 1.
    EAX = 0
    cpuid
    EDI = 0
    if EAX >= $0B {
        EAX = $0B
        ECX = 0
        cpuid
        if EBX != 0 {
            EDI = 1
        }
    }
    if EDI = 0 {
        EAX = 1
        cpuid
        EBX >> 24
        EDX = EBX
    }
    [EBP + #Park.ParkingSlot.ApicId] = EDX

    // The same steps into long mode as Boot.Start, with the control registers that it arrived at.
    EAX = .Root
    CR3 = EAX
    EAX = .Control4
    CR4 = EAX
    ECX = $C000_0080
    rdmsr
    EAX = .Features
    wrmsr
    EAX = .Control0
    CR0 = EAX
    goto $18:Long
}

bits 64
naked function Long {
    EAX = 0
    DS = AX
    ES = AX
    SS = AX
    FS = AX
    GS = AX
    EDI = EBP
    // Announced only now: from here on nothing in this page is needed any more.
    [RDI + #Park.ParkingSlot.Arrived] = 1 as dword
    RAX = absolute @.Park.Wait
    goto RAX
}

align 8
Gdt:
    data qword 0
    data qword $00CF_9A00_0000_FFFF
    data qword $00CF_9200_0000_FFFF
    data qword $00AF_9A00_0000_FFFF
GdtPointer:
    data word 31
    data dword @.Gdt

align 8
// Filled in by the bootstrap processor in the copy (Cores/BringUp.cs, same order).
Parameters:
Ticket:
    data dword 0
Slots:
    data dword 0
Root:
    data dword 0
Control0:
    data dword 0
Control4:
    data dword 0
Features:
    data dword 0
End:
