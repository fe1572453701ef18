// The end of one core: the CPU driver itself is wrong, or the hardware is. Says all it knows, and halts this core only.
//
// The report goes out character by character to the serial port, past every queue and from whichever core: a core in this state
// cannot rely on messages. It may cut into a line that the console core is writing. How it comes onto the screen:
// Console/LastWords.cs.

using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using Cosmos.Multikernel.CpuDriver.Console;
using Cosmos.Multikernel.CpuDriver.Cores;

namespace Cosmos.Multikernel.CpuDriver.Traps;

public static unsafe class Panic
{
    private const int EpitaphBytes = 4096;
    private const int MaximumFrames = 32;

    private static bool s_stopping;
    private static bool s_drawn;
    private static int s_length;

    /// <summary>Stops with a reason; the backtrace begins at the caller.</summary>
    public static void Stop(ReadOnlySpan<byte> reason)
    {
        Begin(reason);
        Backtrace(Cpu.ReadFrame());
        End();
    }

    /// <summary>Stops because of a trap.</summary>
    public static void Report(ReadOnlySpan<byte> cause, TrapFrame* frame)
    {
        Begin(cause);
        Line("rip "u8, frame->Rip, " error "u8, frame->ErrorCode, " cr2 "u8, Cpu.ReadCr2());
        Line("rax "u8, frame->Rax, " rbx "u8, frame->Rbx, " rcx "u8, frame->Rcx);
        Line("rdx "u8, frame->Rdx, " rsi "u8, frame->Rsi, " rdi "u8, frame->Rdi);
        Line("rbp "u8, frame->Rbp, " rsp "u8, frame->Rsp, " flg "u8, frame->Rflags);
        Line("r8  "u8, frame->R8, " r9  "u8, frame->R9, " r10 "u8, frame->R10);
        Line("r11 "u8, frame->R11, " r12 "u8, frame->R12, " r13 "u8, frame->R13);
        Line("r14 "u8, frame->R14, " r15 "u8, frame->R15, " cr3 "u8, Cpu.ReadCr3());
        if (KernelStacks.IsGuard(Cpu.ReadCr2()))
        {
            Text("  the kernel stack overflowed\n"u8);
        }
        if (!frame->FromUser)
        {
            Symbol(frame->Rip);
            Backtrace(frame->Rbp);
        }
        End();
    }

    private static void Begin(ReadOnlySpan<byte> reason)
    {
        if (s_stopping)
        {
            // A fault while reporting a fault: what is out is out.
            LastWordsAlone();
            Cpu.HaltForever();
        }
        s_stopping = true;
        Text("\n["u8);
        Decimal(ThisCore.Index);
        Text("] PANIC: "u8);
        Text(reason);
        Text("\n"u8);
    }

    private static void End()
    {
        Text(
            ThisCore.Boot == null
                ? "  the machine does not start\n"u8
                : "  this core stops; the others go on\n"u8
        );
        LastWords.Show(EpitaphAddress(), (uint)s_length);
        Cpu.HaltForever();
    }

    // Once: the fault may have come from here.
    private static void LastWordsAlone()
    {
        if (!s_drawn)
        {
            s_drawn = true;
            LastWords.Draw(EpitaphAddress(), (uint)s_length);
        }
    }

    private static void Backtrace(ulong framePointer)
    {
        for (int depth = 0; depth < MaximumFrames && IsOnStack(framePointer); depth++)
        {
            ulong* frame = (ulong*)framePointer;
            Symbol(frame[1]);
            if (frame[0] <= framePointer)
            {
                break;
            }
            framePointer = frame[0];
        }
    }

    private static bool IsOnStack(ulong address)
    {
        if ((address & 7) != 0)
        {
            return false;
        }
        bool bootStack =
            address >= Boot.ImageLayout.Base && address < Boot.ImageLayout.Current->End - 16;
        ulong offset = address - KernelStacks.Region;
        return bootStack && ThisCore.KernelRoot == 0
            || offset < KernelStacks.Count << 16 && !KernelStacks.IsGuard(address);
    }

    private static void Symbol(ulong address)
    {
        Text("  at "u8);
        Hex(address);
        if (Symbols.TryFind(address, out byte* name, out ulong offset))
        {
            Text(" "u8);
            for (; *name != 0; name++)
            {
                Byte(*name);
            }
            Text("+"u8);
            Hex(offset);
        }
        Text("\n"u8);
    }

    private static void Line(
        ReadOnlySpan<byte> name1,
        ulong value1,
        ReadOnlySpan<byte> name2,
        ulong value2,
        ReadOnlySpan<byte> name3,
        ulong value3
    )
    {
        Text("  "u8);
        Text(name1);
        Hex(value1);
        Text(name2);
        Hex(value2);
        Text(name3);
        Hex(value3);
        Text("\n"u8);
    }

    private static void Text(ReadOnlySpan<byte> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            Byte(text[i]);
        }
    }

    private static void Hex(ulong value)
    {
        for (int shift = 60; shift >= 0; shift -= 4)
        {
            uint digit = (uint)(value >> shift) & 15;
            Byte((byte)(digit < 10 ? '0' + digit : 'a' + digit - 10));
        }
    }

    private static void Decimal(ulong value)
    {
        if (value >= 10)
        {
            Decimal(value / 10);
        }
        Byte((byte)('0' + value % 10));
    }

    private static void Byte(byte value)
    {
        byte* epitaph = EpitaphAddress();
        if (s_length < EpitaphBytes - 1)
        {
            epitaph[s_length++] = value;
            epitaph[s_length] = 0;
        }
        BootConsole.Write(value);
    }

    [RuntimeImport("*", "Panic_EpitaphAddress"), MethodImpl(MethodImplOptions.InternalCall)]
    private static extern byte* EpitaphAddress();
}
