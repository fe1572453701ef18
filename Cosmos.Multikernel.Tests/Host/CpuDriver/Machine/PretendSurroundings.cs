// The other parts of the CPU driver that running instances touches: traps, console, endpoints.

using System;
using System.Collections.Generic;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Threads;
using Cosmos.Multikernel.CpuDriver.Traps;

#pragma warning disable IDE0130 // the namespaces are those of what is stood in for

namespace Cosmos.Multikernel.CpuDriver.Traps
{
    public static class Descriptors
    {
        public const ulong UserData = 0x18 | 3;
        public const ulong UserCode = 0x20 | 3;
    }

    public static unsafe class Fpu
    {
        public static uint AreaSize => 832;

        public static bool UsesXsave => true;

        public static ulong EnabledStates => 7;

        public static void InitialiseArea(byte* area) =>
            new Span<byte>(area, (int)AreaSize).Clear();
    }

    public static unsafe class CurrentContext
    {
        public static TrapFrame* Frame { get; private set; }

        public static void Set(TrapFrame* frame, byte* fpArea) => Frame = frame;
    }
}

namespace Cosmos.Multikernel.CpuDriver.Console
{
    public static unsafe class Log
    {
        private static readonly System.Text.StringBuilder s_line = new();

        /// <summary>Every line since the last <see cref="Clear"/>.</summary>
        public static List<string> Lines { get; } = [];

        public static void Clear() => Lines.Clear();

        public static void Begin() => s_line.Clear().Append("[0] ");

        public static void Begin(byte* name, uint length)
        {
            s_line.Clear().Append("[0 ");
            Text(name, length);
            s_line.Append("] ");
        }

        public static void Text(ReadOnlySpan<byte> text) =>
            s_line.Append(System.Text.Encoding.ASCII.GetString(text));

        public static void Text(byte* text, uint length) =>
            Text(new ReadOnlySpan<byte>(text, (int)length));

        public static void Number(ulong value) => s_line.Append(value);

        public static void Hex(ulong value) => s_line.Append($"0x{value:x}");

        public static void End() => Lines.Add(s_line.ToString());
    }

    public static class Outbox
    {
        public const uint MaximumRecord = 512;

        public static bool HasRoom(uint length) => true;
    }

    public static unsafe class InstanceOutput
    {
        private static WaitQueue* s_waiting;

        public static WaitQueue* Waiting =>
            s_waiting != null
                ? s_waiting
                : s_waiting = (WaitQueue*)
                    System.Runtime.InteropServices.NativeMemory.AllocZeroed(
                        (nuint)sizeof(WaitQueue)
                    );

        public static ulong Write(Domain* domain, byte* data, ulong length) => length;

        public static void Finish(Domain* domain) { }
    }

    /// <summary>The CPU driver's own screen: what it was given since it had the screen last.</summary>
    public static unsafe class TextScreen
    {
        public const int Columns = 80;
        public const int Rows = 25;

        public static bool IsRunning { get; private set; }

        public static List<byte> Shown { get; } = [];

        public static void Start(in Abi.ScreenDescription screen)
        {
            IsRunning = true;
            Shown.Clear();
        }

        public static void Stop() => IsRunning = false;

        public static void Write(byte value)
        {
            if (IsRunning)
            {
                Shown.Add(value);
            }
        }

        public static void ShowCursor() { }
    }

    public static unsafe class InstanceInput
    {
        public static WaitQueue* Waiting => InstanceOutput.Waiting;

        public static bool IsReady(Domain* domain) => true;

        public static long Read(Domain* domain, byte* data, ulong length) => 0;

        /// <summary>Everything that was typed.</summary>
        public static List<byte> Typed { get; } = [];

        public static void Add(byte* bytes, uint length) =>
            Typed.AddRange(new ReadOnlySpan<byte>(bytes, (int)length).ToArray());

        public static ushort Rows { get; private set; } = TextScreen.Rows;

        public static ushort Columns { get; private set; } = TextScreen.Columns;

        public static void Resize(ushort columns, ushort rows) => (Columns, Rows) = (columns, rows);

        public static ulong Patience { get; set; } = Scheduler.Never;

        public static uint Count => 0;

        public static TerminalAttributes Attributes { get; private set; } =
            TerminalAttributes.Initial;

        public static void SetAttributes(TerminalAttributes attributes) => Attributes = attributes;

        public static void Drop() { }
    }
}
