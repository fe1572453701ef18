using Cosmos.Multikernel.Drivers.Disk.Devices;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Disk;

/// <summary>What a driver core for disks is told.</summary>
[TestFixture]
public sealed class DiskArgumentsTests
{
    [Test]
    public void NothingIsTheUsualLimit() => Assert.That(DiskArguments.ParseLimit([]), Is.Null);

    [Test]
    public void ALimitIsInSeconds() =>
        Assert.That(DiskArguments.ParseLimit(["limit=4"]), Is.EqualTo(TimeSpan.FromSeconds(4)));

    [TestCase("limit=")]
    [TestCase("limit=0")]
    [TestCase("limit=-1")]
    [TestCase("limit=1.5")]
    [TestCase("4")]
    public void WhatIsWrongIsNamed(string argument) =>
        Assert.That(
            () => DiskArguments.ParseLimit([argument]),
            Throws.TypeOf<FormatException>().With.Message.Contains(argument)
        );
}
