namespace Cosmos.Multikernel.Bench.Io.Measurements;

/// <summary>Small UDP datagrams to a station that sends them back: one at a time, how long it takes; many, how many go.</summary>
internal sealed class EchoMeasurement(IUdp udp, int underWay) : Measurement
{
    private const int Many = 32;

    /// <inheritdoc/>
    public override string Name => $"UDP echo, {underWay} under way";

    /// <summary>Both.</summary>
    public static IEnumerable<EchoMeasurement> All(IUdp udp) =>
        [new EchoMeasurement(udp, 1), new EchoMeasurement(udp, Many)];

    /// <inheritdoc/>
    public override async Task RunAsync()
    {
        Exchange exchange = new();
        long count = await udp.EchoAsync(exchange, underWay);
        if (underWay == 1)
        {
            Record.Write("UDP echo, p50", exchange.RoundTrip(50), "us");
            Record.Write("UDP echo, p99", exchange.RoundTrip(99), "us");
        }
        else
        {
            Record.Write("UDP echoes, 32 under way", exchange.PerSecond(count), "/s");
        }
    }
}
