using System.Text.RegularExpressions;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.FileSystems.Fat;

/// <summary>What fsck.fat finds in a volume's file.</summary>
internal static partial class FsckFat
{
    /// <summary>Nothing at all.</summary>
    public static void AssertClean(string file) => HostTool.Run("fsck.fat", ["-n", "-v", file]);

    /// <summary>At most what a pulled plug may leave.</summary>
    /// <param name="file">The volume.</param>
    /// <param name="what">What it is, for the failure's message.</param>
    public static void AssertAtMostPlugged(string file, string what)
    {
        (_, string output) = HostTool.Try("fsck.fat", "-n", file);
        Assert.That(
            output.Split('\n').Where(line => line.Length > 0 && !Harmless().IsMatch(line)),
            Is.Empty,
            $"{what}:\n{output}"
        );
    }

    // mkfs.fat's small FAT32 volumes are warned of. Then: a mark that the volume is in use (and so a boot sector unlike its copy), copies of the table that differ, a summary
    // that is behind, lost clusters: in no chain, or behind a file's end.
    [GeneratedRegex(
        "^(fsck\\.fat |Dirty bit is set|  ?Automatically removing dirty bit|There are differences between boot sector"
            + "|This is mostly harmless|  [0-9]+:|, [0-9]+:|  Not automatically fixing|FATs differ but appear to be intact"
            + "|  Using first FAT|Reclaimed [0-9]+ unused clusters?|Free cluster summary|  Auto-correcting|/[^ ].*$"
            + "|  File size is [0-9]+ bytes, cluster chain length is > |  Truncating file to [0-9]+ bytes"
            + "|Warning: Filesystem is FAT32|  but has only|  This may lead to problems"
            + "|\\*\\*\\* Filesystem was changed|The changes have not yet been written|Leaving filesystem unchanged| *$)"
    )]
    private static partial Regex Harmless();
}
