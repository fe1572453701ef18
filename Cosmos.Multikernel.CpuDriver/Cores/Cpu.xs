// Instructions that C# has no words for. Called with the System V convention: arguments in RDI, RSI, RDX, RCX; result in RAX.

namespace Cpu
bits 64
section .text exec

naked function Trap {
    ud2
}

function In8 {
    EDX = EDI
    EAX = 0
    AL = Port[DX]
}

function In16 {
    EDX = EDI
    EAX = 0
    AX = Port[DX]
}

function In32 {
    EDX = EDI
    EAX = Port[DX]
}

function Out8 {
    EDX = EDI
    EAX = ESI
    Port[DX] = AL
}

function Out16 {
    EDX = EDI
    EAX = ESI
    Port[DX] = AX
}

function Out32 {
    EDX = EDI
    EAX = ESI
    Port[DX] = EAX
}

function ReadMsr {
    ECX = EDI
    rdmsr
    RDX << 32
    RAX | RDX
}

function WriteMsr {
    ECX = EDI
    RAX = RSI
    RDX = RSI
    RDX >> 32
    wrmsr
}

function ReadCr0 {
    RAX = CR0
}

function ReadCr2 {
    RAX = CR2
}

function ReadCr3 {
    RAX = CR3
}

function WriteCr3 {
    CR3 = RDI
}

function ReadCr4 {
    RAX = CR4
}

function WriteCr4 {
    CR4 = RDI
}

function InvalidatePage {
    invlpg [RDI]
}

// RDI: leaf, RSI: subleaf, RDX: four dwords for EAX, EBX, ECX, EDX.
function Identify {
    R8 = RDX
    R9 = RBX
    EAX = EDI
    ECX = ESI
    cpuid
    [R8] = EAX
    [R8 + 4] = EBX
    [R8 + 8] = ECX
    [R8 + 12] = EDX
    RBX = R9
}

// Ordered behind earlier loads by LFENCE (Intel SDM volume 2B, RDTSC).
function ReadTimestamp {
    lfence
    rdtsc
    RDX << 32
    RAX | RDX
}

// A hardware random number in *RDI; returns 0 when none came.
function ReadRandom {
    EAX = 0
    rdrand RDX
    [RDI] = RDX
    setc AL
}

// Halts until an interrupt has been served. STI takes effect after HLT has begun, so none is missed in between.
function WaitForInterrupt {
    sti
    hlt
    cli
}

naked function HaltForever {
    loop {
        cli
        hlt
    }
}

// RDI: limit and base of the table; RSI: code selector; RDX: data selector.
function LoadGdt {
    lgdt [RDI]
    DS = DX
    ES = DX
    SS = DX
    RAX = @.Reloaded
    +RSI
    +RAX
    RetFar
Reloaded:
}

function LoadIdt {
    lidt [RDI]
}

function LoadTask {
    ltr DI
}

// RDI: the states the operating system enables (XCR0).
function WriteXcr0 {
    ECX = 0
    RAX = RDI
    RDX = RDI
    RDX >> 32
    xsetbv
}

function ReadFrame {
    RAX = RBP
}
