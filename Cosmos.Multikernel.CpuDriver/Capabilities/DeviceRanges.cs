// What no device capability may cover: memory, and what the CPU driver uses itself.

using Cosmos.Multikernel.CpuDriver.Acpi;
using Cosmos.Multikernel.CpuDriver.Boot;
using Cosmos.Multikernel.CpuDriver.Console;
using Cosmos.Multikernel.CpuDriver.Cores;
using Cosmos.Multikernel.CpuDriver.Memory;

namespace Cosmos.Multikernel.CpuDriver.Capabilities;

internal static unsafe class DeviceRanges
{
    private const ulong Ports = 0x1_0000;

    // Physical addresses have at most 52 bits (Intel SDM volume 3A, section 4.1.4).
    private const ulong PhysicalEnd = 1ul << 52;

    /// <summary>
    /// Whether device memory may lie there. Whole pages count, for whole pages are mapped: the machine's memory (all of it,
    /// the image and the boot modules too), local APICs and I/O APICs are out.
    /// </summary>
    public static bool IsMemoryAllowed(ulong start, ulong length)
    {
        if (length == 0 || start >= PhysicalEnd || length > PhysicalEnd - start)
        {
            return false;
        }
        ulong first = start & ~AddressSpace.PageMask;
        ulong end = (start + length + AddressSpace.PageMask) & ~AddressSpace.PageMask;
        BootRecord* boot = ThisCore.Boot;
        for (uint i = 0; i < boot->RamCount; i++)
        {
            if (first < boot->Ram[i].End && boot->Ram[i].Start < end)
            {
                return false;
            }
        }
        for (uint i = 0; i < boot->IoApicCount; i++)
        {
            if (TouchesPage(first, end, boot->IoApics[i].Address))
            {
                return false;
            }
        }
        return !TouchesPage(first, end, boot->LocalApicAddress)
            && (
                first >= ImageLayout.PhysicalOf(ImageLayout.Current->End)
                || end <= ImageLayout.PhysicalStart
            );
    }

    /// <summary>
    /// Whether a capability may have these ports. The CPU driver uses: the interrupt controllers that it masked,
    /// its console's serial port, the registers that switch the machine off. The keyboard's it uses as
    /// long as nobody binds the keyboard's line.
    /// </summary>
    public static bool ArePortsAllowed(ulong start, ulong count)
    {
        if (count == 0 || start >= Ports || count > Ports - start)
        {
            return false;
        }
        PowerManagement* power = &ThisCore.Boot->Power;
        return !(
            Touches(start, count, 0x20, 2)
            || Touches(start, count, 0xa0, 2)
            || Touches(start, count, SerialPort.FirstPort, SerialPort.PortCount)
            || Touches(start, count, power->Pm1aControl, power->Pm1aControl == 0 ? 0u : 2)
            || Touches(start, count, power->Pm1bControl, power->Pm1bControl == 0 ? 0u : 2)
            || Touches(start, count, power->EnablePort, power->EnablePort == 0 ? 0u : 1)
        );
    }

    /// <summary>Whether a capability may have these interrupt lines: not the serial port's.</summary>
    public static bool AreLinesAllowed(ulong start, ulong count) =>
        count != 0
        && start < DeviceInterrupts.LineCount
        && count <= DeviceInterrupts.LineCount - start
        && !Touches(start, count, IoApics.LineOf(SerialPort.IsaInterrupt), 1);

    /// <summary>Whether a capability may be for so many messages.</summary>
    public static bool AreMessagesAllowed(ulong start, ulong count) =>
        start == 0 && count is > 0 and <= 64 && (count & (count - 1)) == 0;

    private static bool Touches(ulong start, ulong count, ulong other, ulong otherCount) =>
        start < other + otherCount && other < start + count && otherCount != 0;

    private static bool TouchesPage(ulong first, ulong end, ulong address) =>
        (address & ~AddressSpace.PageMask) >= first && (address & ~AddressSpace.PageMask) < end;
}
