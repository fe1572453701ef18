namespace Cosmos.Multikernel.Bench.Io.Measurements;

/// <summary>Reads or writes of 4 KB.</summary>
internal sealed class DiskMeasurement(IDisk disk, bool isRandom, bool isWrite, int depth)
    : Measurement
{
    private const int DeepQueue = 32;
    private const double Megabyte = 1e6;

    /// <inheritdoc/>
    public override string Name =>
        $"{(isRandom ? "random" : "sequential")} {(isWrite ? "write" : "read")}, depth {depth}";

    /// <summary>In all ways: one after the other and at random, one at a time and many.</summary>
    public static IEnumerable<DiskMeasurement> All(IDisk disk) =>
        from isRandom in (bool[])[false, true]
        from isWrite in (bool[])[false, true]
        from depth in (int[])[1, DeepQueue]
        select new DiskMeasurement(disk, isRandom, isWrite, depth);

    /// <inheritdoc/>
    public override async Task RunAsync()
    {
        Transfer transfer = new(isWrite, isRandom, disk.Pieces);
        double perSecond = transfer.PerSecond(await disk.RunAsync(transfer, depth));

        // What one asks of each: how much, and how often.
        if (isRandom)
        {
            Record.Write(Name, perSecond, "IOPS");
        }
        else
        {
            Record.Write(Name, perSecond * Transfer.PieceBytes / Megabyte, "MB/s");
        }
    }
}
