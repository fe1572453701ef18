namespace Cosmos.Multikernel.Tests.Simulation.Machines;

/// <summary>One life of an instance: after a crash another one takes its place.</summary>
internal sealed class SimulatedInstance
{
    public SimulatedInstance(SimulatedMachine machine, int core, string name, uint life)
    {
        Core = core;
        Name = name;
        Life = life;
        Platform = new SimulatedPlatform(machine, this);
        Loop = new EventLoop(Platform);
    }

    public int Core { get; }

    public string Name { get; }

    public uint Life { get; }

    /// <summary>How it is called in traces.</summary>
    public string Label => $"{Name}{Core}";

    public SimulatedPlatform Platform { get; }

    public EventLoop Loop { get; }

    public bool IsAlive { get; set; } = true;

    /// <summary>In the machine's list of those that have something to do.</summary>
    public bool IsListed { get; set; }

    /// <summary>What an unhandled exception in it was, if one ended it.</summary>
    public Exception? Failure { get; set; }
}
