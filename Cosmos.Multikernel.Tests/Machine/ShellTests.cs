using System.Diagnostics;
using System.Text.RegularExpressions;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Sdk.Images;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>The shell's commands, one after the other, in one boot of shell and HelloCores.</summary>
[TestFixture]
[Category("Machine")]
[Parallelizable(ParallelScope.Self)]
public sealed partial class ShellTests
{
    // The statuses of samples/Shell: it could not be done, it was called wrongly, there is no such command, Ctrl+C.
    private const int Failed = 1;
    private const int Wrong = 2;
    private const int NotFound = 127;
    private const int Interrupted = 130;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(150);

    private VirtualMachine _machine = null!;
    private ShellSession _shell = null!;

    [OneTimeSetUp]
    public async Task BootAsync()
    {
        var image = TestMachine.WriteImage(
            "shell",
            new ImageModule("shell", TestMachine.Shell, "0", IsConsole: true),
            new ImageModule("hello", TestMachine.Hello, "1-"),
            new ImageModule("again", TestMachine.Hello, "3", Restart: "always"),
            new ImageModule("files", TestMachine.DiskCore, "0", Memory: "64M")
        );
        _machine = await TestMachine.BootAsync("shell", image);
        _shell = new ShellSession(_machine);
    }

    [OneTimeTearDown]
    public async Task EndAsync() => await _machine.DisposeAsync();

    /// <summary>Nothing that the shell says is wider than the VGA text screen.</summary>
    [Test, Order(1)]
    public async Task TablesFitTheScreen([Values("help", "cores", "channels")] string command)
    {
        var output = await RunAsync(command, 0);
        Assert.That(output.Split('\n').Select(line => line.TrimEnd().Length), Is.All.LessThan(80));
    }

    /// <summary>The shell's file commands are System.IO and nothing else.</summary>
    [Test, Order(1)]
    public async Task FilesAreMadeCopiedMovedShownAndRemoved()
    {
        await RunAsync("mkdir /tmp/d; write /tmp/d/a hello files; cp /tmp/d/a /tmp/d/b", 0);
        await RunAsync("mv /tmp/d/b /tmp/c; cat /tmp/c", 0, "hello files");
        await RunAsync("ls /tmp /tmp/d", 0, "  d/", "12  ", "  c", "  a");
        await RunAsync("df", 0, "ram", "/");
        await RunAsync("rm -r /tmp/d; rm /tmp/c", 0);
        await RunAsync("cat /tmp/c", 1, "there is no /tmp/c");
        await RunAsync("ls /nowhere", 1, "there is no such directory");
        await RunAsync("rm /tmp", 1, "is a directory");
        await RunAsync("cp one", Wrong, "usage: cp");
    }

    [Test, Order(1)]
    public Task Help() => RunAsync("help", 0, "ping CORE [COUNT]", "crash CORE [HOW]", "shutdown");

    [Test, Order(2)]
    public Task Echo() => RunAsync("echo one two", 0, "one two");

    [Test, Order(3)]
    public Task CoresShowsEveryCore() =>
        RunAsync("cores", 0, "0  shell", "1  hello", "2  hello", "3  hello", "running");

    [Test, Order(4)]
    public Task PingEachCore([Range(1, 3)] int core) =>
        RunAsync($"ping {core} 1000", 0, $"1000 round trips to hello on core {core}");

    [Test, Order(5)]
    public Task Collect() => RunAsync("gc 2", 0, "hello on core 2: heap", "of generation 2");

    [Test, Order(5)]
    public Task Channels() =>
        RunAsync("channels", 0, "1 hello    instance connected", "3 hello    instance connected");

    [TestCase("frobnicate", NotFound, "there is no such command")]
    [TestCase("ping", Wrong, "usage: ping CORE [COUNT]")]
    [TestCase("ping 9", Wrong, "there is no core 9 (0 to 3)")]
    [TestCase("ping -1", Wrong, "there is no core -1")]
    [TestCase("ping one", Wrong, "'one' is no core number")]
    [TestCase("ping 1 0", Wrong, "'0' is no count")]
    [TestCase("ping 1 2 3", Wrong, "'3' is too much")]
    [TestCase("ping 0/shell", Wrong, "runs this shell")]
    [TestCase("ping 1/nobody", Wrong, "there is no instance 'nobody' on core 1")]
    [TestCase("gc", Wrong, "usage: gc CORE")]
    [TestCase("crash 1 gently", Wrong, "'gently' is no way to crash")]
    [TestCase("cores 1", Wrong, "'1' is too much")]
    [TestCase("help me", Wrong, "'me' is too much")]
    [TestCase("shutdown now", Wrong, "'now' is too much")]
    [TestCase("echo \"open", Wrong, "is not closed")]
    [TestCase("frobnicate; echo on", NotFound, "on")]
    [Order(6)]
    public Task WrongCommandsSaySo(string command, int status, string says) =>
        RunAsync(command, status, says);

