using Cosmos.Multikernel.Bench.Io.Measurements;

namespace Cosmos.Multikernel.Bench.Io;

/// <summary>The operating system that the program runs on.</summary>
internal interface ISystem : IDisposable
{
    /// <summary>Runs asynchronous code to its end, as one does here.</summary>
    void Run(Func<Task> work);

    /// <summary>Opens the disk.</summary>
    Task<IDisk> OpenDiskAsync();

    /// <summary>Opens a socket to who sends datagrams back.</summary>
    Task<IEcho> OpenEchoAsync();
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

/// <summary>A socket to a station that sends back what it gets.</summary>
internal interface IEcho
{
    /// <summary>Sends datagrams and waits for them to come back, so many under way, until the time is over; returns how many came back.</summary>
    ValueTask<long> RunAsync(Exchange exchange, int underWay);
}
