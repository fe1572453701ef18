using System.Globalization;
using Cosmos.Multikernel.Bench.Messages;

// Messages between two cores, one run, side by side. Absolute times drift on shared machines: what counts is the ratio of
// figures measured one after the other, so the limit (a bare line) is measured before and after.
if (Environment.ProcessorCount < 2)
{
    Console.Error.WriteLine("Messages between two cores need two cores.");
    return 1;
}
const double Micro = 1000;
bool quick = args.Contains("--quick");
int batches = quick ? 100 : 5000;
int trips = quick ? 1_000 : 20_000;
int messages = quick ? 1_000_000 : 50_000_000;

Samples bare = BareLine.RoundTrips(batches);
Samples ring = Ring.RoundTrips(batches);
Samples bareAgain = BareLine.RoundTrips(batches);
double line = Math.Min(bare.Percentile(50), bareAgain.Percentile(50));
double raw = ring.Percentile(50);
Row.Print("bare line, one way", line / 2, "ns", "physical limit");
Row.Print("bare line again, one way", bareAgain.Percentile(50) / 2, "ns", "physical limit");
Samples pipe = KernelPeers.Pipe(trips);
Row.Print(
    "ring, one way",
    raw / 2,
    "ns",
    goal: Math.Min(line / 2 * 1.4, pipe.Percentile(50) / 100)
);
Row.Print("ring, round trip p99 of batch means", ring.Percentile(99), "ns");

foreach (uint slots in (uint[])[64, 256, 1024])
{
    double channels = ThreadingChannels.MessagesPerSecond((int)slots, messages / 10);
    double mine = Ring.MessagesPerSecond(slots, messages);
    Row.Print(
        $"Threading.Channels, {slots} slots",
        channels / 1e6,
        "M messages/s",
        "System.Threading.Channels"
    );
    Row.Print(
        $"ring in place, {slots} slots",
        mine / 1e6,
        "M messages/s",
        goal: -5 * channels / 1e6
    );
}

(Samples channel, double channelBytes) = Instances.ChannelRoundTrips(trips);
(Samples typed, double typedBytes) = Instances.TypedCalls(trips);
PrintTrips("channel, awaited", channel, null);
PrintTrips("typed call", typed, 3 * raw / Micro);
Row.Print("channel, allocated by a round trip", channelBytes, "B", goal: 0);
Row.Print("typed call, allocated at the caller", typedBytes, "B", goal: 0);
foreach (int length in (int[])[64, 1024, 8192, 65536])
{
    (Samples bytes, _) = Instances.TypedBytes(length, trips / 10);
    Row.Print(
        string.Create(
            CultureInfo.InvariantCulture,
            $"typed call carrying {length} B, round trip p50"
        ),
        bytes.Percentile(50) / Micro,
        "us"
    );
}

PrintTrips(
    "Threading.Channels",
    ThreadingChannels.RoundTrips(trips),
    null,
    "System.Threading.Channels"
);
PrintTrips("pipe", pipe, null, "Linux");
PrintTrips("Unix socket", KernelPeers.UnixSocket(trips), null, "Linux");
PrintTrips("futex", KernelPeers.Futex(trips), null, "Linux");
return 0;

static void PrintTrips(string name, Samples samples, double? goal, string? peer = null)
{
    Row.Print($"{name}, round trip p50", samples.Percentile(50) / Micro, "us", peer, goal);
    Row.Print($"{name}, round trip p99", samples.Percentile(99) / Micro, "us", peer);
    Row.Print($"{name}, round trip p99.9", samples.Percentile(99.9) / Micro, "us", peer);
}