    [Test, Order(7)]
    public async Task ControlCEndsACommand()
    {
        await _shell.WaitForPromptAsync(Limit, CancellationToken.None);
        var position = _machine.Serial.Length;
        var running = _shell.RunAsync(
            "ping 1 1000000; echo not reached",
            _ => { },
            Limit,
            CancellationToken.None
        );
        await _machine.ExpectAsync(OutputBegins(), Limit, CancellationToken.None, position);
        await _machine.SendAsync("\x03", CancellationToken.None);
        var result = await running;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Status, Is.EqualTo(Interrupted));
            Assert.That(result.Output, Does.Contain("^C").And.Not.Contain("not reached"));
        }
    }

    [Test, Order(8)]
    public Task CrashEndsOneInstance() =>
        RunAsync("crash 2", 0, "hello on core 2 is dead: signal 6 (SIGABRT)");

    [Test, Order(9)]
    public Task CoresShowsTheDead() =>
        RunAsync(
            "cores",
            0,
            "1  hello         running",
            "2  hello         dead: signal 6 (SIGABRT)",
            "3  hello         running"
        );

    [Test, Order(9)]
    public Task TheDeadAnswerNothing() =>
        RunAsync("ping 2", Failed, "hello on core 2 is dead: signal 6 (SIGABRT)");

    [Test, Order(10)]
    public Task TheOthersStillAnswer() => RunAsync("ping 3 100", 0, "100 round trips");

    /// <summary>An instance that is started again shows as running, in another life, and answers.</summary>
    [Test, Order(10)]
    public async Task CoresShowsTheNextLife()
    {
        await RunAsync("crash 3/again exit", 0, "again on core 3 is dead: status 1");
        var begin = Stopwatch.GetTimestamp();
        while (!NextLife().IsMatch(await RunAsync("cores", 0, "3  again")))
        {
            // It needs a moment: the memory of its last life comes back first.
            Assert.That(Stopwatch.GetElapsedTime(begin), Is.LessThan(Limit));
        }

        await RunAsync("ping 3/again 10", 0, "10 round trips to again on core 3");
    }

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

    [Test, Order(13)]
    public async Task RebootBringsTheShellBack()
    {
        await using var machine = await TestMachine.BootAsync(
            "shell-reboot",
            TestMachine.WriteImage(
                "shell-reboot",
                new ImageModule("shell", TestMachine.Shell, "0", IsConsole: true)
            ),
            // The emulator usually ends where a machine starts again.
            options => options with { ExtraArguments = ["-action", "reboot=reset"] }
        );
        var shell = new ShellSession(machine);
        await shell.WaitForPromptAsync(Limit, CancellationToken.None);
        await machine.SendAsync("reboot\r", CancellationToken.None);
        await shell.WaitForPromptAsync(Limit, CancellationToken.None);
        var result = await shell.RunAsync("echo again", _ => { }, Limit, CancellationToken.None);
        Assert.That(result.Status, Is.Zero);
        Assert.That(result.Output, Does.Contain("again"));
    }

    private async Task<string> RunAsync(string command, int status, params string[] says)
    {
        try
        {
            await _shell.WaitForPromptAsync(Limit, CancellationToken.None);
            var result = await _shell.RunAsync(command, _ => { }, Limit, CancellationToken.None);
            var output = ShellSession.RemoveControls(result.Output);
            using (Assert.EnterMultipleScope())
            {
                Assert.That(result.Status, Is.EqualTo(status), output);
                foreach (var text in says)
                {
                    Assert.That(output, Does.Contain(text));
                }
            }

            return output;
        }
        catch (MachineException failure)
        {
            throw new AssertionException(failure.Message + TestMachine.Describe(_machine));
        }
    }

    /// <summary>An instance that runs, in its second life.</summary>
    [GeneratedRegex(@"3  again         running .* 2\s")]
    private static partial Regex NextLife();

    /// <summary>The mark before a command's output.</summary>
    [GeneratedRegex(@"\e\]133;C\a")]
    private static partial Regex OutputBegins();
}
