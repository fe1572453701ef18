using System.Diagnostics;
using Cosmos.Multikernel.Cli.Benchmarks.Station;

namespace Cosmos.Multikernel.Bench.Io.Measurements;

/// <summary>Small UDP datagrams from a station that sends more than go: how many arrive in a second, and which share does not.</summary>
internal sealed class ReceiveMeasurement(IUdp udp) : Measurement
{
    // More than two emulated processors take, and few enough that the host can send them beside.
    private const long OfferedPerSecond = 200_000;

    private static long runs;

    /// <inheritdoc/>
    public override string Name => "UDP received, one way";

    /// <inheritdoc/>
    public override async Task RunAsync()
    {
        Datagrams received = new(++runs);
        await udp.SendAsync(
            new Question(
                new StationMessage(
                    received.Run,
                    StationMessage.Question,
                    OfferedPerSecond,
                    (long)Round.Length.TotalNanoseconds
                )
            )
        );
        await udp.ReceiveAsync(received);
        StationMessage sent = await Question.AskAsync(udp, received.Run);
        Record.Write(Name, received.PerSecond, "/s");
        Record.WriteLoss(Name, sent.Count, received.Count);
    }

    /// <summary>What has come of a measurement, until the station says that there is no more.</summary>
    private sealed class Datagrams(long run) : IIncoming
    {
        private long first;
        private long last;

        public long Run => run;

        public long Count { get; private set; }

        public double PerSecond =>
            StationMessage.PerSecondOf(
                Count,
                Stopwatch.GetElapsedTime(first, last).TotalNanoseconds
            );

        public bool Take(ReadOnlySpan<byte> datagram)
        {
            if (!StationMessage.TryRead(datagram, out StationMessage message) || message.Run != run)
            {
                // A late one of an earlier measurement.
                return true;
            }

            if (message.Number == StationMessage.Question)
            {
                return false;
            }

            last = Stopwatch.GetTimestamp();
            first = Count++ == 0 ? last : first;
            return true;
        }
    }
}
