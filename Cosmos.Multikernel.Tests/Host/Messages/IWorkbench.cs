using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Tests.Host.Messages;

public enum Colour : byte
{
    Red = 1,
    Blue = 200,
}

public record struct Point(int X, long Y, Colour Colour);

/// <summary>One method of each form a message interface may have.</summary>
[MessageInterface(Service = "workbench")]
public interface IWorkbench
{
    ValueTask<int> AddAsync(int a, int b);

    ValueTask NothingAsync();

    ValueTask<Point> MoveAsync(Point point, Colour colour);

    ValueTask<string> JoinAsync(string first, string? second, string[] rest);

    ValueTask<long> SumAsync(ReadOnlySpan<byte> bytes, ReadOnlyMemory<byte> more, int[] numbers);

    ValueTask<byte[]> FillAsync(int length, byte value);

    [OneWay]
    ValueTask NoteAsync(int value);

    /// <summary>The values noted so far.</summary>
    ValueTask<int[]> NotesAsync();

    /// <summary>1 once a wait was cancelled.</summary>
    ValueTask<int> CancelledAsync();

    /// <summary>Items of streams that were made so far.</summary>
    ValueTask<int> ProducedAsync();

    ValueTask<int> WaitAsync(int milliseconds, CancellationToken cancellation);

    ValueTask FailAsync(string message, bool known);

    IAsyncEnumerable<int> CountAsync(int to, int failAt, CancellationToken cancellation);

    /// <summary>Puts so many bytes of a value into the memory, after a while; throws when they are less than none.</summary>
    ValueTask<string> PutAsync(
        int count,
        byte value,
        int milliseconds,
        Memory<byte> into,
        CancellationToken cancellation
    );
}

/// <summary>Not what the server serves.</summary>
[MessageInterface]
public interface IOtherWorkbench
{
    ValueTask<int> AddAsync(int a, long b);
}
