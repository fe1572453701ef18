namespace Cosmos.HAL;

/// <summary>The machine's devices that every kernel has.</summary>
public static class Global
{
    /// <summary>The timer.</summary>
    public static PIT PIT { get; } = new();
}
