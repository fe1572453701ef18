using System.Runtime.InteropServices;

namespace Cosmos.Multikernel.Tests.Host.CpuDriver;

/// <summary>
/// Input that ends where memory ends: behind it there is at most the filler that its alignment asks for, then a page that
/// cannot be read. Code that reads further kills the test run; code that reads the filler gives itself away by
/// answering differently when the filler is different (<see cref="Agreed"/>).
/// </summary>
internal sealed unsafe class GuardedBytes : IDisposable
{
    private const int PageBytes = 65536;
    private const int ProtectionNone = 0;
    private const int ProtectionReadWrite = 3;

    private readonly byte* _pages;
    private readonly byte* _end;

    /// <param name="capacity">Bytes of the longest input.</param>
    public GuardedBytes(int capacity)
    {
        nuint room = (nuint)((capacity + PageBytes - 1) / PageBytes * PageBytes);
        _pages = (byte*)NativeMemory.AlignedAlloc(room + PageBytes, PageBytes);
        _end = _pages + room;
        Protect(ProtectionNone);
    }

    public delegate string Reader(byte* input, uint length);

    /// <summary>Puts the input before the guard.</summary>
    /// <param name="alignment">What its address must be a multiple of.</param>
    /// <param name="filler">What fills the space to the guard.</param>
    public byte* Place(ReadOnlySpan<byte> input, int alignment = 1, byte filler = 0)
    {
        int room = (input.Length + alignment - 1) / alignment * alignment;
        byte* start = _end - room;
        input.CopyTo(new Span<byte>(start, room));
        new Span<byte>(start + input.Length, room - input.Length).Fill(filler);
        return start;
    }

    /// <summary>What a reader says about an input, which must not depend on what lies behind it, nor be changed.</summary>
    public string Agreed(ReadOnlySpan<byte> input, Reader read, int alignment = 1)
    {
        string? first = null;
        foreach (byte filler in (ReadOnlySpan<byte>)[0x00, 0xff, 0x01])
        {
            byte* start = Place(input, alignment, filler);
            string answer = read(start, (uint)input.Length);
            first ??= answer;
            if (answer != first)
            {
                throw new InvalidOperationException(
                    $"read behind its input: '{first}' became '{answer}'"
                );
            }
            if (!input.SequenceEqual(new ReadOnlySpan<byte>(start, input.Length)))
            {
                throw new InvalidOperationException("changed its input");
            }
        }
        return first!;
    }

    public void Dispose()
    {
        Protect(ProtectionReadWrite);
        NativeMemory.AlignedFree(_pages);
    }

    // Elsewhere than on Linux and macOS there is no guard, only the comparison.
    private void Protect(int protection)
    {
        if (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS())
        {
            int result = MemoryProtect(_end, PageBytes, protection);
            if (result != 0)
            {
                throw new InvalidOperationException("mprotect failed");
            }
        }
    }

    [DllImport("libc", EntryPoint = "mprotect")]
    private static extern int MemoryProtect(void* address, nuint length, int protection);
}
