using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Sdk.Images;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>The shell's commands, one after the other, in one boot of shell and HelloCores.</summary>
[TestFixture]
[Category("Machine")]
[Parallelizable(ParallelScope.Self)]
public sealed class ShellTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(150);

    private VirtualMachine _machine = null!;
    private ShellSession _shell = null!;

    [OneTimeSetUp]
    public async Task BootAsync()
    {
        var image = TestMachine.WriteImage(
            "shell",
            new ImageModule("shell", TestMachine.Shell, "0", IsConsole: true),
            new ImageModule("hello", TestMachine.Hello, "1-")
        );
        _machine = await TestMachine.BootAsync("shell", image);
        _shell = new ShellSession(_machine);
    }

    [OneTimeTearDown]
    public async Task EndAsync() => await _machine.DisposeAsync();

    [Test, Order(1)]
    public Task Help() => RunAsync("help", 0, "ping CORE");

    [Test, Order(2)]
    public Task Echo() => RunAsync("echo one two", 0, "one two");

    [Test, Order(3)]
    public Task CoresShowsEveryCore() =>
        RunAsync("cores", 0, "0  shell", "1  hello", "2  hello", "3  hello", "running");

    [Test, Order(4)]
    public Task PingEachCore([Range(1, 3)] int core) =>
        RunAsync($"ping {core} 1000", 0, $"1000 round trips to hello on core {core}");

    [Test, Order(5)]
    public Task Collect() => RunAsync("gc 2", 0);

    [Test, Order(6)]
    public Task UnknownCommand() => RunAsync("frobnicate", null, "frobnicate");

    [Test, Order(7)]
    public Task AbsentCore() => RunAsync("ping 9 1", null, "9");

    [Test, Order(8)]
    public Task CrashEndsOneInstance() => RunAsync("crash 2", 0);

    [Test, Order(9)]
    public Task CoresShowsTheDead() =>
        RunAsync("cores", 0, "1  hello         running", "3  hello         running", "dead");

    [Test, Order(10)]
    public Task TheOthersStillAnswer() => RunAsync("ping 3 100", 0, "100 round trips");

    [Test, Order(11)]
    public async Task ScreenshotShowsTheConsole()
    {
        var file = Path.Combine(Path.GetTempPath(), $"cosmos-screen-{Environment.ProcessId}.png");
        await _machine.ScreenshotAsync(file, CancellationToken.None);
        Assert.That(new FileInfo(file).Length, Is.GreaterThan(1000));
        File.Delete(file);
    }

    [Test, Order(12)]
    public async Task ShutdownEndsTheMachine()
    {
        await _shell.WaitForPromptAsync(Limit, CancellationToken.None);
        var result = await _shell.RunAsync("shutdown", _ => { }, Limit, CancellationToken.None);
        Assert.That(result.Status, Is.Null);
        Assert.That(await _machine.Exited.WaitAsync(Limit), Is.Zero);
    }

    // A status of null means: any but 0.
    private async Task RunAsync(string command, int? status, params string[] says)
    {
        try
        {
            await _shell.WaitForPromptAsync(Limit, CancellationToken.None);
            var result = await _shell.RunAsync(command, _ => { }, Limit, CancellationToken.None);
            var output = ShellSession.RemoveControls(result.Output);
            using (Assert.EnterMultipleScope())
            {
                Assert.That(
                    result.Status,
                    status is { } expected ? Is.EqualTo(expected) : Is.Not.Null.And.Not.Zero
                );
                foreach (var text in says)
                {
                    Assert.That(output, Does.Contain(text));
                }
            }
        }
        catch (MachineException failure)
        {
            Assert.Fail(failure.Message + TestMachine.Describe(_machine));
        }
    }
}
