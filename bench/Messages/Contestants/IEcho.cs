using System.Runtime.CompilerServices;
using Cosmos.Multikernel.Messages;

namespace Cosmos.Multikernel.Bench.Messages.Contestants;

/// <summary>What fits one line of the ring behind a message's header.</summary>
[InlineArray(6)]
internal struct OneLine
{
    private ulong word;
}

/// <summary>The calls that are measured.</summary>
[MessageInterface(Service = "echo")]
internal interface IEcho
{
    /// <summary>One line there, one line back.</summary>
    ValueTask<OneLine> LineAsync(OneLine line);

    /// <summary>Bytes there and back.</summary>
    ValueTask<byte[]> BytesAsync(ReadOnlySpan<byte> bytes);

    /// <summary>Bytes there.</summary>
    [OneWay]
    ValueTask TakeAsync(ReadOnlySpan<byte> bytes);

    /// <summary>Bytes the server has allocated.</summary>
    ValueTask<long> AllocatedAsync();
}

internal sealed class Echo : IEcho
{
    public ValueTask<OneLine> LineAsync(OneLine line) => new(line);

    public ValueTask<byte[]> BytesAsync(ReadOnlySpan<byte> bytes) => new(bytes.ToArray());

    public ValueTask TakeAsync(ReadOnlySpan<byte> bytes) => ValueTask.CompletedTask;

    public ValueTask<long> AllocatedAsync() => new(GC.GetAllocatedBytesForCurrentThread());
}
