using Cosmos.Multikernel.Capabilities;

namespace Cosmos.Multikernel.Drivers.Disk.Devices.Ata;

/// <summary>Where a drive is, to whoever asks it what it is or gets it ready again: nothing else is under way there then.</summary>
internal interface IAtaPort
{
    /// <summary>For messages.</summary>
    string Name { get; }

    /// <summary>Whether its data can be moved by the controller.</summary>
    bool HasDma { get; }

    /// <summary>Whether that is so for data wherever they are.</summary>
    bool ReachesAllMemory { get; }

    /// <summary>Whether the controller can have several commands for a drive, and how many.</summary>
    int QueueDepth { get; }

    /// <summary>Has a command done that reads into a frame, from its beginning, or has no data.</summary>
    /// <exception cref="AtaException">The drive does not answer.</exception>
    Task<AtaOutcome> RunAsync(AtaTask task, Frame? into = null, int length = 0);
}
