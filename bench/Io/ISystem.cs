using Cosmos.Multikernel.Bench.Io.Measurements;

namespace Cosmos.Multikernel.Bench.Io;

/// <summary>The operating system that the program runs on.</summary>
internal interface ISystem : IDisposable
{
    /// <summary>Runs asynchronous code to its end, as one does here.</summary>
    void Run(Func<Task> work);

    /// <summary>Opens the disk.</summary>
    Task<IDisk> OpenDiskAsync();

    /// <summary>Opens a socket to a port of the station.</summary>
    Task<IUdp> OpenUdpAsync(int port);
}

/// <summary>A disk, used in the way that is fastest for a program here.</summary>
internal interface IDisk
{
    /// <summary>Its length in pieces of <see cref="Transfer.PieceBytes"/>.</summary>
    long Pieces { get; }

    /// <summary>Reads or writes pieces, so many at a time, until the time is over; returns how many were done.</summary>
    /// <exception cref="InvalidDataException">What was read is not what was written.</exception>
    ValueTask<long> RunAsync(Transfer transfer, int underWay);
}

/// <summary>A socket to a port of the station; all datagrams are of <see cref="Datagram.Bytes"/>.</summary>
internal interface IUdp
{
    /// <summary>Sends datagrams and waits for them to come back, so many under way, until the time is over; returns how many came back.</summary>
    ValueTask<long> EchoAsync(Exchange exchange, int underWay);

    /// <summary>Sends datagrams as fast as it can, until there are no more.</summary>
    ValueTask SendAsync(IOutgoing outgoing);

    /// <summary>Takes datagrams, until no more are wanted or none has come for so long that there will be none.</summary>
    ValueTask ReceiveAsync(IIncoming incoming);
}

/// <summary>Datagrams that go.</summary>
internal interface IOutgoing
{
    /// <summary>Makes the next one; false when there are no more.</summary>
    bool TryFill(Span<byte> datagram);
}

/// <summary>Datagrams that come.</summary>
internal interface IIncoming
{
    /// <summary>Takes one; false when no more are wanted.</summary>
    bool Take(ReadOnlySpan<byte> datagram);
}
