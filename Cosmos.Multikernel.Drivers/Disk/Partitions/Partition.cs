namespace Cosmos.Multikernel.Drivers.Disk.Partitions;

/// <summary>Who divided a disk.</summary>
public enum PartitionScheme
{
    /// <summary>Nobody: one file system fills it, or nothing does.</summary>
    None,

    /// <summary>A master boot record, with up to four partitions and a chain of logical ones.</summary>
    Mbr,

    /// <summary>A GUID partition table (UEFI specification, chapter 5).</summary>
    Gpt,
}

/// <summary>A part of a disk.</summary>
/// <param name="Number">Its number as Linux counts: from 1, logical ones from 5; 0 for a disk that is not divided.</param>
/// <param name="FirstBlock">Where it begins.</param>
/// <param name="BlockCount">How long it is.</param>
/// <param name="MbrType">What its entry says it holds (MBR), or 0.</param>
/// <param name="GptType">The same as a GUID (GPT), or empty.</param>
/// <param name="Name">Its name (GPT), or empty.</param>
public sealed record Partition(
    int Number,
    long FirstBlock,
    long BlockCount,
    byte MbrType = 0,
    Guid GptType = default,
    string Name = ""
);

/// <summary>A partition table is there and cannot be right.</summary>
public sealed class PartitionTableException(string message) : IOException(message);
