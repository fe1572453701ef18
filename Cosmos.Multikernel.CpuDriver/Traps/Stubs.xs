// From a trap to C# and back (Intel SDM volume 3A, chapter 6).
//
// - A trap from ring 3 pushes its frame straight into the current thread's block: the task state's RSP0 is that frame's
//   end. The stub adds the general registers and the FP state there and only then takes the core's kernel stack, so a
//   thread's registers are saved exactly once, where they stay.
// - Variables here are private to each core (as all data is): no GS base, no swapgs.
// - A trap from ring 0 happens only while idling (an interrupt) or by a bug; its frame is on the stack it came from.

namespace Traps

const Call = 256
const KernelCode = $08
const UserData = $1B
const UserCode = $23
const FrameCs = 144

extern TrapFromUser
extern TrapFromKernel

section .data
// The current thread's frame and its end, and its FP area.
var Frame qword = 0
var FrameEnd qword = 0
var FpArea qword = 0
// The core's kernel stack, and whether FP state goes by XSAVE (1) or FXSAVE (0).
var KernelStack qword = 0
var UseXsave qword = 0
var UserStack qword = 0

bits 64
section .text exec

repeat 256 times as N {
    align 8
    Stub#N:
    // These vectors push an error code (table 6-1); the others get a 0 in its place.
    if #N = 8 or #N >= 10 and #N <= 14 or #N = 17 or #N = 21 or #N = 29 or #N = 30 {
        +#N
    } else {
        +0
        +#N
    }
    goto Entry
}

naked function Entry {
    +All
    RDI = RSP
    if [RSP + #FrameCs] & 3 as byte goto FromUser
    cld
    call TrapFromKernel
    -All
    RSP + 16
    IRet
}

// SYSCALL leaves the return address in RCX and the flags in R11, and does not change the stack.
naked function SystemCall {
    .UserStack = RSP
    RSP = .FrameEnd
    +#UserData
    +.UserStack
    +R11
    +#UserCode
    +RCX
    +0
    +#Call
    +All
    RDI = RSP
    goto FromUser
}

// RDI: the frame.
naked function FromUser {
    RCX = .FpArea
    if .UseXsave = 0 {
        fxsave64 [RCX]
    } else {
        EAX = $FFFF_FFFF
        EDX = $FFFF_FFFF
        xsave64 [RCX]
    }
    RSP = .KernelStack
    // Flags as C# expects them whatever ring 3 had: direction up, no alignment check, no nested task, no single step. On the
    // kernel stack and not before: below a thread's frame lies memory of somebody else.
    +2
    -Flags
    EBP = 0
    call TrapFromUser
    goto Resume
}

// Returns to ring 3, to the context that was last made current.
naked function Resume {
    RCX = .FpArea
    if .UseXsave = 0 {
        fxrstor64 [RCX]
    } else {
        EAX = $FFFF_FFFF
        EDX = $FFFF_FFFF
        xrstor64 [RCX]
    }
    RSP = .Frame
    -All
    RSP + 16
    IRet
}

// RDI: a frame, RSI: an FP area.
function SetCurrent {
    .Frame = RDI
    .FpArea = RSI
    RDI + 176
    .FrameEnd = RDI
}

// RDI: top of the kernel stack, RSI: whether to use XSAVE.
function Configure {
    .KernelStack = RDI
    .UseXsave = RSI
}

// The address of the SYSCALL entry, for the LSTAR register.
function SystemCallAddress {
    RAX = @.SystemCall
}

// RDI: 0 to 255. The address of that vector's stub.
function StubAddress {
    RAX = @.Stubs
    RAX = [RAX + RDI*8]
}

section .rodata
align 8
Stubs:
repeat 256 times as N {
    data qword @.Stub#N
}
