using System.Runtime.InteropServices;

namespace Cosmos.Multikernel.Tests.Instances.Fatal;

/// <summary>This program's own machine code, found through its program headers as the loader passed them.</summary>
internal static unsafe partial class ExecutableImage
{
    private const nuint AuxiliaryProgramHeaders = 3;
    private const nuint AuxiliaryProgramHeaderCount = 5;
    private const uint LoadSegment = 1;
    private const uint ExecuteFlag = 1;

    [StructLayout(LayoutKind.Sequential)]
    private struct ProgramHeader
    {
        public uint Type;
        public uint Flags;
        public ulong Offset;
        public ulong VirtualAddress;
        public ulong PhysicalAddress;
        public ulong FileSize;
        public ulong MemorySize;
        public ulong Alignment;
    }

    /// <summary>The executable segment. Native code (libc, the runtime) comes first in it, managed code last.</summary>
    public static ReadOnlySpan<byte> Text()
    {
        var headers = (ProgramHeader*)GetAuxiliaryValue(AuxiliaryProgramHeaders);
        var count = (int)GetAuxiliaryValue(AuxiliaryProgramHeaderCount);

        // The headers lie in the file directly behind the ELF header, and the file's start is mapped at the image's base.
        var image = (byte*)headers - 64;
        foreach (var header in new ReadOnlySpan<ProgramHeader>(headers, count))
        {
            if (header.Type == LoadSegment && (header.Flags & ExecuteFlag) != 0)
            {
                return new ReadOnlySpan<byte>(image + header.VirtualAddress, (int)header.FileSize);
            }
        }

        throw new InvalidOperationException("The image has no executable segment");
    }

    [LibraryImport("libc", EntryPoint = "getauxval")]
    private static partial nuint GetAuxiliaryValue(nuint type);
}
