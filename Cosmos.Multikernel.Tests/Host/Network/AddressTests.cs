using System.Buffers.Binary;
using System.Net;
using Cosmos.Multikernel.Drivers.Network;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Network;

/// <summary>Addresses as text, masks, and configurations that cannot be.</summary>
[TestFixture]
public sealed class AddressTests
{
    [Test]
    public void TextAndAddressAreEachOthers() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(500),
            Prop.ForAll(
                Gen.Choose(int.MinValue, int.MaxValue).ToArbitrary(),
                value =>
                {
                    Ipv4Address address = new((uint)value);
                    return Ipv4Address.Parse(address.ToString()) == address
                        && IPAddress
                            .Parse(address.ToString())
                            .Equals(new IPAddress(BinaryPrimitives.ReverseEndianness((uint)value)))
                        && IpAddress.TryParse(address.ToString(), out IpAddress wide)
                        && wide.IsV4
                        && wide.V4 == address;
                }
            )
        );

    [TestCase("")]
    [TestCase("1.2.3")]
    [TestCase("1.2.3.4.5")]
    [TestCase("1.2.3.256")]
    [TestCase("1.2.3.-4")]
    [TestCase("1..3.4")]
    [TestCase("1.2.3.0004")]
    [TestCase(" 1.2.3.4")]
    [TestCase("0x7f.0.0.1")]
    [TestCase("1.2.3.4:80")]
    [TestCase("fe80::1%eth0]")]
    [TestCase("1")]
    public void OtherTextIsNone(string text) =>
        Assert.That(IpAddress.TryParse(text, out _), Is.False);

    [Test]
    public void MasksAndPrefixesAreEachOthers()
    {
        for (int prefix = 0; prefix <= 32; prefix++)
        {
            Assert.That(Ipv4Address.Mask(prefix).MaskPrefix, Is.EqualTo(prefix));
        }
        Assert.That(Ipv4Address.Parse("255.0.255.0").MaskPrefix, Is.EqualTo(-1));
    }

    [TestCase("10.0.2.15", 24, "10.0.2.2", ExpectedResult = true)]
    [TestCase("10.0.2.15", 24, "0.0.0.0", ExpectedResult = true)]
    [TestCase("10.0.2.0", 31, "10.0.2.1", ExpectedResult = true)]
    [TestCase("10.0.2.1", 32, "0.0.0.0", ExpectedResult = true)]
    [TestCase("10.0.2.15", 24, "10.0.3.2", ExpectedResult = false)]
    [TestCase("10.0.2.15", 24, "10.0.2.15", ExpectedResult = false)]
    [TestCase("10.0.2.0", 24, "0.0.0.0", ExpectedResult = false)]
    [TestCase("10.0.2.255", 24, "0.0.0.0", ExpectedResult = false)]
    [TestCase("224.0.0.1", 24, "0.0.0.0", ExpectedResult = false)]
    [TestCase("127.0.0.1", 8, "0.0.0.0", ExpectedResult = false)]
    [TestCase("0.1.2.3", 8, "0.0.0.0", ExpectedResult = false)]
    [TestCase("10.0.2.15", 0, "0.0.0.0", ExpectedResult = false)]
    [TestCase("10.0.2.15", 33, "0.0.0.0", ExpectedResult = false)]
    public bool ConfigurationsAreChecked(string address, int prefix, string router) =>
        new Ipv4Configuration(
            Ipv4Address.Parse(address),
            prefix,
            Ipv4Address.Parse(router),
            []
        ).Problem()
            is null;
}
