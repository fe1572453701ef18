using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Kernels;

/// <summary>What a hosted machine declares, as its launcher writes it.</summary>
[TestFixture]
public sealed class DeclaredInstanceTests
{
    [TestCase("2 hello", ExpectedResult = "2 hello False False")]
    [TestCase("0 shell console", ExpectedResult = "0 shell True False")]
    [TestCase("1 both monitor console", ExpectedResult = "1 both True True")]
    public string DeclarationsAreRead(string entry)
    {
        DeclaredInstance read = DeclaredInstance.Parse(entry, "TEST");
        return $"{read.Core} {read.Name} {read.IsConsole} {read.IsMonitor}";
    }

    [TestCase("")]
    [TestCase("hello")]
    [TestCase("x hello")]
    [TestCase("-1 hello")]
    [TestCase("1 ")]
    [TestCase("1 hello konsole")]
    public void ADamagedDeclarationIsNamed(string entry) =>
        Assert.That(
            () => DeclaredInstance.Parse(entry, "TEST"),
            Throws.TypeOf<InvalidDataException>().With.Message.StartsWith($"TEST: '{entry}'")
        );
}
