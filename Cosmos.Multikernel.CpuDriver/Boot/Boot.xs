// Power-on to C#: what runs between GRUB's jump (32-bit protected mode, paging off) and Boot.BootMain.
//
// - Runs once, on the bootstrap processor, at the low addresses it is loaded at; reaches the image's variables by
//   subtracting #Base, for nothing is mapped yet.
// - Builds the boot page tables: the first 4 GB at 0 and in the direct map, the first 1 GB at -2 GB (the image). They are
//   used until each core enters tables of its own and are never used again.
// - Copies the image's .data aside before any C# code can change it: every core gets its private copy from that.
//
// Multiboot2 specification 2.0, sections 3.1 (header) and 3.3 (machine state).

use "../Cores/Park.xs"

namespace Boot

const Base = $FFFF_FFFF_8000_0000
const HeaderMagic = $E852_50D6
const PresentWritable = 3
const PresentWritableLarge = $83
const LargePage = $20_0000

extern ImageDataStart
extern ImageDataEnd
extern ImagePristineStart
extern BootMain

section .multiboot align 8
Header:
    data dword #HeaderMagic, 0, @.HeaderEnd - @.Header
    data dword 0 - (#HeaderMagic + (@.HeaderEnd - @.Header))
    // Module alignment tag: modules start on page boundaries, so that their frames can be mapped as they are.
    data word 6, 0
    data dword 8
    // Framebuffer tag, optional: of any size. Without it there is no screen under UEFI; a BIOS keeps its text screen, for grub.cfg says so.
    data word 5, 1
    data dword 20, 0, 0, 0, 0
    // End tag.
    data word 0, 0
    data dword 8
HeaderEnd:

section .pages write nobits align 4096
// Root, one table for both the identity and the direct map, one for the image, and four of large pages for 4 GB.
var Root byte[4096] align 4096
var Low byte[4096] align 4096
var High byte[4096] align 4096
var LargePages byte[16384] align 4096
var Stack byte[32768] align 16
StackTop:

section .bootdata align 16
Gdt:
    data qword 0
    data qword $00AF_9A00_0000_FFFF
    data qword $00CF_9200_0000_FFFF
GdtPointer:
    data word 23
    data dword @.Gdt

section .boot exec align 16
bits 32

naked function Start {
    cli
    cld
    ESP = @.StackTop - #Base
    EBP = EAX
    ESI = EBX

    // Long mode: CPUID 80000001h, EDX bit 29 (Intel SDM volume 2A, CPUID).
    EAX = $8000_0000
    cpuid
    if EAX < $8000_0001 goto NoLongMode
    EAX = $8000_0001
    cpuid
    if not EDX & $2000_0000 goto NoLongMode
    EDI = EDX

    EBX = @.LargePages - #Base
    EAX = #PresentWritableLarge
    ECX = 0
    while ECX < 2048 {
        [EBX + ECX*8] = EAX
        EAX + #LargePage
        ECX++
    }

    EBX = @.Low - #Base
    EAX = @.LargePages - #Base + #PresentWritable
    ECX = 0
    while ECX < 4 {
        [EBX + ECX*8] = EAX
        EAX + 4096
        ECX++
    }

    // -2 GB is entry 510 of the last table; the direct map starts at entry 256 of the root.
    EBX = @.High - #Base
    [EBX + 4080] = @.LargePages - #Base + #PresentWritable as dword
    EBX = @.Root - #Base
    [EBX] = @.Low - #Base + #PresentWritable as dword
    [EBX + 2048] = @.Low - #Base + #PresentWritable as dword
    [EBX + 4088] = @.High - #Base + #PresentWritable as dword

    EAX = @.Root - #Base
    CR3 = EAX
    // CR4.PAE; then EFER.LME, and EFER.NXE where CPUID says there is NX (EDX bit 20).
    EAX = CR4
    EAX | $20
    CR4 = EAX
    ECX = $C000_0080
    rdmsr
    EAX | $100
    if EDI & $10_0000 {
        EAX | $800
    }
    wrmsr
    // CR0.PG, CR0.WP, CR0.NE, CR0.MP; CR0.EM off: SSE works from here on with CR4.OSFXSR.
    EAX = CR4
    EAX | $600
    CR4 = EAX
    EAX = CR0
    EAX & $FFFF_FFFB
    EAX | $8001_0022
    CR0 = EAX
    lgdt [@.GdtPointer]
    goto $08:LongMode

NoLongMode:
    // Nothing to talk to yet but the text screen: a red "64" in its corner says that this CPU cannot run 64-bit code.
    [$B8000] = $4F34_4F36 as dword
    loop {
        hlt
    }
}

bits 64
naked function LongMode {
    RAX = absolute @.Enter
    goto RAX
}

section .text exec
naked function Enter {
    EAX = 0
    DS = AX
    ES = AX
    SS = AX
    FS = AX
    GS = AX
    RSP = absolute @.StackTop
    EBX = ESI

    RSI = absolute @.ImageDataStart
    RDI = absolute @.ImagePristineStart
    RCX = absolute @.ImageDataEnd
    RCX - RSI
    rep movsb

    EDI = EBP
    ESI = EBX
    EBP = 0
    call BootMain
    loop {
        cli
        hlt
    }
}
