using System.Buffers.Binary;
using Cosmos.Multikernel.Drivers.Disk.Devices;
using Cosmos.Multikernel.Drivers.Disk.Devices.Ata;
using Cosmos.Multikernel.Tests.Simulation.Machines;

namespace Cosmos.Multikernel.Tests.Simulation.Disks;

/// <summary>What a pretended ATA disk says of itself, and what it understands of commands, whatever it is connected to.</summary>
internal abstract class PretendAtaDisk(
    SimulatedMachine machine,
    int seed,
    int sectors,
    int blockSize,
    int windowSize
) : PretendDisk(machine, seed, sectors, windowSize)
{
    private const ushort Valid = 0x4000;

    /// <summary>Whether block numbers have 48 bits.</summary>
    public bool HasLongNumbers { get; init; } = true;

    /// <summary>Whether single writes can pass the cache by.</summary>
    public bool HasForceUnitAccess { get; init; } = true;

    /// <summary>How many commands the drive takes at a time; more than one by native command queueing.</summary>
    public abstract int DriveDepth { get; }

    public override int MostBytes => HasLongNumbers ? base.MostBytes : 256 * blockSize;

    /// <summary>The 512 bytes of IDENTIFY DEVICE.</summary>
    protected byte[] Identify()
    {
        ushort[] words = new ushort[256];
        long blocks = Contents.Length / blockSize;
        words[49] = (1 << 8) | (1 << 9);
        words[60] = (ushort)blocks;
        words[61] = (ushort)(blocks >> 16);
        words[75] = (ushort)(DriveDepth - 1);
        words[76] = (ushort)(DriveDepth > 1 ? 1 << 8 : 0);
        words[82] = 1 << 5;
        words[83] = (ushort)(Valid | (HasLongNumbers ? (1 << 10) | (1 << 13) : 0) | (1 << 12));
        words[84] = (ushort)(Valid | (HasForceUnitAccess ? 1 << 6 : 0));
        words[85] = 1 << 5;
        words[100] = (ushort)blocks;
        words[101] = (ushort)(blocks >> 16);
        words[106] = (ushort)(Valid | (blockSize > SectorSize ? 1 << 12 : 0));
        words[117] = (ushort)(blockSize / 2);
        words[118] = (ushort)((blockSize / 2) >> 16);
        byte[] structure = new byte[512];
        for (int i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(structure.AsSpan(2 * i), words[i]);
        }
        structure[510] = 0xA5;
        structure[511] = (byte)-structure.Aggregate((byte)0, (sum, value) => (byte)(sum + value));
        return structure;
    }

    /// <summary>What a command asks for; null for one that is not understood.</summary>
    /// <param name="command">Its code.</param>
    /// <param name="block">The number in its registers.</param>
    /// <param name="count">The register that counts blocks.</param>
    protected PretendRequest? RequestOf(AtaCommand command, long block, int count)
    {
        DiskOperation? operation = command switch
        {
            AtaCommand.ReadSectors
            or AtaCommand.ReadSectorsExtended
            or AtaCommand.ReadDma
            or AtaCommand.ReadDmaExtended
            or AtaCommand.ReadQueued => DiskOperation.Read,
            AtaCommand.WriteSectors
            or AtaCommand.WriteSectorsExtended
            or AtaCommand.WriteDma
            or AtaCommand.WriteDmaExtended
            or AtaCommand.WriteDmaForceUnitAccessExtended
            or AtaCommand.WriteQueued => DiskOperation.Write,
            AtaCommand.FlushCache or AtaCommand.FlushCacheExtended => DiskOperation.Flush,
            AtaCommand.StandbyImmediate => DiskOperation.Park,
            _ => null,
        };
        bool isShort =
            command
            is AtaCommand.ReadSectors
                or AtaCommand.ReadDma
                or AtaCommand.WriteSectors
                or AtaCommand.WriteDma;
        int blocks =
            operation is DiskOperation.Flush or DiskOperation.Park ? 0
            : count != 0 ? count
            : isShort ? 256
            : 65536;
        return operation is { } known
            ? new PretendRequest(known, block * (blockSize / SectorSize), blocks * blockSize)
            : null;
    }

    /// <summary>Status in the lower 8 bits, error in the next, after what became of a command.</summary>
    protected static ushort TaskFileOf(Fate fate, DiskOperation operation) =>
        fate switch
        {
            Fate.InputOutputError when operation != DiskOperation.Flush => 0x4051,
            Fate.Done or Fate.Short or Fate.Nonsense => 0x0050,
            _ => 0x0451,
        };
}
