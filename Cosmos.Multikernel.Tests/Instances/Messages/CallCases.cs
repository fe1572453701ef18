using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Messages;
using Cosmos.Multikernel.Tests.Host.Messages;
using Cosmos.Multikernel.Tests.Instances.Records;

namespace Cosmos.Multikernel.Tests.Instances.Messages;

/// <summary>
/// Every kind of call, against a <see cref="Workbench"/> that nobody else uses. The same cases run on the metal, hosted and in
/// the simulator.
/// </summary>
internal static class CallCases
{
    public static IReadOnlyList<(string Name, Func<WorkbenchProxy, Task> Run)> All { get; } =
    [
        ("values", ValuesAsync),
        ("strings", StringsAsync),
        ("arrays-and-spans", ArraysAndSpansAsync),
        ("filled-memory", FilledMemoryAsync),
        ("one-way", OneWayAsync),
        ("cancellation", CancellationAsync),
        ("side-by-side", SideBySideAsync),
        ("exceptions", ExceptionsAsync),
        ("streams", StreamsAsync),
        ("stream-credit", StreamCreditAsync),
        ("stream-failure", StreamFailureAsync),
        ("hash-mismatch", HashMismatchAsync),
        ("more-calls-than-credit", MoreCallsThanCreditAsync),
    ];

    private static async Task ValuesAsync(WorkbenchProxy proxy)
    {
        Expect.Equal(42, await proxy.AddAsync(2, 40));
        await proxy.NothingAsync();
        Expect.Equal(
            new Point(2, 1, Colour.Blue),
            await proxy.MoveAsync(new Point(1, 2, Colour.Red), Colour.Blue)
        );
    }

    private static async Task StringsAsync(WorkbenchProxy proxy)
    {
        Expect.Equal("ä|null|x||y", await proxy.JoinAsync("ä", null, ["x", "", "y"]));
        var longText = new string('✓', 2_000);
        Expect.Equal($"|{longText}|", await proxy.JoinAsync("", longText, []));
    }

    private static async Task ArraysAndSpansAsync(WorkbenchProxy proxy)
    {
        Expect.Equal(135L, await proxy.SumAsync([1, 2, 3], new byte[] { 10, 20 }, [100, -1]));
        var filled = await proxy.FillAsync(100_000, 7);
        Expect.Equal(100_000, filled.Length);
        Expect.That(filled.AsSpan().IndexOfAnyExcept((byte)7) < 0);
        Expect.Equal(0, (await proxy.FillAsync(0, 7)).Length);
    }

    private static async Task FilledMemoryAsync(WorkbenchProxy proxy)
    {
        var memory = new byte[5000];
        memory.AsSpan().Fill(9);
        Expect.Equal("3 of 10", await proxy.PutAsync(3, 7, 0, memory.AsMemory(1, 10), default));
        Expect.That(
            memory.AsSpan(0, 12).SequenceEqual((byte[])[9, 7, 7, 7, 0, 0, 0, 0, 0, 0, 0, 9])
        );
        Expect.Equal("0 of 0", await proxy.PutAsync(0, 7, 0, default, default));
        Expect.Equal("5000 of 5000", await proxy.PutAsync(5000, 8, 1, memory, default));
        Expect.That(memory.AsSpan().IndexOfAnyExcept((byte)8) < 0);

        // Several at once, each in its own memory; one fails and one is given up meanwhile: theirs is not touched.
        var others = new byte[8][];
        var calls = new Task<string>[others.Length];
        using CancellationTokenSource given = new();
        for (var i = 0; i < others.Length; i++)
        {
            others[i] = new byte[100 * i];
            calls[i] = proxy.PutAsync(100 * i, (byte)(i + 1), 2, others[i], default).AsTask();
        }
        var failing = proxy.PutAsync(-1, 5, 1, memory, default).AsTask();
        var waiting = proxy.PutAsync(5000, 5, 60_000, memory, given.Token).AsTask();
        given.Cancel();
        await ThrowsAsync<InvalidOperationException>(() => failing);
        await ThrowsAsync<OperationCanceledException>(() => waiting);
        for (var i = 0; i < others.Length; i++)
        {
            Expect.Equal($"{100 * i} of {100 * i}", await calls[i]);
            Expect.That(others[i].AsSpan().IndexOfAnyExcept((byte)(i + 1)) < 0);
        }
        Expect.That(memory.AsSpan().IndexOfAnyExcept((byte)8) < 0);
    }

