// The few files that the runtime reads about its own core and domain. Everything else is the file service's.

using System;
using Cosmos.Multikernel.CpuDriver.Console;
using Cosmos.Multikernel.CpuDriver.Domains;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.LinuxAbi;

public enum BuiltInFile : ushort
{
    None = 0,
    Random,
    Null,

    /// <summary>/: there so that a missing file is told from a missing directory; it cannot be listed.</summary>
    Root,

    /// <summary>/proc/self/maps: one line, the first thread's stack, which glibc looks for.</summary>
    Maps,

    /// <summary>/proc/meminfo: the domain's limit and what is left of it.</summary>
    MemoryInformation,

    /// <summary>/sys/devices/system/cpu/online and possible: an instance has one core, number 0 to it.</summary>
    Processors,

    /// <summary>What the console understands: see <see cref="LinuxAbi.TerminalDescription"/>.</summary>
    TerminalDescription,
}

public static unsafe class BuiltInFiles
{
    /// <summary>Longest text that <see cref="Write"/> makes.</summary>
    public const int MaximumText = (int)TerminalDescription.MaximumBytes;

    public static BuiltInFile Find(byte* path, ulong length)
    {
        if (
            Bytes.Equal(path, length, "/dev/urandom"u8)
            || Bytes.Equal(path, length, "/dev/random"u8)
        )
        {
            return BuiltInFile.Random;
        }
        if (Bytes.Equal(path, length, "/"u8))
        {
            return BuiltInFile.Root;
        }
        if (Bytes.Equal(path, length, "/dev/null"u8))
        {
            return BuiltInFile.Null;
        }
        if (Bytes.Equal(path, length, "/proc/self/maps"u8))
        {
            return BuiltInFile.Maps;
        }
        if (Bytes.Equal(path, length, "/proc/meminfo"u8))
        {
            return BuiltInFile.MemoryInformation;
        }
        if (Bytes.Equal(path, length, TerminalDescription.Path))
        {
            return BuiltInFile.TerminalDescription;
        }
        bool isProcessors =
            Bytes.Equal(path, length, "/sys/devices/system/cpu/online"u8)
            || Bytes.Equal(path, length, "/sys/devices/system/cpu/possible"u8);
        return isProcessors ? BuiltInFile.Processors : BuiltInFile.None;
    }

    /// <summary>Makes a text. Returns its length.</summary>
    public static ulong Write(BuiltInFile file, Domain* domain, byte* buffer)
    {
        TextBuilder text = new(buffer, MaximumText);
        switch (file)
        {
            case BuiltInFile.Maps:
                text.Hexadecimal(domain->StackStart);
                text.Text("-"u8);
                text.Hexadecimal(domain->StackEnd);
                text.Text(" rw-p 00000000 00:00 0 [stack]\n"u8);
                break;
            case BuiltInFile.MemoryInformation:
                ulong limit = domain->Space.LimitPages * 4;
                ulong free = domain->Space.AvailablePages * 4;
                Line(ref text, "MemTotal: "u8, limit);
                Line(ref text, "MemFree: "u8, free);
                Line(ref text, "MemAvailable: "u8, free);
                break;
            case BuiltInFile.Processors:
                text.Text("0\n"u8);
                break;
            case BuiltInFile.TerminalDescription:
                return TerminalDescription.Write(buffer);
        }
        return text.Length;
    }

    /// <summary>
    /// The size that stat gives: 0 for what is made when it is read, as Linux gives it for /proc. Who reads the terminal's
    /// description wants to know its size first.
    /// </summary>
    public static uint SizeOf(BuiltInFile file)
    {
        byte* buffer = stackalloc byte[MaximumText];
        return file == BuiltInFile.TerminalDescription ? TerminalDescription.Write(buffer) : 0;
    }

    private static void Line(ref TextBuilder text, ReadOnlySpan<byte> name, ulong kilobytes)
    {
        text.Text(name);
        text.Decimal(kilobytes);
        text.Text(" kB\n"u8);
    }
}
