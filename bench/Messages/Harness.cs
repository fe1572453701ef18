using System.Diagnostics;
using Cosmos.Multikernel.Bench.Messages.Contestants;

namespace Cosmos.Multikernel.Bench.Messages;

/// <summary>Runs one contestant for a short round: its asking side on core 0, its answering side on core 1.</summary>
internal static class Harness
{
    private const int WarmUp = 20;

    /// <summary>Round trips in batches, then single ones.</summary>
    public static Round RoundTrips(
        Contestant contestant,
        int batches,
        int singles = 0,
        Samples? samples = null
    )
    {
        Round round = new();
        int batch = contestant.Trips;
        Cores.RunPair(
            () => contestant.Answer(WarmUp + (batches * batch) + singles),
            () =>
            {
                contestant.Ask(WarmUp);
                for (int i = 0; i < batches; i++)
                {
                    long before = Stopwatch.GetTimestamp();
                    contestant.Ask(batch);
                    round.Add(Stopwatch.GetTimestamp() - before, batch);
                }
                for (int i = 0; i < singles; i++)
                {
                    long before = Stopwatch.GetTimestamp();
                    contestant.Ask(1);
                    samples!.Add(Stopwatch.GetTimestamp() - before);
                }
            }
        );
        return round;
    }

    /// <summary>Messages a second in one direction.</summary>
    public static double MessagesPerSecond(Contestant contestant)
    {
        int messages = contestant.Messages;
        long started = 0;
        long ended = 0;
        Cores.RunPair(
            () =>
            {
                contestant.Receive(messages);
                ended = Stopwatch.GetTimestamp();
            },
            () =>
            {
                started = Stopwatch.GetTimestamp();
                contestant.Send(messages);
            }
        );
        return messages / ((ended - started) * Samples.NanosecondsPerTick / 1e9);
    }
}
