using Cosmos.Multikernel.CpuDriver.Boot;
using Cosmos.Multikernel.CpuDriver.Elf;
using Cosmos.Multikernel.CpuDriver.LinuxAbi;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Domains;

/// <summary>
/// Writes a first thread's stack: strings at the top, then argc, argv, environment and auxiliary vector (System V ABI, AMD64
/// supplement, section 3.4.1). The console's instance finds its terminal in the
/// environment; nothing else is there.
/// </summary>
internal unsafe struct StartStack
{
    // Auxiliary vector entries (AMD64 supplement, figure 3.11; Linux, include/uapi/linux/auxvec.h).
    private const ulong ProgramHeaders = 3;
    private const ulong ProgramHeaderSize = 4;
    private const ulong ProgramHeaderCount = 5;
    private const ulong PageSize = 6;
    private const ulong Base = 7;
    private const ulong Entry = 9;
    private const ulong ClockTicks = 17;
    private const ulong Secure = 23;
    private const ulong Random = 25;
    private const ulong FileName = 31;
    private const ulong VirtualLibrary = 33;
    private const ulong RandomBytes = 16;

    private readonly Domain* _domain;
    private ulong _top;
    private ulong _at;
    private bool _failed;

    public StartStack(Domain* domain, ulong top)
    {
        _domain = domain;
        _top = top;
        _at = 0;
        _failed = false;
    }

    /// <summary>Writes it all. Returns the stack pointer to start with, or 0 when there is no memory.</summary>
    public ulong Write(Module* module, ElfImage* image, ulong imageBase, ulong vdso)
    {
        byte* random = stackalloc byte[(int)RandomBytes];
        RandomGenerator.Fill(random, RandomBytes);
        ulong randomAt = PushBytes(random, RandomBytes);
        ulong argumentsAt =
            module->ArgumentCount == 0 ? 0 : PushBytes(module->Arguments, module->ArgumentBytes);
        ulong nameAt = PushBytes(module->Name, module->NameLength + 1);

        ulong terminalAt = module->IsConsole ? PushText(TerminalDescription.Variables) : 0;

        // argc, argv and its end, the environment and its end, twelve pairs of the auxiliary vector.
        uint variables = module->IsConsole ? TerminalDescription.VariableCount : 0;
        ulong words = 1 + 1 + module->ArgumentCount + 1 + variables + 1 + 12 * 2;
        ulong stack = (_top - words * sizeof(ulong)) & ~15ul;
        _at = stack;
        Push(1 + (ulong)module->ArgumentCount);
        Push(nameAt);
        PushStarts(argumentsAt, module->Arguments, module->ArgumentCount);
        Push(0);
        fixed (byte* texts = TerminalDescription.Variables)
        {
            PushStarts(terminalAt, texts, variables);
        }
        Push(0);
        PushPair(ProgramHeaders, imageBase + image->ProgramHeaders);
        PushPair(ProgramHeaderSize, ElfFormat.ProgramHeaderBytes);
        PushPair(ProgramHeaderCount, image->ProgramHeaderCount);
        PushPair(PageSize, AddressSpace.PageSize);
        PushPair(Base, 0);
        PushPair(Entry, imageBase + image->Entry);
        PushPair(ClockTicks, 100);
        PushPair(Secure, 0);
        PushPair(Random, randomAt);
        PushPair(FileName, nameAt);
        PushPair(VirtualLibrary, vdso);
        PushPair(0, 0);
        return _failed ? 0 : stack;
    }

    // Where each of several texts begins; all end with a 0 byte.
    private void PushStarts(ulong at, byte* texts, uint count)
    {
        byte* text = texts;
        for (uint i = 0; i < count; i++)
        {
            Push(at + (ulong)(text - texts));
            while (*text++ != 0) { }
        }
    }

    private ulong PushText(System.ReadOnlySpan<byte> text)
    {
        fixed (byte* bytes = text)
        {
            return PushBytes(bytes, (ulong)text.Length);
        }
    }

    private ulong PushBytes(byte* bytes, ulong length)
    {
        _top -= length;
        _failed |= !UserMemory.TryWrite(_domain, _top, bytes, length);
        return _top;
    }

    private void PushPair(ulong type, ulong value)
    {
        Push(type);
        Push(value);
    }

    private void Push(ulong value)
    {
        _failed |= !UserMemory.TryWriteWord(_domain, _at, value);
        _at += sizeof(ulong);
    }
}
