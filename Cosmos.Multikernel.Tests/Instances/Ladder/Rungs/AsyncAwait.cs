using System.Threading.Channels;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Ladder.Rungs;

/// <summary>Async methods, streams, disposal and exceptions through several awaits.</summary>
internal static class AsyncAwait
{
    public static string Run() => RunAsync().GetAwaiter().GetResult();

    private static async Task<string> RunAsync()
    {
        Expect.Equal(6_765, await FibonacciAsync(20));

        var sum = 0;
        await foreach (var number in CountAsync(50))
        {
            sum += number;
        }

        Expect.Equal(1_225, sum);

        var channel = Channel.CreateBounded<int>(4);
        var writer = Task.Run(async () =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                await channel.Writer.WriteAsync(i);
            }

            channel.Writer.Complete();
        });
        var expected = 0;
        await foreach (var item in channel.Reader.ReadAllAsync())
        {
            Expect.Equal(expected++, item);
        }

        await writer;
        Expect.Equal(1_000, expected);

        var local = new AsyncLocal<string> { Value = "outer" };
        await Task.Run(() => local.Value = "inner");
        Expect.Equal("outer", local.Value);

        try
        {
            await ThrowAsync();
            throw new ExpectationException("nothing was thrown");
        }
        catch (FormatException exception)
        {
            Expect.Equal("after an await", exception.Message);
        }

        return "";
    }

    private static async ValueTask<int> FibonacciAsync(int n)
    {
        if (n % 7 == 0)
        {
            await Task.Yield();
        }

        return n < 2 ? n : await FibonacciAsync(n - 1) + await FibonacciAsync(n - 2);
    }

    private static async IAsyncEnumerable<int> CountAsync(int end)
    {
        for (var i = 0; i < end; i++)
        {
            await Task.Yield();
            yield return i;
        }
    }

    private static async Task ThrowAsync()
    {
        await Task.Delay(1);
        throw new FormatException("after an await");
    }
}
