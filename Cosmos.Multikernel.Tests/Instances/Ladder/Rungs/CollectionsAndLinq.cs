using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Ladder.Rungs;

/// <summary>Generic collections over value and reference types, sorting and LINQ.</summary>
internal static class CollectionsAndLinq
{
    public static string Run()
    {
        var squares = new Dictionary<int, string>();
        for (var i = 0; i < 10_000; i++)
        {
            squares[i] = (i * i).ToString();
        }

        for (var i = 0; i < 10_000; i += 3)
        {
            squares.Remove(i);
        }

        Expect.Equal(6_666, squares.Count);
        Expect.Equal("99940009", squares[9_997]);

        var sorted = new SortedDictionary<string, int>(StringComparer.Ordinal)
        {
            ["b"] = 2,
            ["a"] = 1,
            ["c"] = 3,
        };
        Expect.Equal("a b c", string.Join(' ', sorted.Keys));

        var queue = new PriorityQueue<string, int>();
        queue.Enqueue("late", 9);
        queue.Enqueue("early", 1);
        Expect.Equal("early", queue.Dequeue());

        var words = "the quick brown fox jumps over the lazy dog the end".Split(' ');
        var most = words.GroupBy(word => word).OrderByDescending(group => group.Count()).First();
        Expect.Equal("the", most.Key);
        Expect.Equal(3, most.Count());

        var numbers = Enumerable.Range(0, 50_000).Select(i => (i * 7919) % 50_021).ToArray();
        Array.Sort(numbers);
        Expect.That(numbers.Zip(numbers.Skip(1)).All(pair => pair.First <= pair.Second));
        return $"{squares.Count} entries, {numbers.Length} sorted";
    }
}
