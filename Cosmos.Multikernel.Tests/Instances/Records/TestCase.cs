namespace Cosmos.Multikernel.Tests.Instances.Records;

/// <summary>One case of a suite: it passes when <paramref name="Body"/> returns (what it returns is the record's message).</summary>
/// <param name="Name">Unique in its suite; the fixture's test case is named after it.</param>
/// <param name="Body">The case; an exception fails it.</param>
/// <param name="Limit">Run on a thread of its own and failed after this long; null before threads are known to work.</param>
/// <param name="OnMetalOnly">It asks the CPU driver for what Linux does not have.</param>
internal sealed record TestCase(
    string Name,
    Func<string> Body,
    TimeSpan? Limit = null,
    bool OnMetalOnly = false
);
