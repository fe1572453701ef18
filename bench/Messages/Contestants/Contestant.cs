namespace Cosmos.Multikernel.Bench.Messages.Contestants;

/// <summary>
/// A way to send messages between two threads, one on each of two cores. The harness calls <see cref="Answer"/> on one and
/// <see cref="Ask"/> on the other, or <see cref="Receive"/> on one and <see cref="Send"/> on the other.
/// </summary>
/// <remarks>
/// Loops over cursors and memory stand in methods of their own that make no call: RyuJIT keeps the cursors in registers only
/// then. Each contestant polls or blocks as its users would have it do.
/// </remarks>
internal abstract class Contestant(string name, int length, string? peer = null) : IDisposable
{
    /// <summary>What it is called in the rows.</summary>
    public string Name => name;

    /// <summary>Bytes of a message.</summary>
    public int Length => length;

    /// <summary>Whose it is, when it is not ours.</summary>
    public string? Peer => peer;

    /// <summary>Round trips that are timed together in a round.</summary>
    public virtual int Trips => 100;

    /// <summary>Messages of a round's stream; 0 for one that has no queue.</summary>
    public virtual int Messages => 0;

    /// <summary>Answers so many messages.</summary>
    public abstract void Answer(int trips);

    /// <summary>Sends a message and waits for its answer, so many times.</summary>
    public abstract void Ask(int trips);

    /// <summary>Sends so many messages.</summary>
    public virtual void Send(int messages) => throw new NotSupportedException(name);

    /// <summary>Receives so many messages.</summary>
    public virtual void Receive(int messages) => throw new NotSupportedException(name);

    /// <inheritdoc/>
    public virtual void Dispose() { }
}
