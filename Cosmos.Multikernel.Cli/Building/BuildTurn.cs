using Cosmos.Multikernel.Cli.Output;

namespace Cosmos.Multikernel.Cli.Building;

/// <summary>
/// One build at a time: two in one folder would write the same files, and either could find the other's half done. A turn ends
/// with its process, however that ends.
/// </summary>
internal static class BuildTurn
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    /// <summary>Waits for this process's turn; disposing of it ends it.</summary>
    public static async Task<FileStream> TakeAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(Repository.Artifacts);
        var file = Path.Combine(Repository.Artifacts, "build.lock");
        for (var isTold = false; ; isTold = true)
        {
            try
            {
                return new FileStream(
                    file,
                    FileMode.OpenOrCreate,
                    FileAccess.ReadWrite,
                    FileShare.None
                );
            }
            catch (IOException) when (File.Exists(file))
            {
                if (!isTold)
                {
                    Report.Line("another build is under way here; waiting for its end");
                }

                await Task.Delay(Look, cancellation).ConfigureAwait(false);
            }
        }
    }
}
