namespace Cosmos.Multikernel.Cli.Benchmarks.Plots;

/// <summary>A measurement that is a point of a plot.</summary>
/// <param name="Plot">The plot.</param>
/// <param name="Series">The line.</param>
/// <param name="At">The abscissa.</param>
/// <param name="Value">The ordinate.</param>
/// <param name="Unit">The ordinate's unit.</param>
public sealed record BenchPoint(string Plot, string Series, double At, double Value, string Unit);
