using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Cli.Tracing;
using Cosmos.Multikernel.Sdk.Images;
using Cosmos.Multikernel.Tests.Host.Tracing;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>A trace of four cores in a virtual machine: instances and CPU drivers on one clock.</summary>
[TestFixture]
[Category("Machine")]
[Parallelizable(ParallelScope.Self)]
public sealed class TraceTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(150);

    [Test]
    public async Task MessagesAndWakeUpsOfAllCoresAreInTheTrace()
    {
        string image = Path.Combine(Repository.Artifacts, "iso/tests/trace.iso");
        ImageWriter.Write(
            new(
                Repository.CpuDriver,
                "trace",
                [
                    new ImageModule("shell", TestMachine.Shell, "0", IsConsole: true),
                    new ImageModule("hello", TestMachine.Hello, "1-"),
                ]
            ),
            image
        );
        await using VirtualMachine machine = await TestMachine.BootAsync("trace", image);
        ShellSession shell = new(machine);
        foreach (string command in (string[])["ping 1 100", "ping 3 100"])
        {
            await shell.WaitForPromptAsync(Limit, CancellationToken.None);
            ShellResult result = await shell.RunAsync(
                command,
                _ => { },
                Limit,
                CancellationToken.None
            );
            Assert.That(result.Status, Is.Zero, TestMachine.Describe(machine));
        }
        await shell.WaitForPromptAsync(Limit, CancellationToken.None);
        await shell.RunAsync("shutdown", _ => { }, Limit, CancellationToken.None);
        await machine.Exited.WaitAsync(Limit);

        using MemoryStream json = new();
        ChromeTrace.Write(TraceFile.Extract(machine.Serial.From(0), "the serial line"), json);
        TraceContent trace = new(json.ToArray());
        trace.Check();
        Assert.That(trace.Cores, Is.EqualTo(new[] { 0, 1, 2, 3 }));
        Assert.That(trace.Flows, Is.GreaterThanOrEqualTo(400));
        for (int core = 0; core < 4; core++)
        {
            Assert.That(trace.Count(core, "doorbell interrupt"), Is.Positive, $"core {core}");
            Assert.That(trace.Count(core, "idle"), Is.Positive, $"core {core}");
            Assert.That(trace.Count(core, "thread woken"), Is.Positive, $"core {core}");
        }
    }
}
