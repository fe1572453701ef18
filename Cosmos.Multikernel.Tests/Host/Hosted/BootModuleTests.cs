using System.Text.RegularExpressions;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Sdk.Images;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Hosted;

/// <summary>What a boot medium would bring, on a hosted machine.</summary>
[TestFixture]
public sealed class BootModuleTests
{
    [Test]
    public async Task TheLauncherLinksThemWhereInstancesLook()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "from the medium");
            ImageModule reader = new(
                "reader",
                "/bin/sh",
                "0",
                IsConsole: true,
                Arguments: """-c "cat $COSMOS_HOSTED/modules/note.txt" """
            );
            MachineOptions options = new("")
            {
                Cores = 1,
                HostedLayout = new("", "", [reader]) { Data = [new("note.txt", file)] },
            };
            await using var machine = await VirtualMachine.StartAsync(
                options,
                CancellationToken.None
            );
            await machine.ExpectAsync(
                new Regex("from the medium"),
                TimeSpan.FromSeconds(30),
                CancellationToken.None
            );
            await machine.Exited;
            Assert.That(File.Exists(file), Is.True, "only the link goes");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Test]
    public void AnInstanceWithoutALauncherHasNone()
    {
        var path = BootModules.PathOf("note.txt");
        Assert.That(path, Does.EndWith("/modules/note.txt"));
        Assert.That(File.Exists(path), Is.False);
    }
}
