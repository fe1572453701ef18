// The library that every instance finds in its address space: what C calls clock_gettime and getcpu, without a system call.
//
// It is a whole ELF image in one page (System V ABI, chapters 4 and 5; Linux man-pages, vdso(7)), which the C library finds
// by the auxiliary vector. Each core copies it and fills in the clock (Vdso.cs). Everything in it is relative to its start.

namespace Vdso

bits 64
section .vdso align 16

shared struct VdsoClock {
    // The timestamp counter's value at time zero.
    Zero qword
    // Nanoseconds for a tick, 32.32 fixed point.
    NanosecondsPerTick qword
    // Nanoseconds from 1970-01-01 UTC to time zero.
    RealtimeAtZero qword
}

const ClockGetTimeCall = 228
const NanosecondsPerSecond = 1_000_000_000

// CLOCK_REALTIME and CLOCK_REALTIME_COARSE; the others counted here are CLOCK_MONOTONIC, _RAW, _COARSE and CLOCK_BOOTTIME.
const RealtimeClock = 0
const RealtimeCoarseClock = 5
const LastClock = 7
const ClocksHere = $F3

Image:
    // 64 bits, little-endian, version 1; a shared object for x86-64.
    data byte $7F, 'ELF', 2, 1, 1
    data byte[9] 0
    data word 3, 62
    data dword 1
    data qword 0, @.ProgramHeaders - @.Image, 0
    data dword 0
    data word 64, 56, 2, 64, 0, 0

ProgramHeaders:
    // PT_LOAD, readable and executable: all of it.
    data dword 1, 5
    data qword 0, 0, 0, @.End - @.Image, @.End - @.Image, 4096
    // PT_DYNAMIC, readable.
    data dword 2, 4
    data qword @.Dynamic - @.Image, @.Dynamic - @.Image, @.Dynamic - @.Image
    data qword @.Hash - @.Dynamic, @.Hash - @.Dynamic, 8

Dynamic:
    // DT_HASH, DT_STRTAB, DT_SYMTAB, DT_STRSZ, DT_SYMENT, DT_SONAME, DT_NULL.
    data qword 4, @.Hash - @.Image
    data qword 5, @.Strings - @.Image
    data qword 6, @.Symbols - @.Image
    data qword 10, @.StringsEnd - @.Strings
    data qword 11, 24
    data qword 14, @.LibraryName - @.Strings
    data qword 0, 0

Hash:
    // One bucket with all symbols: it begins with symbol 1, 2 follows 1, nothing follows 2.
    data dword 1, 3
    data dword 1
    data dword 0, 2, 0

align 8
Symbols:
    data byte[24] 0
    // A global function in section 1, which stands for any.
    data dword @.ClockGetTimeName - @.Strings
    data byte $12, 0
    data word 1
    data qword @.ClockGetTime - @.Image, @.ClockGetTimeEnd - @.ClockGetTime
    data dword @.GetCpuName - @.Strings
    data byte $12, 0
    data word 1
    data qword @.GetCpu - @.Image, @.GetCpuEnd - @.GetCpu

Strings:
    data byte 0
LibraryName:
    data byte 'linux-vdso.so.1', 0
ClockGetTimeName:
    data byte '__vdso_clock_gettime', 0
GetCpuName:
    data byte '__vdso_getcpu', 0
StringsEnd:

// EDI: the clock, RSI: where its seconds and nanoseconds go. Counts as Cores/Clock.cs does.
naked function ClockGetTime {
    if EDI > #LastClock goto Ask
    EAX = #ClocksHere
    bt EAX, EDI
    if not carry goto Ask
    // Ordered behind earlier loads by LFENCE (Intel SDM volume 2B, RDTSC).
    lfence
    rdtsc
    RDX << 32
    RAX | RDX
    RCX = @.Clock
    RAX - [RCX + #VdsoClock.Zero]
    mul [RCX + #VdsoClock.NanosecondsPerTick] as qword
    shrd RAX, RDX, 32
    if EDI = #RealtimeClock or EDI = #RealtimeCoarseClock {
        RAX + [RCX + #VdsoClock.RealtimeAtZero]
    }
    ECX = #NanosecondsPerSecond
    RAX /= RCX
    [RSI] = RAX
    [RSI + 8] = RDX
    EAX = 0
    Ret
Ask:
    EAX = #ClockGetTimeCall
    syscall
    Ret
}
ClockGetTimeEnd:

// RDI: where the processor's number goes, RSI: its node's, or null. Both are 0: a domain sees only its own core.
naked function GetCpu {
    if RDI != 0 {
        [RDI] = 0 as dword
    }
    if RSI != 0 {
        [RSI] = 0 as dword
    }
    EAX = 0
    Ret
}
GetCpuEnd:

align 8
Clock:
    data qword 0, 0, 0
End:

section .text exec

function Start {
    RAX = @.Image
}

function Bytes {
    RAX = @.End - @.Image
}

function ClockOffset {
    RAX = @.Clock - @.Image
}
