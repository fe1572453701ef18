namespace Cosmos.Multikernel.Cli.Testing;

/// <summary>How many tests came out how. Its text is the line that <c>test</c> ends with, which scripts read.</summary>
public sealed record TestCount(int Passed = 0, int Failed = 0, int Skipped = 0)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Passed} passed, {Failed} failed";
}
