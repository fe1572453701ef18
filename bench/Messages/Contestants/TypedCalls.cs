using System.Diagnostics;
using Cosmos.Multikernel.Channels;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Bench.Messages.Contestants;

/// <summary>
/// Two hosted instances with an event loop on each core and a message interface between them: calls as kernels make them.
/// The loops sleep while others are measured.
/// </summary>
internal sealed class TypedCalls : IDisposable
{
    private const int Batch = 100;

    private readonly string machine = Path.Combine(
        Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(),
        $"cosmos-bench-{Environment.ProcessId}"
    );

    private readonly EventLoop ask;
    private readonly EventLoop answer;
    private readonly EchoProxy echo;

    public TypedCalls()
    {
        ask = EventLoop.CreateHosted(machine, 0, "ask");
        answer = EventLoop.CreateHosted(machine, 1, "answer");
        ask.RunInBackground();
        answer.RunInBackground();
        ask.Post(() => HostThread.Bind(0));
        answer.Post(() =>
        {
            HostThread.Bind(1);
            _ = MessageServer.ServeAsync(new EchoDispatcher(new Echo()));
        });
        echo = ask.InvokeAsync(() =>
                MessageClient.ConnectAsync<EchoProxy>(
                    1,
                    "answer",
                    new ChannelOptions { Slots = 2048 }
                )
            )
            .GetAwaiter()
            .GetResult();
    }

    /// <summary>Bytes that a call allocates at the caller and at the server.</summary>
    public (double Caller, double Server) Allocated(int calls) =>
        OnLoop(async () =>
        {
            long there = await echo.AllocatedAsync();
            long here = 0;

            // The first half makes what is kept for reuse.
            for (int i = 0; i < 2 * calls; i++)
            {
                if (i == calls)
                {
                    there = await echo.AllocatedAsync();
                    here = GC.GetAllocatedBytesForCurrentThread();
                }
                await echo.LineAsync(default);
            }
            here = GC.GetAllocatedBytesForCurrentThread() - here;
            there = await echo.AllocatedAsync() - there;
            return ((double)here / calls, (double)there / calls);
        });

    /// <summary>A round of calls with one line there and one back.</summary>
    public Round Lines(int batches, int singles, Samples samples) =>
        OnLoop(async () =>
        {
            Round round = new();
            await LinesAsync(Batch);
            for (int i = 0; i < batches; i++)
            {
                long before = Stopwatch.GetTimestamp();
                await LinesAsync(Batch);
                round.Add(Stopwatch.GetTimestamp() - before, Batch);
            }
            for (int i = 0; i < singles; i++)
            {
                long before = Stopwatch.GetTimestamp();
                await echo.LineAsync(default);
                samples.Add(Stopwatch.GetTimestamp() - before);
            }
            return round;
        });

    /// <summary>A round of calls that carry so many bytes there and back.</summary>
    public Round Bytes(int length, int batches, int singles, Samples samples) =>
        OnLoop(async () =>
        {
            Round round = new();
            byte[] bytes = new byte[length];
            const int Few = Batch / 10;
            for (int i = 0; i < batches; i++)
            {
                long before = Stopwatch.GetTimestamp();
                for (int j = 0; j < Few; j++)
                {
                    await echo.BytesAsync(bytes);
                }
                round.Add(Stopwatch.GetTimestamp() - before, Few);
            }
            for (int i = 0; i < singles; i++)
            {
                long before = Stopwatch.GetTimestamp();
                await echo.BytesAsync(bytes);
                samples.Add(Stopwatch.GetTimestamp() - before);
            }
            return round;
        });

    /// <summary>One-way messages a second.</summary>
    public double MessagesPerSecond(int length, int messages) =>
        OnLoop(async () =>
        {
            byte[] bytes = new byte[length];
            long before = Stopwatch.GetTimestamp();
            for (int i = 0; i < messages; i++)
            {
                await echo.TakeAsync(bytes);
            }

            // The answer comes when everything before has been taken.
            await echo.AllocatedAsync();
            return messages / Stopwatch.GetElapsedTime(before).TotalSeconds;
        });

    public void Dispose()
    {
        ask.Dispose();
        answer.Dispose();
        Directory.Delete(machine, recursive: true);
    }

    private async ValueTask LinesAsync(int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            await echo.LineAsync(default);
        }
    }

    // The main thread waits outside the loop.
    private T OnLoop<T>(Func<Task<T>> measure) => ask.InvokeAsync(measure).GetAwaiter().GetResult();
}
