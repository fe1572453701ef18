using System.Text.Json;
using Cosmos.Multikernel.Cli.Benchmarks.Station;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Cli.Output;

namespace Cosmos.Multikernel.Cli.Benchmarks.Rounds;

/// <summary>A machine whose program measures what is typed at its console.</summary>
internal sealed class BenchGuest : IAsyncDisposable
{
    private readonly VirtualMachine machine;
    private readonly BenchStation? station;
    private readonly IAsyncEnumerator<string> lines;

    private BenchGuest(
        VirtualMachine machine,
        BenchStation? station,
        CancellationToken cancellation
    )
    {
        this.machine = machine;
        this.station = station;
        lines = machine.Serial.LinesAsync(0, cancellation).GetAsyncEnumerator(cancellation);
    }

    /// <summary>What can be measured there.</summary>
    public IReadOnlyList<string> Measurements { get; private set; } = [];

    /// <summary>Starts a machine, and waits until its program is ready.</summary>
    /// <param name="part">What runs there.</param>
    /// <param name="describe">Describes the machine, whose network is this one's.</param>
    /// <param name="cancellation">Ends the conversation.</param>
    public static async Task<BenchGuest> StartAsync(
        BenchPart part,
        Func<string?, MachineOptions> describe,
        CancellationToken cancellation
    )
    {
        var station = part.Nic is null ? null : new BenchStation();
        try
        {
            var machine = await VirtualMachine
                .StartAsync(describe(station?.Network), cancellation)
                .ConfigureAwait(false);
            var guest = new BenchGuest(machine, station, cancellation);
            station = null;
            try
            {
                // Else it is the host's scheduler that one would measure: for how long a virtual processor keeps a device waiting.
                if (
                    !await machine
                        .FavourDevicesAsync(part.DevicesFirst, cancellation)
                        .ConfigureAwait(false)
                )
                {
                    Report.Line(
                        $"{Path.GetFileName(machine.Options.Image)}: this user may not keep virtual processors in their places: how long they keep devices waiting is this host's"
                    );
                }

                var ready = await guest.ExpectAsync("ready", []).ConfigureAwait(false);
                guest.Measurements =
                [
                    .. JsonDocument
                        .Parse(ready.Json)
                        .RootElement.GetProperty("measurements")
                        .EnumerateArray()
                        .Select(name => name.GetString()!),
                ];
                return guest;
            }
            catch
            {
                await guest.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
        finally
        {
            station?.Dispose();
        }
    }

    /// <summary>Has something measured.</summary>
    public async Task<IReadOnlyList<SerialRecord>> MeasureAsync(
        string name,
        CancellationToken cancellation
    )
    {
        await machine.SendAsync($"{name}\r", cancellation).ConfigureAwait(false);
        var records = new List<SerialRecord>();
        await ExpectAsync("done", records).ConfigureAwait(false);
        return records.Count > 0
            ? records
            : throw BenchMachine.Failure($"'{name}' was not measured", machine);
    }

    public async ValueTask DisposeAsync()
    {
        await machine.DisposeAsync().ConfigureAwait(false);
        await lines.DisposeAsync().ConfigureAwait(false);
        station?.Dispose();
    }

    // Until a record of the kind; those before it are kept.
    private async Task<SerialRecord> ExpectAsync(string kind, List<SerialRecord> records)
    {
        while (await lines.MoveNextAsync().ConfigureAwait(false))
        {
            if (SerialLine.ParseRecord(lines.Current) is { } record)
            {
                if (record.Kind == kind)
                {
                    return record;
                }

                records.Add(record);
            }
            else if (SerialLine.ParseEnd(lines.Current) is { } end)
            {
                throw BenchMachine.Failure(end.Text.Trim(), machine);
            }
        }

        throw BenchMachine.Failure("the machine ended", machine);
    }
}
