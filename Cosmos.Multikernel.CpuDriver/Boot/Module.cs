// A boot module and the command line that says where it runs, or that it is a file for instances to read (LinuxAbi/DataModules.cs):
//
//     NAME cores=LIST [console] [monitor] [memory=SIZE] [priority=N] [devices=LIST] [restart=POLICY] [-- ARGUMENT...]
//     NAME data
//
// Pure code over bytes: compiled for the host's tests too.

using System;

namespace Cosmos.Multikernel.CpuDriver.Boot;

public enum ModuleStatus
{
    Ok,
    NoName,
    NameTooLong,
    NoCores,
    BadCores,
    UnknownOption,
    BadMemory,
    BadPriority,
    BadDevices,
    BadRestart,
    UnclosedQuote,
    TooManyArguments,
    DataWithOptions,
}

/// <summary>One instance's image, or one file, as GRUB loaded it. Pointers lead into frames that all cores may read.</summary>
public unsafe struct Module
{
    public const int MaximumName = 31;
    public const int MaximumArguments = 1024;
    public const int DefaultPriority = 8;
    public const int MaximumPriority = 15;

    public ulong PhysicalStart;
    public ulong Length;

    /// <summary>Why the module cannot run, <see cref="ModuleStatus.Ok"/> when it can be tried.</summary>
    public ModuleStatus Status;

    public byte* Name;
    public uint NameLength;

    /// <summary>The core list as written, for <see cref="RunsOn"/>.</summary>
    public byte* Cores;
    public uint CoresLength;

    /// <summary>The arguments after the name (argv[1] and on), each ended by a 0 byte, one after the other.</summary>
    public byte* Arguments;
    public uint ArgumentBytes;
    public uint ArgumentCount;

    /// <summary>Whether it is no instance but a file.</summary>
    public bool IsData;

    /// <summary>Whether this instance owns the console's input and writes to it untagged.</summary>
    public bool IsConsole;

    /// <summary>Whether this instance is trusted to bind channels for the others of its core.</summary>
    public bool IsMonitor;

    /// <summary>Bytes of memory the instance may commit; 0 for all its core has.</summary>
    public ulong MemoryLimit;

    /// <summary>The device list as written, for <see cref="DeviceList"/>; empty when none is granted.</summary>
    public byte* Devices;
    public uint DevicesLength;

    /// <summary>Whether it is started again after its end.</summary>
    public RestartPolicy Restart;

    /// <summary>0 (lowest) to <see cref="MaximumPriority"/>.</summary>
    public uint Priority;

    /// <summary>Reads a command line.</summary>
    /// <param name="text">The line, not changed.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="store">Room for <paramref name="length"/> + 2 bytes that live as long as the module does.</param>
    /// <param name="module">Filled in, but for the physical place.</param>
    public static ModuleStatus Parse(byte* text, uint length, byte* store, ref Module module)
    {
        ModuleReader reader = new(text, length, store);
        module.Priority = DefaultPriority;

        if (!reader.TryNext(out byte* word, out uint wordLength))
        {
            return reader.Unclosed ? ModuleStatus.UnclosedQuote : ModuleStatus.NoName;
        }
        if (wordLength == 0)
        {
            return ModuleStatus.NoName;
        }
        if (wordLength > MaximumName)
        {
            return ModuleStatus.NameTooLong;
        }
        module.Name = word;
        module.NameLength = wordLength;

        uint options = 0;
        while (reader.TryNext(out word, out wordLength))
        {
            options++;
            if (Matches(word, wordLength, "--"u8))
            {
                return module.IsData
                    ? ModuleStatus.DataWithOptions
                    : ReadArguments(ref reader, ref module);
            }
            ModuleStatus status = ReadOption(word, wordLength, ref module);
            if (status != ModuleStatus.Ok)
            {
                return status;
            }
        }
        if (reader.Unclosed)
        {
            return ModuleStatus.UnclosedQuote;
        }
        if (module.IsData)
        {
            return options == 1 ? ModuleStatus.Ok : ModuleStatus.DataWithOptions;
        }
        return module.CoresLength == 0 ? ModuleStatus.NoCores : ModuleStatus.Ok;
    }