    private static async Task OneWayAsync(WorkbenchProxy proxy)
    {
        var before = await proxy.NotesAsync();
        for (var i = 0; i < 200; i++)
        {
            await proxy.NoteAsync(i);
        }

        var notes = await proxy.NotesAsync();
        Expect.That(notes[before.Length..].SequenceEqual(Enumerable.Range(0, 200)));
    }

    private static async Task SideBySideAsync(WorkbenchProxy proxy)
    {
        // The first would take ten minutes: however slow the machine, the second can only overtake it.
        using CancellationTokenSource cancel = new();
        var slow = proxy.WaitAsync(600_000, cancel.Token);
        Expect.Equal(1, await proxy.WaitAsync(1, default));
        Expect.That(!slow.IsCompleted);
        cancel.Cancel();
        await ThrowsAsync<OperationCanceledException>(async () => await slow);
    }

    private static async Task CancellationAsync(WorkbenchProxy proxy)
    {
        using CancellationTokenSource cancel = new();
        var waiting = proxy.WaitAsync(600_000, cancel.Token);
        await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(5));
        cancel.Cancel();
        await ThrowsAsync<OperationCanceledException>(async () => await waiting);

        // The server learns it too, if not at once.
        for (var tries = 0; await proxy.CancelledAsync() == 0; tries++)
        {
            Expect.That(tries < 1000);
            await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(1));
        }
    }

    private static async Task ExceptionsAsync(WorkbenchProxy proxy)
    {
        var known = await ThrowsAsync<KeyNotFoundException>(async () =>
            await proxy.FailAsync("gone", known: true)
        );
        Expect.Equal("gone", known.Message);
        var other = await ThrowsAsync<RemoteException>(async () =>
            await proxy.FailAsync("odd", known: false)
        );
        Expect.Equal("odd", other.Message);
        Expect.Equal("System.BadImageFormatException", other.RemoteType);
    }

    private static async Task StreamsAsync(WorkbenchProxy proxy)
    {
        var next = 0;
        await foreach (var item in proxy.CountAsync(500, -1, default))
        {
            Expect.Equal(next++, item);
        }

        Expect.Equal(500, next);
    }

    private static async Task StreamCreditAsync(WorkbenchProxy proxy)
    {
        var before = await proxy.ProducedAsync();
        await foreach (var item in proxy.CountAsync(1_000_000, -1, default))
        {
            if (item == 0)
            {
                await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(20));
                break;
            }
        }

        Expect.That(await proxy.ProducedAsync() - before < 100);
    }

    private static async Task StreamFailureAsync(WorkbenchProxy proxy)
    {
        var next = 0;
        var failure = await ThrowsAsync<InvalidOperationException>(async () =>
        {
            await foreach (var item in proxy.CountAsync(10, 5, default))
            {
                Expect.Equal(next++, item);
            }
        });
        Expect.Equal("no 5", failure.Message);
        Expect.Equal(5, next);
    }

    private static async Task HashMismatchAsync(WorkbenchProxy proxy)
    {
        var channel = proxy.Client.Channel;
        await ThrowsAsync<InterfaceMismatchException>(async () =>
            await MessageClient.ConnectAsync<OtherWorkbenchProxy>(
                channel.PeerCore,
                channel.PeerName,
                new ChannelOptions { Service = WorkbenchProxy.Service }
            )
        );
    }

    /// <summary>Calls above the server's limit wait at the client, in order; none is refused, none lost.</summary>
    private static async Task MoreCallsThanCreditAsync(WorkbenchProxy proxy)
    {
        const int Calls = MessageSession.MostCalls + 500;
        var calls = new List<Task<int>>();
        for (var i = 0; i < Calls; i++)
        {
            calls.Add(proxy.WaitAsync(1 + (i % 20), default).AsTask());
        }

        for (var i = 0; i < Calls; i++)
        {
            Expect.Equal(1 + (i % 20), await calls[i]);
        }

        Expect.Equal(3, await proxy.AddAsync(1, 2));
    }

    private static async Task<TException> ThrowsAsync<TException>(Func<Task> action)
        where TException : Exception
    {
        try
        {
            await action();
        }
        catch (TException exception)
        {
            return exception;
        }

        throw new ExpectationException($"expected {typeof(TException).Name}, nothing was thrown");
    }
}
