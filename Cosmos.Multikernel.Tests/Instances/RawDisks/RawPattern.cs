namespace Cosmos.Multikernel.Tests.Instances.RawDisks;

/// <summary>What the instance writes on a disk, and the host finds in its file afterwards.</summary>
internal static class RawPattern
{
    /// <summary>Bytes, from the disk's beginning.</summary>
    public const int Length = 3 << 20;

    /// <summary>A sector behind them that some disks cannot read.</summary>
    public const int DamagedSector = 8000;

    /// <summary>A sector behind that, which these cannot write.</summary>
    public const int UnwritableSector = 8500;

    /// <summary>A sector behind that, which some disks do not answer about until it is written.</summary>
    public const int SilentSector = 9000;

    /// <summary>What is to be there, on each disk something else.</summary>
    public static byte[] Of(string disk)
    {
        byte[] contents = new byte[Length];
        new Random(disk.Sum(letter => letter)).NextBytes(contents);
        return contents;
    }
}
