using System.Globalization;

namespace Cosmos.Multikernel.Bench.Messages;

/// <summary>What was measured of one contestant at one length of message, over all rounds.</summary>
internal sealed class Figures(string name, int length, string? peer)
{
    private const double Micro = 1000;

    private readonly List<double> roundTrips = [];
    private readonly List<double> rates = [];

    public Samples Singles { get; } = new();

    /// <summary>Nanoseconds of a round trip: the middle of the rounds' figures.</summary>
    public double RoundTrip => Round.Median(roundTrips);

    public void Add(Round round) => roundTrips.Add(round.Typical);

    public void AddRate(double perSecond) => rates.Add(perSecond);

    /// <summary>Prints its rows; those with a length also as points of the plots.</summary>
    public void Print()
    {
        string label = string.Create(CultureInfo.InvariantCulture, $"{name}, {length} B");
        Point(label, "one way", RoundTrip / 2, "ns");
        Point(label, "round trip p50", Singles.Percentile(50) / Micro, "us");
        Point(label, "round trip p99", Singles.Percentile(99) / Micro, "us");
        Point(label, "round trip p99.9", Singles.Percentile(99.9) / Micro, "us");
        if (rates.Count != 0)
        {
            Point(label, "throughput", Round.Median(rates) / 1e6, "M messages/s");
        }
    }

    private void Point(string label, string what, double value, string unit) =>
        Row.Print($"{label}, {what}", value, unit, peer, new PlotPoint(what, name, length));
}
