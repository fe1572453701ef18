using Cosmos.Multikernel.Bench.Messages.Contestants;

namespace Cosmos.Multikernel.Bench.Messages;

/// <summary>Everybody at every length of message, again in rounds that take turns.</summary>
internal static class Sizes
{
    private const int Batches = 5;

    private static readonly int[] Lengths = [64, 256, 1024, 4096, 16384, 65536];

    public static void Run(int rounds, int singles, TypedCalls typed)
    {
        List<(Contestant Contestant, Figures Figures)> others = [Entry(BareLine.Shared())];
        List<(int Length, Figures Figures)> calls = [];
        foreach (int length in Lengths)
        {
            others.Add(Entry(new WholeMessages(length)));
            others.Add(Entry(new ChannelOfArrays(length)));
            others.Add(Entry(Streams.Pipe(length)));
            others.Add(Entry(Streams.UnixSocket(length)));
            others.Add(Entry(new FutexAndMemory(length)));
            calls.Add((length, new Figures("typed call", length, null)));
        }
        for (int i = 0; i < rounds; i++)
        {
            foreach ((Contestant contestant, Figures figures) in others)
            {
                figures.Add(Harness.RoundTrips(contestant, Batches, singles, figures.Singles));
                if (contestant.Messages != 0)
                {
                    figures.AddRate(Harness.MessagesPerSecond(contestant));
                }
            }
            foreach ((int length, Figures figures) in calls)
            {
                figures.Add(typed.Bytes(length, Batches, singles, figures.Singles));
                figures.AddRate(typed.MessagesPerSecond(length, Math.Max(500, 4_000_000 / length)));
            }
        }
        foreach ((Contestant contestant, Figures figures) in others)
        {
            figures.Print();
            contestant.Dispose();
        }
        calls.ForEach(static call => call.Figures.Print());
    }

    private static (Contestant, Figures) Entry(Contestant contestant) =>
        (contestant, new Figures(contestant.Name, contestant.Length, contestant.Peer));
}
