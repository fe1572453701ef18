using System.CommandLine;
using Cosmos.Multikernel.Cli.Commands;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Cli.Output;
using Cosmos.Multikernel.Sdk.Images;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Tools;

/// <summary>The machine that a project asks for, and the words of dotnet run.</summary>
[TestFixture]
public sealed class ProjectMachineTests
{
    private static readonly string[] Wish = ["--cores", "2", "--memory", "1G", "--machine", "pc"];

    [Test]
    public void TheProjectChoosesItsMachine()
    {
        var machine = Read("", Wish);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(machine.Cores, Is.EqualTo(2));
            Assert.That(machine.Memory, Is.EqualTo(1024));
            Assert.That(machine.Kind, Is.EqualTo(MachineKind.Pc));
            Assert.That(machine.Uefi, Is.False);
        }
    }

    [Test]
    public void ItsUserHasTheLastWord()
    {
        var machine = Read("--cores 8 --uefi", Wish);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(machine.Cores, Is.EqualTo(8));
            Assert.That(machine.Uefi, Is.True);
            Assert.That(machine.Memory, Is.EqualTo(1024));
        }
    }

    /// <summary>Wrong words of a project are told as the project's.</summary>
    [TestCase("--cores none")]
    [TestCase("--frobnicate")]
    public void AWrongWishIsRefused(string wish) =>
        Assert.That(
            () => Read("", wish.Split(' ')),
            Throws.TypeOf<CommandFailure>().With.Message.StartsWith("the project's machine: ")
        );

    [Test]
    public void ALayoutKeepsTheWish()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "driver\td\t\nmachine\t--cores\t2\nmachine\t--uefi\n");
        Assert.That(ImageLayout.Read(file).Machine, Is.EqualTo(new[] { "--cores", "2", "--uefi" }));
        File.Delete(file);
    }

    /// <summary>What follows the double dash of dotnet run are options of run, or another verb.</summary>
    [TestCase("image", "--cores 2", "run x.csproj --built image --cores 2")]
    [TestCase("image", "", "run x.csproj --built image")]
    [TestCase("hosted", "", "run x.csproj --built hosted --hosted")]
    [TestCase("image", "debug --wait", "debug x.csproj --wait")]
    [TestCase("image", "doctor", "doctor")]
    [TestCase("image", "write-usb /dev/sdX --yes", "write-usb /dev/sdX --yes x.csproj")]
    public void DotnetRunMeansAVerb(string built, string words, string meant)
    {
        var all = $"project x.csproj {built} {words}".Trim().Split(' ');
        Assert.That(string.Join(' ', ProjectCall.Expand(all, Verbs.Create())), Is.EqualTo(meant));
    }

    private static MachineOptions Read(string words, string[] project)
    {
        var options = new MachineOptionSet();
        var command = new Command("run");
        options.AddTo(command);
        return options.Read(command.Parse(words), project);
    }
}
