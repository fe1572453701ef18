namespace Cosmos.Multikernel;

/// <summary>The core this instance runs on. An instance never moves: its core is as fixed as its name.</summary>
public static class Core
{
    /// <summary>Number of this instance's core, from 0.</summary>
    public static int Current { get; } = Hosted("COSMOS_CORE", 0);

    /// <summary>How many cores came up at boot; their numbers are 0 to <see cref="Count"/> - 1.</summary>
    public static int Count { get; } = Hosted("COSMOS_CORES", Current + 1);

    private static int Hosted(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out var value)
            ? value
            : otherwise;
}
