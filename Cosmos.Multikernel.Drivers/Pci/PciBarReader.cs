using System.Numerics;

namespace Cosmos.Multikernel.Drivers.Pci;

/// <summary>Reads base address registers and asks for their lengths (PCI 3.0, section 6.2.5.1).</summary>
internal sealed class PciBarReader(
    IPciConfiguration space,
    PciFunction function,
    List<string> problems
)
{
    private const int BridgeBars = 2;

    private const uint IsPorts = 1 << 0;
    private const uint TypeMask = 3 << 1;
    private const uint SixtyFourBits = 2 << 1;
    private const uint BelowOneMegabyte = 1 << 1;
    private const uint Prefetchable = 1 << 3;
    private const uint PortMask = ~3u;
    private const uint MemoryMask = ~15u;
    private const uint UpperPorts = 0xffff_0000;

    // Physical addresses have at most 52 bits (Intel SDM volume 3A, section 4.1.4).
    private const ulong PhysicalEnd = 1ul << 52;

    public PciBars Read(bool withLengths)
    {
        PciBars bars = default;
        int count = function.IsBridge ? BridgeBars : PciBars.Count;
        for (int i = 0; i < count; i++)
        {
            uint low = space.Read32(function.Address, OffsetOf(i));
            bool isWide = (low & IsPorts) == 0 && (low & TypeMask) == SixtyFourBits;
            if (isWide && i + 1 == count)
            {
                Report(i, "64 bits wide, with no register left for the upper half");
                return bars;
            }
            bars[i] =
                (low & IsPorts) != 0 ? ReadPorts(i, low, withLengths)
                : isWide || (low & TypeMask) is 0 or BelowOneMegabyte
                    ? ReadMemory(i, low, isWide, withLengths)
                : Unknown(i);
            i += isWide ? 1 : 0;
        }
        return bars;
    }

    private PciBar ReadPorts(int index, uint low, bool withLengths)
    {
        uint address = low & PortMask;
        if (!withLengths)
        {
            return new PciBar(PciBarKind.Ports, false, address, 0);
        }
        // Functions may leave the upper 16 bits out: there are no more ports.
        uint mask = (Ask(index, low) & PortMask) | UpperPorts;
        uint length = ~mask + 1;
        return mask == UpperPorts ? default
            : IsGood(index, address, length, 1 << 16)
                ? new PciBar(PciBarKind.Ports, false, address, length)
            : default;
    }

    private PciBar ReadMemory(int index, uint low, bool isWide, bool withLengths)
    {
        uint high = isWide ? space.Read32(function.Address, OffsetOf(index + 1)) : 0;
        ulong address = (low & MemoryMask) | ((ulong)high << 32);
        bool isPrefetchable = (low & Prefetchable) != 0;
        if (!withLengths)
        {
            return address == 0
                ? default
                : new PciBar(PciBarKind.Memory, isPrefetchable, address, 0);
        }
        uint lowMask = Ask(index, low) & MemoryMask;
        uint highMask = isWide ? Ask(index + 1, high) : uint.MaxValue;
        if (lowMask == 0 && (!isWide || highMask == 0))
        {
            return default;
        }
        ulong length = ~(lowMask | ((ulong)highMask << 32)) + 1;
        return IsGood(index, address, length, PhysicalEnd)
            ? new PciBar(PciBarKind.Memory, isPrefetchable, address, length)
            : default;
    }

    // What cannot be cleared by writing ones is not decoded: the bits that stay 0 are the length.
    private uint Ask(int index, uint before)
    {
        int offset = OffsetOf(index);
        space.Write32(function.Address, offset, uint.MaxValue);
        uint answer = space.Read32(function.Address, offset);
        space.Write32(function.Address, offset, before);
        return answer;
    }

    private bool IsGood(int index, ulong address, ulong length, ulong end)
    {
        if (!BitOperations.IsPow2(length) || length > end)
        {
            Report(index, $"0x{length:x} long, which is no possible length");
            return false;
        }
        if ((address & (length - 1)) != 0 || address > end - length)
        {
            Report(index, $"at 0x{address:x}, where 0x{length:x} cannot lie");
            return false;
        }
        return true;
    }

    private PciBar Unknown(int index)
    {
        Report(index, "of a kind that is not defined");
        return default;
    }

    private void Report(int index, string what) =>
        problems.Add(
            $"{function.Address} ({function.Identity}): base address register {index} is {what}"
        );

    private static int OffsetOf(int index) => PciRegister.FirstBar + index * sizeof(uint);
}
