using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;
using Cosmos.Multikernel;
using Cosmos.Multikernel.Compatibility.NotThere;

namespace Cosmos.Core;

/// <summary>What the processor and the machine say about themselves.</summary>
public class CPU
{
    private const int BytesPerMegabyte = 1 << 20;

    // Intel SDM, volume 2, CPUID: leaf 0 has the vendor in EBX, EDX, ECX, leaves 0x8000_0002 to 4 the brand in EAX to EDX.
    private const int VendorLeaf = 0;
    private const int HighestExtendedLeaf = unchecked((int)0x8000_0000);
    private const int FirstBrandLeaf = unchecked((int)0x8000_0002);
    private const int BrandLeaves = 3;

    private static readonly Lazy<long> HostedCycleSpeed = new(static () =>
        CycleSpeed.Find(ReadLeaf, GetCPUBrandString(), File.ReadLines("/proc/cpuinfo"))
    );

    /// <summary>Memory that this kernel may use, megabytes: its instance's limit, or else its core's share of the machine.</summary>
    public static uint GetAmountOfRAM() =>
        (uint)(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / BytesPerMegabyte);

    /// <summary>Who made the processor: <c>GenuineIntel</c>, <c>AuthenticAMD</c>.</summary>
    public static string GetCPUVendorName()
    {
        var (_, b, c, d) = ReadLeaf(VendorLeaf);
        return TextOf([b, d, c]);
    }

    /// <summary>The processor's name for people.</summary>
    /// <exception cref="NotSupportedException">It has none.</exception>
    public static string GetCPUBrandString()
    {
        uint highest = (uint)ReadLeaf(HighestExtendedLeaf).A;
        if (highest < unchecked((uint)(FirstBrandLeaf + BrandLeaves - 1)))
        {
            throw new NotSupportedException("This processor does not tell its brand.");
        }
        int[] words = new int[4 * BrandLeaves];
        for (int i = 0; i < BrandLeaves; i++)
        {
            (words[4 * i], words[4 * i + 1], words[4 * i + 2], words[4 * i + 3]) = ReadLeaf(
                FirstBrandLeaf + i
            );
        }
        return TextOf(words);
    }

    /// <summary>Cycles of the timestamp counter since the machine began.</summary>
    public static ulong GetCPUUptime() =>
        (ulong)(Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency * GetCPUCycleSpeed());

    /// <summary>Rate of the timestamp counter, Hz: measured; hosted what the processor says, or Linux of it.</summary>
    /// <exception cref="NotSupportedException">Hosted: neither tells.</exception>
    public static long GetCPUCycleSpeed() =>
        Instance.IsHosted ? HostedCycleSpeed.Value : Machine.TimestampFrequency;

    /// <summary>The rate that a processor's name tells: <c>... @ 2.40GHz</c>.</summary>
    /// <exception cref="NotSupportedException">It tells none.</exception>
    public static long EstimateCPUSpeedFromName(string s) =>
        CycleSpeed.OfName(s)
        ?? throw new NotSupportedException($"The processor's name, '{s}', does not tell its rate.");

    /// <summary>Not 0: every processor that runs this has CPUID.</summary>
    public static int CanReadCPUID() => 1;

    /// <summary>CPUID, sub-leaf 0.</summary>
    public static void ReadCPUID(uint type, ref int eax, ref int ebx, ref int ecx, ref int edx) =>
        (eax, ebx, ecx, edx) = ReadLeaf((int)type);

    /// <summary>Does nothing: every instance has its floating point from the start.</summary>
    public static void InitSSE() { }

    /// <inheritdoc cref="InitSSE"/>
    public static void InitFloat() { }

    [Obsolete(Missing.Interrupts, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public static void EnableInterrupts() { }

    [Obsolete(Missing.Interrupts, error: true, DiagnosticId = Missing.Id, UrlFormat = Missing.Url)]
    public static void DisableInterrupts() { }

    /// <summary>Restarts the machine.</summary>
    public void Reboot() => Machine.Reboot();

    /// <summary>Gives the core to others for a moment: an instance cannot halt it.</summary>
    public void Halt() => Thread.Sleep(1);

    private static (int A, int B, int C, int D) ReadLeaf(int leaf) => X86Base.CpuId(leaf, 0);

    private static string TextOf(ReadOnlySpan<int> words) =>
        Encoding.ASCII.GetString(MemoryMarshal.AsBytes(words)).Trim('\0', ' ');
}
