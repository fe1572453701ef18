using Cosmos.Multikernel.Cli.Benchmarks.Linux;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Cli.Output;

namespace Cosmos.Multikernel.Cli.Benchmarks.Rounds;

/// <summary>
/// A part that is measured in rounds, by turns with the same on Linux: both machines run all the time, and one of them measures while the other
/// sleeps. So what this host does meanwhile hits both alike.
/// </summary>
internal static class BenchRounds
{
    /// <summary>Runs it; the middle of the rounds counts.</summary>
    /// <param name="name">For its images and logs.</param>
    /// <param name="part">The part.</param>
    /// <param name="kernel">The Linux to compare with; null for none.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<IReadOnlyList<SerialRecord>> RunAsync(
        string name,
        BenchPart part,
        LinuxKernel? kernel,
        CancellationToken cancellation
    )
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timer.CancelAfter(TimeSpan.FromMinutes(part.Minutes));
        try
        {
            return await RunTimedAsync(name, part, kernel, timer.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new CommandFailure($"{name}: not done after {part.Minutes} minutes");
        }
    }

    private static async Task<IReadOnlyList<SerialRecord>> RunTimedAsync(
        string name,
        BenchPart part,
        LinuxKernel? kernel,
        CancellationToken cancellation
    )
    {
        await using var own = await BenchGuest
            .StartAsync(
                part,
                network => BenchMachine.OfMultikernel(name, part, network).Options,
                cancellation
            )
            .ConfigureAwait(false);
        await using var linux = kernel is null
            ? null
            : await BenchGuest
                .StartAsync(
                    part,
                    network =>
                        BenchMachine.OfLinux($"{name}-linux", part, part.Linux!, kernel, network),
                    cancellation
                )
                .ConfigureAwait(false);
        var table = new RoundsTable(kernel is null ? null : $"Linux {kernel.Version}");

        // The first round meets code that the emulator has yet to translate, and is not counted.
        for (var round = 0; round <= part.Rounds; round++)
        {
            foreach (var measurement in own.Measurements)
            {
                var ours = await own.MeasureAsync(measurement, cancellation).ConfigureAwait(false);
                var theirs = linux is null
                    ? []
                    : await linux.MeasureAsync(measurement, cancellation).ConfigureAwait(false);
                if (round > 0)
                {
                    table.Add(ours, theirs);
                }
            }
        }

        return table.ToRecords();
    }
}
