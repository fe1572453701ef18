namespace Cosmos.Multikernel.Cli.Building;

/// <summary>What this is a version of; Directory.Build.props says which.</summary>
public static class Product
{
    public const string Name = "Cosmos.Multikernel";

    /// <summary>Such as 0.1.0.</summary>
    public static string Version { get; } = typeof(Product).Assembly.GetName().Version!.ToString(3);
}
