using Cosmos.Multikernel.Tests.Host.Tools;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>A USB stick with a FAT32 file system that a boot image's files were copied to.</summary>
internal static class FatStick
{
    // The least that FAT32 takes is 32 MB; a stick is larger than that.
    private const string Megabytes = "128M";

    /// <summary>Makes the stick beside an image; gives its file.</summary>
    public static async Task<string> CopyAsync(string image)
    {
        var stick = Path.ChangeExtension(image, ".stick");
        var files = Directory.CreateTempSubdirectory("cosmos-stick-").FullName;
        try
        {
            await HostProgram.RunToolAsync(
                "xorriso",
                ["-osirrox", "on", "-indev", image, "-extract", "/", files]
            );
            await HostProgram.RunToolAsync("chmod", "-R", "u+w", files);
            File.Delete(stick);
            await HostProgram.RunToolAsync("truncate", "-s", Megabytes, stick);
            await HostProgram.RunToolAsync("mformat", "-i", stick, "-F", "-v", "STICK", "::");
            await HostProgram.RunToolAsync(
                "mcopy",
                ["-s", "-i", stick, .. Directory.GetFileSystemEntries(files), "::"]
            );
            return stick;
        }
        finally
        {
            Directory.Delete(files, recursive: true);
        }
    }
}
