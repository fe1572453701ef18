using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Kernels;

/// <summary>Where a hosted instance's environment puts it.</summary>
[TestFixture]
public sealed class HostedEnvironmentTests
{
    private static (int Core, int Count) Read(string? core, string? cores) =>
        HostedEnvironment.ReadCores(variable => variable == "COSMOS_CORE" ? core : cores);

    [TestCase(null, null, 0, 1)]
    [TestCase("3", null, 3, 4)]
    [TestCase(null, "4", 0, 4)]
    [TestCase("3", "4", 3, 4)]
    public void NumbersAreRead(string? core, string? cores, int expectedCore, int expectedCount) =>
        Assert.That(Read(core, cores), Is.EqualTo((expectedCore, expectedCount)));

    [TestCase("one", "4", "COSMOS_CORE: 'one'")]
    [TestCase("", "4", "COSMOS_CORE: ''")]
    [TestCase("-1", "4", "COSMOS_CORE: '-1'")]
    [TestCase("99999999999", "4", "COSMOS_CORE: '99999999999'")]
    [TestCase("2147483647", null, "COSMOS_CORE: '2147483647'")]
    [TestCase("0", "four", "COSMOS_CORES: 'four'")]
    [TestCase("0", "0", "COSMOS_CORE: there is no core 0 when COSMOS_CORES is 0")]
    [TestCase("4", "4", "COSMOS_CORE: there is no core 4 when COSMOS_CORES is 4")]
    public void WhatIsNoNumberIsNamed(string? core, string? cores, string message) =>
        Assert.That(
            () => Read(core, cores),
            Throws.TypeOf<InvalidDataException>().With.Message.StartsWith(message)
        );
}