    /// <summary>What is wrong with a command line, in words.</summary>
    public static ReadOnlySpan<byte> Explain(ModuleStatus status) =>
        status switch
        {
            ModuleStatus.NoName => "its command line is empty: a name must come first"u8,
            ModuleStatus.NameTooLong => "its name is longer than 31 bytes"u8,
            ModuleStatus.NoCores => "its command line has no cores=LIST"u8,
            ModuleStatus.BadCores => "cores= takes numbers and ranges (0,2-3,5-) or all"u8,
            ModuleStatus.UnknownOption =>
                "its command line has an option other than cores, console, monitor, memory, priority, devices, restart, data"u8,
            ModuleStatus.BadMemory => "memory= takes bytes, or a number with K, M or G"u8,
            ModuleStatus.BadPriority => "priority= takes 0 to 15"u8,
            ModuleStatus.BadDevices =>
                "devices= takes all, or port:0x70-0x71, irq:8, memory:0xfed00000-0xfed003ff, msi:4, joined by commas"u8,
            ModuleStatus.BadRestart => "restart= takes always, on-failure or never"u8,
            ModuleStatus.UnclosedQuote => "a quote in its command line is not closed"u8,
            ModuleStatus.TooManyArguments => "it has more than 1024 arguments"u8,
            ModuleStatus.DataWithOptions =>
                "a file for instances (data) has no other options and no arguments"u8,
            _ => "nothing is wrong"u8,
        };

    /// <summary>Whether the module's core list names a core of a machine with so many cores.</summary>
    public readonly bool RunsOn(uint core, uint coreCount) =>
        Status == ModuleStatus.Ok
        && core < coreCount
        && CoreList.Contains(Cores, CoresLength, core);

    /// <summary>The lowest core of a machine with so many that the module runs on; false when it runs on none of them.</summary>
    public readonly bool TryFirstCore(uint coreCount, out uint core)
    {
        for (core = 0; core < coreCount; core++)
        {
            if (RunsOn(core, coreCount))
            {
                return true;
            }
        }
        core = 0;
        return false;
    }

    private static ModuleStatus ReadArguments(ref ModuleReader reader, ref Module module)
    {
        while (reader.TryNext(out byte* word, out uint wordLength))
        {
            if (module.ArgumentCount == MaximumArguments)
            {
                return ModuleStatus.TooManyArguments;
            }
            module.Arguments = module.ArgumentCount == 0 ? word : module.Arguments;
            module.ArgumentBytes = (uint)(word + wordLength + 1 - module.Arguments);
            module.ArgumentCount++;
        }
        return reader.Unclosed ? ModuleStatus.UnclosedQuote
            : module.CoresLength == 0 ? ModuleStatus.NoCores
            : ModuleStatus.Ok;
    }

    private static ModuleStatus ReadOption(byte* word, uint length, ref Module module)
    {
        if (Matches(word, length, "console"u8))
        {
            module.IsConsole = true;
            return ModuleStatus.Ok;
        }
        if (Matches(word, length, "data"u8))
        {
            module.IsData = true;
            return ModuleStatus.Ok;
        }
        if (Matches(word, length, "monitor"u8))
        {
            module.IsMonitor = true;
            return ModuleStatus.Ok;
        }
        if (StartsWith(word, length, "cores="u8))
        {
            module.Cores = word + 6;
            module.CoresLength = length - 6;
            return CoreList.IsValid(module.Cores, module.CoresLength)
                ? ModuleStatus.Ok
                : ModuleStatus.BadCores;
        }
        if (StartsWith(word, length, "memory="u8))
        {
            return Numbers.TryParseSize(word + 7, length - 7, out module.MemoryLimit)
                ? ModuleStatus.Ok
                : ModuleStatus.BadMemory;
        }
        if (StartsWith(word, length, "priority="u8))
        {
            bool valid =
                Numbers.TryParse(word + 9, length - 9, out ulong priority)
                && priority <= MaximumPriority;
            module.Priority = (uint)priority;
            return valid ? ModuleStatus.Ok : ModuleStatus.BadPriority;
        }
        if (StartsWith(word, length, "devices="u8))
        {
            module.Devices = word + 8;
            module.DevicesLength = length - 8;
            return DeviceList.IsValid(module.Devices, module.DevicesLength)
                ? ModuleStatus.Ok
                : ModuleStatus.BadDevices;
        }
        if (StartsWith(word, length, "restart="u8))
        {
            module.Restart = ReadPolicy(word + 8, length - 8);
            return module.Restart == RestartPolicy.Unsaid
                ? ModuleStatus.BadRestart
                : ModuleStatus.Ok;
        }
        return ModuleStatus.UnknownOption;
    }

    private static RestartPolicy ReadPolicy(byte* word, uint length) =>
        Matches(word, length, "always"u8) ? RestartPolicy.Always
        : Matches(word, length, "on-failure"u8) ? RestartPolicy.OnFailure
        : Matches(word, length, "never"u8) ? RestartPolicy.Never
        : RestartPolicy.Unsaid;

    private static bool Matches(byte* word, uint length, ReadOnlySpan<byte> text) =>
        length == (uint)text.Length && StartsWith(word, length, text);

    internal static bool StartsWith(byte* word, uint length, ReadOnlySpan<byte> text)
    {
        if (length < (uint)text.Length)
        {
            return false;
        }
        for (int i = 0; i < text.Length; i++)
        {
            if (word[i] != text[i])
            {
                return false;
            }
        }
        return true;
    }
}
