using System.Buffers.Binary;
using Cosmos.Multikernel.Capabilities;

namespace Cosmos.Multikernel.Drivers.Disk.Devices.Ide;

/// <summary>
/// The table that tells a channel's bus master where data are (Programming Interface for Bus Master IDE Controller 1.0, section 1.2):
/// below 4 GB, in regions that do not cross a multiple of 64 KB.
/// </summary>
internal sealed class IdeRegions : IDisposable
{
    private const int EntryBytes = 8;
    private const int RegionBytes = 64 << 10;

    // One request of the most bytes that begins within a region.
    private const int MostEntries = 32;
    private const uint Last = 1u << 31;
    private const ulong End = 1UL << 32;

    private readonly Frame table = Frame.Allocate(MostEntries * EntryBytes);

    /// <summary>Where it is; below 4 GB, or <see cref="Reaches"/> says no.</summary>
    public uint Address => (uint)table.PhysicalAddress;

    /// <summary>Whether the bus master reaches memory, and its table.</summary>
    public bool Reaches(ulong address, int length) =>
        address + (uint)length <= End && table.PhysicalAddress + (uint)table.Length <= End;

    /// <summary>Fills in the regions of one piece of memory.</summary>
    public void Fill(ulong address, int length)
    {
        Span<byte> entry = table.Span;
        while (length > 0)
        {
            int here = Math.Min(length, RegionBytes - (int)(address % RegionBytes));
            length -= here;
            BinaryPrimitives.WriteUInt32LittleEndian(entry, (uint)address);
            // 0 stands for 64 KB.
            BinaryPrimitives.WriteUInt32LittleEndian(
                entry[4..],
                (ushort)here | (length == 0 ? Last : 0)
            );
            address += (uint)here;
            entry = entry[EntryBytes..];
        }
    }

    /// <summary>Gives the memory back; the bus master must have been stopped.</summary>
    public void Dispose() => table.Dispose();
}
