namespace Cosmos.Multikernel.Tests.Host.XSharp;

/// <summary>The forms that Cosmos users know, in 32-bit code.</summary>
public static partial class Forms
{
    private const string Moves32 = """
        EAX = 1 => mov EAX, 1
        EAX = $FF => mov EAX, 0xFF
        EAX = -1 => mov EAX, -1 => mov eax,0xffffffff
        EAX = #C => mov EAX, X_Const_C
        EAX = #C + 1 => mov EAX, X_Const_C + 1 => mov eax,6
        EAX = (#C | 8) << 4 => mov EAX, (X_Const_C | 8) << 4 => mov eax,0xd0
        EAX = 100 / 7 => mov EAX, 14
        EAX = 'A' => mov EAX, 65
        EAX = #S.B => mov EAX, X_Const_S_B => mov eax,8
        EAX = #S.Size => mov EAX, X_Const_S_Size => mov eax,12
        EAX = EBX => mov EAX, EBX
        eax = ebx => mov EAX, EBX
        AX = BX => mov AX, BX
        AL = BH => mov AL, BH
        EAX = .V => mov EAX, [X_V]
        EAX = @.V => mov EAX, X_V
        EAX = @.V + 4 => mov EAX, X_V + 4 => mov eax,X_B
        EAX = @.G - @.F => mov EAX, X_G - X_F => ?
        .V = EAX => mov [X_V], EAX
        .V = #C => mov dword [X_V], X_Const_C
        .V = 1 => mov dword [X_V], 1
        .V = 1 as byte => mov byte [X_V], 1
        .B = 1 => mov byte [X_B], 1
        .V = @.V => mov dword [X_V], X_V
        EAX = [ESI] => mov EAX, [ESI]
        EAX = [ESI + 4] => mov EAX, [ESI + 4]
        EAX = [ESI + ECX*4 + 16] => mov EAX, [ESI + ECX * 4 + 16] => mov eax,[esi+ecx*4+0x10]
        EAX = [4*ECX] => mov EAX, [ECX * 4] => mov eax,[ecx*4]
        EAX = [EBX + ESP] => mov EAX, [ESP + EBX] => mov eax,[esp+ebx]
        EAX = [ESI + #C - 1] => mov EAX, [ESI + X_Const_C - 1] => mov eax,[esi+4]
        EAX = [$B8000] => mov EAX, [0xB8000]
        [EDI] = AL => mov [EDI], AL
        [EDI] = 1 as word => mov word [EDI], 1
        byte [EDI] = 1 => mov byte [EDI], 1
        AL = EDI[0] => mov AL, [EDI]
        ESI[-12] = EAX => mov [ESI - 12], EAX
        EAX = .V[4] => mov EAX, [X_V + 4] => mov eax,[X_B]
        EAX = .V[ECX*4] => mov EAX, [ECX * 4 + X_V]
        EAX = FS:[8] => mov EAX, [FS:8]
        EAX = FS:.V => mov EAX, [FS:X_V]
        EAX = GS:EDI[4] => mov EAX, [GS:EDI + 4]
        EAX = BL => movzx EAX, BL
        EAX = [ESI] as byte => movzx EAX, byte [ESI]
        EAX = signed BX => movsx EAX, BX
        EAX = signed [ESI] as word => movsx EAX, word [ESI]
        EAX = ~EBX => mov EAX, EBX / not EAX
        EAX = ~EAX => not EAX
        EAX = -EBX => mov EAX, EBX / neg EAX
        EAX = @[EBX + ECX*4 + 8] => lea EAX, [EBX + ECX * 4 + 8]
        EAX = absolute @.V => mov EAX, X_V
        DS = AX => mov DS, AX => mov ds,eax
        AX = DS => mov AX, DS
        SS = [ESI] => mov SS, [ESI]
        CR0 = EAX => mov CR0, EAX
        EAX = CR3 => mov EAX, CR3
        DR7 = EAX => mov DR7, EAX
        +EAX => push EAX
        +AX => push AX
        -EAX => pop EAX
        +1 => push dword 1 => push 1
        +#C as word => push word X_Const_C => o16 push 5
        +.V => push dword [X_V]
        -.V => pop dword [X_V]
        +[ESP + 8] => push dword [ESP + 8]
        +@.V => push dword X_V => push X_V
        +FS => push FS
        -GS => pop GS
        +Flags => pushfd => pushf
        -Flags => popfd => popf
        +All => pushad => pusha
        -All => popad => popa
        Port[DX] = AL => out DX, AL
        EAX = Port[DX] => in EAX, DX
        Port[$80] = AL => out 0x80, AL
        ! mov eax, 7 => mov eax, 7
        """;

