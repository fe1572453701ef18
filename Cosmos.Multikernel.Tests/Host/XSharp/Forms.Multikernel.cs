namespace Cosmos.Multikernel.Tests.Host.XSharp;

/// <summary>The forms that bring-up adds: 16- and 64-bit code.</summary>
public static partial class Forms
{
    private const string Code16 = """
        AX = 1 => mov AX, 1
        EAX = $12345678 => mov EAX, 0x12345678
        AX = [BX + SI + 4] => mov AX, [BX + SI + 4]
        AX = [EBX] => mov AX, [EBX]
        EAX = .V => mov EAX, [X_V]
        CR0 = EAX => mov CR0, EAX
        +1 => push word 1 => push 1
        +1 as dword => push dword 1 => o32 push 1
        +All => pushaw => pusha
        +Flags => pushfw => pushf
        lgdt .V => lgdt [X_V]
        goto $08:G as dword => jmp dword 0x08:X_G => ?
        goto $08:G - F + $8000 as dword => jmp dword 0x08:X_G - X_F + 0x8000 => ?
        if EAX = 0 return => cmp EAX, 0 / JE near X_F_Exit
        Ret => ret
        IRet => iretw => iret
        RetFar => retf
        """;

    private const string Code64 = """
        RAX = 1 => mov RAX, 1 => mov eax,1
        RAX = $FFFF_FFFF_8000_0000 => mov RAX, 0xFFFFFFFF80000000 => mov rax,0xFFFFFFFF80000000
        RAX = $1234_5678_9ABC => mov RAX, 0x123456789ABC
        RAX = R15 => mov RAX, R15
        R8D = R9D => mov R8D, R9D
        R8W = R9W => mov R8W, R9W
        R8B = SIL => mov R8B, SIL
        RAX = EBX => mov EAX, EBX
        RAX = [RSI] as dword => mov EAX, [RSI]
        RAX = BL => movzx RAX, BL
        RAX = signed EBX => movsxd RAX, EBX
        RAX = signed [RDI] as dword => movsxd RAX, dword [RDI] => movsxd rax,[rdi]
        RAX = [RDI + RCX*8 + 16] => mov RAX, [RDI + RCX * 8 + 16]
        RAX = [RSP + #S.B] => mov RAX, [RSP + X_Const_S_B] => mov rax,[rsp+8]
        RAX = .Q => mov RAX, [rel X_Q]
        .Q = 1 => mov qword [rel X_Q], 1
        RAX = .Q[8] => mov RAX, [rel X_Q + 8] => ?
        RAX = .Q[RCX*8] => mov RAX, [RCX * 8 + X_Q]
        RAX = @.Q => lea RAX, [rel X_Q]
        RAX = @.Q + 8 => lea RAX, [rel X_Q + 8] => ?
        RAX = absolute @.Q => mov RAX, qword X_Q => ?
        RAX = @.G - @.F => mov RAX, X_G - X_F => ?
        EAX = @.Q - $FFFF_FFFF_8000_0000 => mov EAX, X_Q - 0xFFFFFFFF80000000 => ?
        RAX = @[RBX + RCX*4 + 8] => lea RAX, [RBX + RCX * 4 + 8]
        RAX = GS:[8] => mov RAX, [GS:abs 8] => mov rax,[gs:8]
        RAX = FS:.Q => mov RAX, [FS:rel X_Q] => mov rax,[rel fs:X_Q]
        RAX + 4 => add RAX, 4
        RAX & $FFFF_FFFF_FFFF_F000 => and RAX, 0xFFFFFFFFFFFFF000 => and rax,0xFFFFFFFFFFFFF000
        [RDI]++ as qword => inc qword [RDI]
        RAX << 12 => shl RAX, 12
        RAX /= RBX => xor RDX, RDX / div RBX
        [RDI] <-> RAX => xchg [RDI], RAX => xchg rax,[rdi]
        lock [RDI] |= RAX => lock or [RDI], RAX
        CR0 = RAX => mov CR0, RAX
        RAX = CR2 => mov RAX, CR2
        CR8 = RAX => mov CR8, RAX
        DR7 = RAX => mov DR7, RAX
        GS = AX => mov GS, AX => mov gs,eax
        +RAX => push RAX
        -R15 => pop R15
        +1 => push qword 1 => push 1
        +.Q => push qword [rel X_Q]
        -[RDI] => pop qword [RDI]
        +FS => push FS
        +Flags => pushfq => pushf
        -Flags => popfq => popf
        +All => push RAX / push RBX / push RCX / push RDX / push RBP / push RSI / push RDI / push R8 / push R9 / push R10 / push R11 / push R12 / push R13 / push R14 / push R15
        -All => pop R15 / pop R14 / pop R13 / pop R12 / pop R11 / pop R10 / pop R9 / pop R8 / pop RDI / pop RSI / pop RBP / pop RDX / pop RCX / pop RBX / pop RAX
        call RAX => call RAX
        call [RAX + 8] => call [RAX + 8] => call qword [rax+8]
        call .Q => call [rel X_Q] => call qword [rel X_Q]
        goto .Q => jmp [rel X_Q] => jmp qword [rel X_Q]
        G() => call X_G
        goto far [RDI] as qword => jmp qword far [RDI] => jmp far [rdi]
        RetFar => retfq
        IRet => iretq
        if RAX = #C return => cmp RAX, X_Const_C / JE near X_F_Exit
        """;

    private const string System64 = """
        lgdt [RDI] => lgdt [RDI]
        lidt .Q => lidt [rel X_Q]
        ltr AX => ltr AX
        ltr [RDI] => ltr word [RDI] => ltr [rdi]
        invlpg [RDI] => invlpg [RDI]
        invpcid RAX, [RDI] => invpcid RAX, [RDI]
        fxsave64 [RDI] => fxsave64 [RDI]
        xsave64 [RDI] => xsave64 [RDI]
        xrstor64 [RDI] => xrstor64 [RDI]
        xsaveopt64 [RDI] => xsaveopt64 [RDI]
        ldmxcsr [RDI] => ldmxcsr [RDI]
        syscall => syscall
        sysret => o64 sysret => o64 sysret
        swapgs => swapgs
        monitor => monitor
        mwait => mwait
        rep stosq => rep stosq
        repe cmpsb => repe cmpsb
        mul RBX => mul RBX
        div [RDI] as dword => div dword [RDI]
        imul RAX, RBX, 12 => imul RAX, RBX, 12
        adc RAX, 0 => adc RAX, 0
        sbb [RDI], RAX => sbb [RDI], RAX
        shld RAX, RBX, CL => shld RAX, RBX, CL
        bt RAX, RBX => bt RAX, RBX
        btr [RDI], 5 as dword => btr dword [RDI], 5
        bsf RAX, RBX => bsf RAX, RBX
        popcnt EAX, [RDI] => popcnt EAX, [RDI]
        bswap RAX => bswap RAX
        sete AL => sete AL
        cmovb RAX, RBX => cmovb RAX, RBX
        movzx EAX, [RDI] as word => movzx EAX, word [RDI]
        lock cmpxchg16b [RDI] => lock cmpxchg16b [RDI]
        lock xadd [RDI], RAX => lock xadd [RDI], RAX
        rdgsbase RAX => rdgsbase RAX
        rdrand RAX => rdrand RAX
        clflush [RDI] => clflush [RDI]
        """;
}
