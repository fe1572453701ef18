namespace Cosmos.Multikernel.Drivers.Disk;

/// <summary>Cuts transfers that are too long for one request.</summary>
internal static class BlockPieces
{
    /// <summary>
    /// Runs all pieces of a transfer at once. When one fails the others are waited for all the same: their memory is the device's
    /// until then.
    /// </summary>
    /// <param name="length">Bytes in all.</param>
    /// <param name="longest">Longest piece.</param>
    /// <param name="runPiece">Runs a piece: where it begins, and its length.</param>
    public static ValueTask RunAsync(int length, int longest, Func<int, int, ValueTask> runPiece)
    {
        if (length <= longest)
        {
            return runPiece(0, length);
        }
        Task[] pieces = new Task[(length + longest - 1) / longest];
        for (int i = 0; i < pieces.Length; i++)
        {
            int at = i * longest;
            pieces[i] = runPiece(at, Math.Min(longest, length - at)).AsTask();
        }
        return new ValueTask(Task.WhenAll(pieces));
    }
}