    private const string Arithmetic32 = """
        EAX + 4 => add EAX, 4
        EAX += 4 => add EAX, 4
        EAX + EBX => add EAX, EBX
        EAX - 4 => sub EAX, 4
        EAX -= .V => sub EAX, [X_V]
        EAX * 4 => imul EAX, 4 => imul eax,4
        EAX *= EBX => imul EAX, EBX
        EAX & 1 => and EAX, 1
        EAX &= $F0 => and EAX, 0xF0
        EAX | 1 => or EAX, 1
        EAX |= EBX => or EAX, EBX
        EAX ^ 1 => xor EAX, 1
        EAX ^= EAX => xor EAX, EAX
        .V += 4 => add dword [X_V], 4
        [EDI] |= 1 as byte => or byte [EDI], 1
        EAX /= EBX => xor EDX, EDX / div EBX
        EAX %= EBX => xor EDX, EDX / div EBX / mov EAX, EDX
        EAX /= .V => xor EDX, EDX / div dword [X_V]
        EAX++ => inc EAX
        EAX-- => dec EAX
        .V++ => inc dword [X_V]
        [EDI]-- as byte => dec byte [EDI]
        EAX << 8 => shl EAX, 8
        EAX <<= 8 => shl EAX, 8
        EAX >> 8 => shr EAX, 8
        EAX >> CL => shr EAX, CL
        signed EAX >> 8 => sar EAX, 8
        EAX ~> 8 => ror EAX, 8
        EAX <~ 8 => rol EAX, 8
        EAX <~= CL => rol EAX, CL
        .V << 1 => shl dword [X_V], 1
        [EDI] >> 2 as byte => shr byte [EDI], 2
        EAX <-> EBX => xchg EAX, EBX => xchg ebx,eax
        [EDI] <-> AL => xchg [EDI], AL => xchg al,[edi]
        EAX ?= 1 => cmp EAX, 1
        AL ?& 1 => test AL, 1
        .V ?= #C => cmp dword [X_V], X_Const_C
        lock [EDI] += 1 as dword => lock add dword [EDI], 1
        lock .V++ => lock inc dword [X_V]
        lock cmpxchg [EDI], ECX => lock cmpxchg [EDI], ECX
        lock xadd [EDI], EAX => lock xadd [EDI], EAX
        lock bts [EDI], 3 as dword => lock bts dword [EDI], 3
        rep movsd => rep movsd
        repne scasb => repne scasb
        """;

