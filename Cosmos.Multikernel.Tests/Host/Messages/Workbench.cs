using System.Runtime.CompilerServices;

namespace Cosmos.Multikernel.Tests.Host.Messages;

internal sealed class Workbench : IWorkbench
{
    private const int MostFilled = 16 << 20;

    public List<int> Notes { get; } = [];

    /// <summary>Set once a call waits here, and once one was cancelled.</summary>
    public TaskCompletionSource Waiting { get; } = new();

    public TaskCompletionSource Cancelled { get; } = new();

    public int Produced { get; private set; }

    public ValueTask<int> AddAsync(int a, int b) => new(a + b);

    public ValueTask NothingAsync() => ValueTask.CompletedTask;

    public ValueTask<Point> MoveAsync(Point point, Colour colour) =>
        new(new Point(point.X + 1, point.Y - 1, colour));

    public ValueTask<string> JoinAsync(string first, string? second, string[] rest) =>
        new($"{first}|{second ?? "null"}|{string.Join('|', rest)}");

    public ValueTask<long> SumAsync(
        ReadOnlySpan<byte> bytes,
        ReadOnlyMemory<byte> more,
        int[] numbers
    )
    {
        long sum = numbers.Sum();
        foreach (byte value in bytes)
        {
            sum += value;
        }
        foreach (byte value in more.Span)
        {
            sum += value;
        }
        return new(sum);
    }

    // A client's number decides about this instance's memory: a service has to bound it.
    public ValueTask<byte[]> FillAsync(int length, byte value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MostFilled);
        byte[] bytes = new byte[length];
        bytes.AsSpan().Fill(value);
        return new(bytes);
    }

    /// <summary>Notes below zero are not done with before this is set.</summary>
    public TaskCompletionSource Released { get; } = new();

    public ValueTask NoteAsync(int value)
    {
        Notes.Add(value);
        return value < 0 ? new(Released.Task) : ValueTask.CompletedTask;
    }

    public ValueTask<int[]> NotesAsync() => new([.. Notes]);

    public ValueTask<int> CancelledAsync() => new(Cancelled.Task.IsCompleted ? 1 : 0);

    public ValueTask<int> ProducedAsync() => new(Produced);

    public async ValueTask<int> WaitAsync(int milliseconds, CancellationToken cancellation)
    {
        Waiting.TrySetResult();
        try
        {
            await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(milliseconds), cancellation);
        }
        catch (OperationCanceledException)
        {
            Cancelled.TrySetResult();
            throw;
        }
        return milliseconds;
    }

    public async ValueTask FailAsync(string message, bool known)
    {
        await Task.Yield();
        throw known ? new KeyNotFoundException(message) : new BadImageFormatException(message);
    }

    public async IAsyncEnumerable<int> CountAsync(
        int to,
        int failAt,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        for (int i = 0; i < to; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (i == failAt)
            {
                throw new InvalidOperationException($"no {i}");
            }
            Produced++;
            yield return i;
            await Task.Yield();
        }
    }

    public async ValueTask<string> PutAsync(
        int count,
        byte value,
        int milliseconds,
        Memory<byte> into,
        CancellationToken cancellation
    )
    {
        if (milliseconds > 0)
        {
            await EventLoop.Current.Delay(TimeSpan.FromMilliseconds(milliseconds), cancellation);
        }
        if (count < 0)
        {
            throw new InvalidOperationException("fewer than none");
        }
        into.Span[..count].Fill(value);
        return $"{count} of {into.Length}";
    }
}
