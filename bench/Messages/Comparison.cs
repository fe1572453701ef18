using Cosmos.Multikernel.Bench.Messages.Contestants;

namespace Cosmos.Multikernel.Bench.Messages;

/// <summary>
/// The goals: bare line, ring and typed call in turns, in many short rounds, so that whatever else the machine does meets
/// all of them; each goal is the middle of the rounds' ratios. The host moves its virtual cores: the bare line tells in each
/// round whether they are near or far, and only rounds of the more frequent kind count.
/// </summary>
internal static class Comparison
{
    // One way over the bare line: 45 to 60 ns between near cores, 200 to 215 ns between far ones.
    private const double NearLimit = 120;
    private const int Batches = 10;

    public static void Run(int rounds, TypedCalls typed)
    {
        using BareLine line = BareLine.Shared();
        using BareLine pair = BareLine.Pair();
        using RawRing ring = new(64);
        using Streams pipe = Streams.Pipe(64);
        List<(double Line, double Pair, double Ring, double Typed, double Pipe)> figures = [];
        Samples unused = new();
        for (int i = 0; i < rounds; i++)
        {
            double before = Harness.RoundTrips(line, Batches).Typical;
            double apart = Harness.RoundTrips(pair, Batches).Typical;
            double raw = Harness.RoundTrips(ring, Batches).Typical;
            double after = Harness.RoundTrips(line, Batches).Typical;
            double call = typed.Lines(Batches, 0, unused).Typical;
            double rawAgain = Harness.RoundTrips(ring, Batches).Typical;
            double piped = Harness.RoundTrips(pipe, 2).Typical;
            if (IsNear(before) == IsNear(after))
            {
                figures.Add(((before + after) / 2, apart, (raw + rawAgain) / 2, call, piped));
            }
        }
        int near = figures.Count(round => IsNear(round.Line));
        bool mostlyNear = 2 * near >= figures.Count;
        figures.RemoveAll(round => IsNear(round.Line) != mostlyNear);
        Row.Print("rounds that count", figures.Count, mostlyNear ? "near cores" : "far cores");
        Row.Print("bare line, one way", Of(round => round.Line / 2), "ns", line.Peer);
        Row.Print(
            "bare lines with one writer, one way",
            Of(round => round.Pair / 2),
            "ns",
            pair.Peer
        );
        Row.Print("ring, one line, one way", Of(round => round.Ring / 2), "ns");
        Row.Print("typed call, one line, round trip", Of(round => round.Typed), "ns");
        Row.Print("ring one way, times the bare line's", Of(round => round.Ring / round.Line), "x");
        Row.Print(
            "ring one way, times that of bare lines with one writer",
            Of(round => round.Ring / round.Pair),
            "x"
        );
        Row.Print(
            "pipe round trip, times the ring's one way",
            Of(round => round.Pipe / (round.Ring / 2)),
            "x"
        );
        Row.Print(
            "typed call, times the ring's round trip",
            Of(round => round.Typed / round.Ring),
            "x"
        );

        double Of(
            Func<(double Line, double Pair, double Ring, double Typed, double Pipe), double> figure
        ) => Round.Median(figures.Select(figure));
    }

    /// <summary>
    /// Lines written and read in place against values through Threading.Channels. A stream is as fast as in its best round:
    /// in any other somebody was preempted.
    /// </summary>
    public static void RunInPlace(int rounds)
    {
        foreach (int slots in (int[])[64, 256, 1024])
        {
            using RawRing ring = new((uint)slots);
            using ChannelOfValues channel = new(slots);
            double best = 0;
            double bestOfChannel = 0;
            for (int i = 0; i < rounds; i++)
            {
                best = Math.Max(best, Harness.MessagesPerSecond(ring));
                bestOfChannel = Math.Max(bestOfChannel, Harness.MessagesPerSecond(channel));
            }
            Row.Print(ring.Name, best / 1e6, "M messages/s");
            Row.Print(channel.Name, bestOfChannel / 1e6, "M messages/s", channel.Peer);
            Row.Print(
                $"ring in place, {slots} slots, times Threading.Channels",
                best / bestOfChannel,
                "x"
            );
        }
    }

    private static bool IsNear(double roundTrip) => roundTrip / 2 < NearLimit;
}
