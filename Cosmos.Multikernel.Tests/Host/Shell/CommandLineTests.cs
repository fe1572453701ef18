using NUnit.Framework;
using Shell.Commands;

namespace Cosmos.Multikernel.Tests.Host.Shell;

/// <summary>How the shell takes a line apart.</summary>
public sealed class CommandLineTests
{
    [TestCase("", "")]
    [TestCase("   ;; ;", "")]
    [TestCase("cores", "cores")]
    [TestCase("ping 1  100", "ping|1|100")]
    [TestCase("cores; ping 1 10;shutdown", "cores / ping|1|10 / shutdown")]
    [TestCase("echo \"a ; b\" c", "echo|a ; b|c")]
    [TestCase("echo \"\" x", "echo||x")]
    [TestCase("echo a\"b c\"d", "echo|ab cd")]
    public void Parses(string line, string expected)
    {
        var commands = CommandLine.Parse(line).Select(words => string.Join('|', words));
        Assert.That(string.Join(" / ", commands), Is.EqualTo(expected));
    }

    [Test]
    public void AnOpenQuoteIsAnError()
    {
        var error = Assert.Throws<CommandException>(() => CommandLine.Parse("echo \"a"));
        Assert.That(error!.Status, Is.EqualTo(CommandException.Usage));
    }
}
