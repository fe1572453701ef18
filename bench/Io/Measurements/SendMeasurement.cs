using Cosmos.Multikernel.Cli.Benchmarks.Station;

namespace Cosmos.Multikernel.Bench.Io.Measurements;

/// <summary>Small UDP datagrams to a station that counts them, as many as go: how many arrive in a second of its time, and which share does not.</summary>
internal sealed class SendMeasurement(IUdp udp) : Measurement
{
    private static long runs;

    /// <inheritdoc/>
    public override string Name => "UDP sent, one way";

    /// <inheritdoc/>
    public override async Task RunAsync()
    {
        Datagrams sent = new(++runs);
        await udp.SendAsync(sent);
        StationMessage counted = await Question.AskAsync(udp, sent.Run);
        Record.Write(Name, counted.PerSecond, "/s");
        Record.WriteLoss(Name, sent.Count, counted.Count);
    }

    /// <summary>Datagrams with numbers, until the time is over.</summary>
    private sealed class Datagrams(long run) : IOutgoing
    {
        private readonly Round round = new();

        public long Run => run;

        public long Count { get; private set; }

        public bool TryFill(Span<byte> datagram)
        {
            if (round.IsOver)
            {
                return false;
            }

            new StationMessage(run, Count++).Write(datagram);
            return true;
        }
    }
}
