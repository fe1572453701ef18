// A PS/2 keyboard through the 8042 controller, which translates to scancode set 1; US layout. Keys come out as the bytes a
// terminal would send, so a program cannot tell keyboard and serial port apart.

using System;
using Cosmos.Multikernel.CpuDriver.Cores;

namespace Cosmos.Multikernel.CpuDriver.Console;

public static class Keyboard
{
    public const byte IsaInterrupt = 1;

    private const ushort Data = 0x60;
    private const ushort Status = 0x64;
    private const byte OutputFull = 1;
    private const byte FromMouse = 0x20;
    private const byte Released = 0x80;
    private const byte Extended = 0xe0;
    private const byte LeftShift = 0x2a;
    private const byte RightShift = 0x36;
    private const byte Control = 0x1d;
    private const byte CapsLock = 0x3a;
    private const int MostPending = 64;

    private static bool s_extended;
    private static bool s_shift;
    private static bool s_control;
    private static bool s_capsLock;

    private static ReadOnlySpan<byte> Plain =>
        "\0\u001b1234567890-=\u007f\tqwertyuiop[]\r\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 "u8;

    private static ReadOnlySpan<byte> Shifted =>
        "\0\u001b!@#$%^&*()_+\u007f\tQWERTYUIOP{}\r\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 "u8;

    /// <summary>Forgets what was typed before anyone listened, so that the next key raises an interrupt.</summary>
    public static void Start()
    {
        for (int i = 0; i < MostPending && (Cpu.In8(Status) & OutputFull) != 0; i++)
        {
            Cpu.In8(Data);
        }
    }

    /// <summary>Reads all pending scancodes and hands their characters on.</summary>
    public static void OnInterrupt()
    {
        for (int i = 0; i < MostPending; i++)
        {
            byte status = Cpu.In8(Status);
            if ((status & OutputFull) == 0)
            {
                return;
            }
            byte code = Cpu.In8(Data);
            if ((status & FromMouse) == 0)
            {
                Take(code);
            }
        }
    }

    private static void Take(byte code)
    {
        if (code == Extended)
        {
            s_extended = true;
            return;
        }
        bool extended = s_extended;
        s_extended = false;
        bool pressed = (code & Released) == 0;
        byte key = (byte)(code & ~Released);
        if (key is LeftShift or RightShift && !extended)
        {
            s_shift = pressed;
        }
        else if (key == Control)
        {
            s_control = pressed;
        }
        else if (pressed && key == CapsLock)
        {
            s_capsLock = !s_capsLock;
        }
        else if (pressed && extended)
        {
            TakeExtended(key);
        }
        else if (pressed)
        {
            TakeCharacter(key);
        }
    }

    private static void TakeCharacter(byte key)
    {
        if (key >= Plain.Length)
        {
            return;
        }
        byte plain = Plain[key];
        bool isLetter = plain is >= (byte)'a' and <= (byte)'z';
        byte value = s_shift != (isLetter && s_capsLock) ? Shifted[key] : plain;
        if (s_control && value is >= 0x40 and < 0x7f)
        {
            value &= 0x1f;
        }
        if (value != 0)
        {
            InstanceInput.Add(value);
        }
    }

    // Cursor keys and their neighbours, as VT220 sequences.
    private static void TakeExtended(byte key)
    {
        ReadOnlySpan<byte> sequence = key switch
        {
            0x48 => "\u001b[A"u8,
            0x50 => "\u001b[B"u8,
            0x4d => "\u001b[C"u8,
            0x4b => "\u001b[D"u8,
            0x47 => "\u001b[H"u8,
            0x4f => "\u001b[F"u8,
            0x49 => "\u001b[5~"u8,
            0x51 => "\u001b[6~"u8,
            0x52 => "\u001b[2~"u8,
            0x53 => "\u001b[3~"u8,
            0x1c => "\r"u8,
            0x35 => "/"u8,
            _ => default,
        };
        for (int i = 0; i < sequence.Length; i++)
        {
            InstanceInput.Add(sequence[i]);
        }
    }
}
