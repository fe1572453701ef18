namespace Cosmos.Multikernel.Monitors;

/// <summary>The monitors that the machine declares: which cores have one, and under which name.</summary>
internal sealed class DeclaredMonitors
{
    private readonly Dictionary<int, string> names;

    public DeclaredMonitors(IEnumerable<DeclaredInstance> declared, int coreCount)
    {
        names = declared
            .Where(instance => instance.IsMonitor && instance.Core < coreCount)
            .DistinctBy(instance => instance.Core)
            .ToDictionary(instance => instance.Core, instance => instance.Name);
        Cores = [.. names.Keys.Order()];
    }

    /// <summary>A machine without monitors.</summary>
    public static DeclaredMonitors None { get; } = new([], 0);

    /// <summary>Cores that have one, ascending.</summary>
    public int[] Cores { get; }

    /// <summary>The name of a core's monitor, or null.</summary>
    public string? On(int core) => names.GetValueOrDefault(core);

    /// <summary>Whether an instance is a monitor.</summary>
    public bool Contains(int core, string instance) => On(core) == instance;
}
