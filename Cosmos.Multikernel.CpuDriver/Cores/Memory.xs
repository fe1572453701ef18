// Copying and filling memory: for C# (Cores.Cpu) and for the code that ILC generates, which calls these by their C names.
// RDI: destination, RSI: source or value, RDX: bytes. Returns the destination.

bits 64
section .text exec

function memset {
    R8 = RDI
    EAX = SIL
    R9 = $0101_0101_0101_0101
    imul RAX, R9
    RCX = RDX
    RCX >> 3
    rep stosq
    RCX = RDX
    RCX & 7
    rep stosb
    RAX = R8
}

function memcpy {
    RAX = RDI
    RCX = RDX
    RCX >> 3
    rep movsq
    RCX = RDX
    RCX & 7
    rep movsb
}

// Overlapping areas: backwards when the destination begins inside the source.
function memmove {
    RAX = RDI
    RCX = RDI
    RCX - RSI
    if RCX >= RDX goto memcpy
    RDI + RDX
    RSI + RDX
    RDI--
    RSI--
    RCX = RDX
    std
    rep movsb
    cld
}

// What the code that ILC generates for stack buffers compares its canary with. Fixed: there is no secret to keep in ring 0
// from ring 0, only overruns to notice.
section .rodata
align 8
__security_cookie:
    data qword $5EED_C05A_05C0_DE5A
