namespace Cosmos.Multikernel.Bench.Io.Measurements;

/// <summary>Something that can be measured, again and again.</summary>
internal abstract class Measurement
{
    /// <summary>What it is asked for by.</summary>
    public abstract string Name { get; }

    /// <summary>Measures once, and writes the figures.</summary>
    public abstract Task RunAsync();
}