    private const string Flow32 = """
        if EAX = 1 { nop } => cmp EAX, 1 / JNE near X_F_Block1_End / nop / X_F_Block1_End:
        if EAX != 1 { nop } => cmp EAX, 1 / JE near X_F_Block1_End / nop / X_F_Block1_End:
        if EAX < 1 { nop } => cmp EAX, 1 / JAE near X_F_Block1_End / nop / X_F_Block1_End:
        if EAX > 1 { nop } => cmp EAX, 1 / JBE near X_F_Block1_End / nop / X_F_Block1_End:
        if EAX <= 1 { nop } => cmp EAX, 1 / JA near X_F_Block1_End / nop / X_F_Block1_End:
        if EAX >= 1 { nop } => cmp EAX, 1 / JB near X_F_Block1_End / nop / X_F_Block1_End:
        if signed EAX < 1 { nop } => cmp EAX, 1 / JGE near X_F_Block1_End / nop / X_F_Block1_End:
        if signed EAX > 1 { nop } => cmp EAX, 1 / JLE near X_F_Block1_End / nop / X_F_Block1_End:
        if EAX = 1 { nop } else { hlt } => cmp EAX, 1 / JNE near X_F_Block1_Else / nop / jmp X_F_Block1_End / X_F_Block1_Else: / hlt / X_F_Block1_End:
        if AL = 1 { nop } else if AL = 2 { hlt } => cmp AL, 1 / JNE near X_F_Block1_Else / nop / jmp X_F_Block1_End / X_F_Block1_Else: / cmp AL, 2 / JNE near X_F_Block1_End / hlt / X_F_Block1_End:
        if AL = #C return => cmp AL, X_Const_C / JE near X_F_Exit
        if EAX = 0 return => cmp EAX, 0 / JE near X_F_Exit
        if AL = #C goto G => cmp AL, X_Const_C / JE near X_G
        if = return => JE near X_F_Exit
        if signed < return => JL near X_F_Exit
        if carry return => JC near X_F_Exit => jb near X_F_Exit
        if not zero return => JNZ near X_F_Exit => jne near X_F_Exit
        if EAX & 8 return => test EAX, 8 / JNZ near X_F_Exit => test eax,8 / jne near X_F_Exit
        if not EAX & 8 return => test EAX, 8 / JZ near X_F_Exit => test eax,8 / je near X_F_Exit
        if EAX & 8 = 0 return => test EAX, 8 / JZ near X_F_Exit => test eax,8 / je near X_F_Exit
        if .B = 0 return => cmp byte [X_B], 0 / JE near X_F_Exit
        if AL = 1 and BL = 2 return => cmp AL, 1 / JNE near X_F_Block1_Skip / cmp BL, 2 / JE near X_F_Exit / X_F_Block1_Skip: => cmp al,1 / jne near X_F_Block1_Skip / cmp bl,2 / je near X_F_Block1_Skip
        if AL = 1 or BL = 2 return => cmp AL, 1 / JE near X_F_Exit / cmp BL, 2 / JE near X_F_Exit
        if AL = 1 or BL = 2 { nop } => cmp AL, 1 / JE near X_F_Block2_Then / cmp BL, 2 / JNE near X_F_Block1_End / X_F_Block2_Then: / nop / X_F_Block1_End:
        if #C = 5 { nop } else { hlt } => nop
        if #C > 5 { nop } else { hlt } => hlt
        while EAX < 4 { nop } => X_F_Block1_Begin: / cmp EAX, 4 / JAE near X_F_Block1_End / nop / jmp X_F_Block1_Begin / X_F_Block1_End:
        loop { hlt } => X_F_Block1_Begin: / hlt / jmp X_F_Block1_Begin / X_F_Block1_End:
        loop { break } => X_F_Block1_Begin: / jmp X_F_Block1_End / jmp X_F_Block1_Begin / X_F_Block1_End:
        loop { continue } => X_F_Block1_Begin: / jmp X_F_Block1_Begin / jmp X_F_Block1_Begin / X_F_Block1_End:
        repeat 3 times { nop } => nop / nop / nop
        repeat 2 times as N { +#N } => push dword 0 / push dword 1 => push 0 / push 1
        L: goto L => X_F_L: / jmp X_F_L
        goto EAX => jmp EAX
        goto [EAX*4 + 8] => jmp [EAX * 4 + 8] => jmp dword [eax*4+8]
        goto .V => jmp [X_V] => jmp dword [X_V]
        goto $08:G => jmp 0x08:X_G => ?
        goto far [EAX] as dword => jmp dword far [EAX] => jmp far [eax]
        G() => call X_G
        Call G => call X_G
        call EAX => call EAX
        call [EAX + 8] => call [EAX + 8] => call dword [eax+8]
        G(EAX, 1) => push EAX / push dword 1 / call X_G => push eax / push 1 / call X_G
        return => jmp X_F_Exit
        Ret => ret
        Ret 8 => ret 8
        RetFar => retf
        IRet => iretd => iret
        Int $10 => int 16
        Int3 => int3
        """;
}
