using System.Diagnostics;
using System.Text.RegularExpressions;
using Cosmos.Multikernel.Tests.Host.Tracing;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Host.Hosted;

/// <summary><c>run --hosted</c> with the shell sample: its commands, and that nothing is left behind however it ends.</summary>
[TestFixture]
public sealed class HostedRunTests
{
    [Test]
    public async Task TheShellWorksWithAllItsCommands()
    {
        const string script =
            "help; cores; ping 1 1000; channels; names; watch 1; gc 2; echo one two; clear; crash 1 null; crash 2 wild; crash 3 exit; cores; start 3; ping 3 10; "
            + "reboot; cores; crash 1 stack; crash 2 exception; ping 3 10; cores; shutdown";
        using LauncherProcess launcher = new("--built", "hosted", "--exec", script);
        int status = await launcher.EndAsync();

        string output = launcher.Output;
        Assert.That(status, Is.Zero, output);
        string[] inThisOrder =
        [
            "ping CORE [COUNT]",
            "0  shell         running",
            "3  hello         ", // Perhaps still booting.
            "1000 round trips to hello on core 1",
            "1 hello    instance connected    100",
            "NAME                  CORE  INSTANCE              LIFE  VERSION",
            "core 0   monitor       runs",
            "hello on core 2: heap",
            "one two",
            "hello on core 1 is dead: signal 6 (SIGABRT)",
            "hello on core 2 is dead: signal 6 (SIGABRT)",
            "hello on core 3 is dead: status 1",
            "1  hello         dead: signal 6 (SIGABRT)",
            "3  hello         dead: status 1",
            "hello on core 3 is started",
            "10 round trips to hello on core 3",
            "> reboot",
            "1  hello         ",
            "3  hello         ",
            "hello on core 1 is dead: signal 6 (SIGABRT)",
            "hello on core 2 is dead: signal 6 (SIGABRT)",
            "3  hello         running",
            "> shutdown",
        ];
        int position = 0;
        foreach (string text in inThisOrder)
        {
            int found = output.IndexOf(text, position, StringComparison.Ordinal);
            Assert.That(
                found,
                Is.Not.Negative,
                $"'{text}' after character {position} of\n{output}"
            );
            position = found + text.Length;
        }
        Assert.That(output, Does.Contain("[1 hello] Hello from core 1 of 4."));
        Assert.That(output, Does.Contain("[1 hello]: ended: signal 6 (SIGABRT)"));
        Assert.That(output, Does.Contain("[3 hello]: ended: status 1"));
        Assert.That(Directory.Exists(launcher.Folder), Is.False);
    }

    [Test]
    public async Task TraceWritesWhatIsRecordedSoFar()
    {
        string file = Path.Combine(Path.GetTempPath(), $"trace-{Guid.NewGuid():N}.json");
        try
        {
            using LauncherProcess launcher = new(
                "--built",
                "hosted",
                "--cores",
                "2",
                "--trace",
                file,
                "--exec",
                "ping 1 100; trace; echo traced; shutdown"
            );
            Assert.That(await launcher.EndAsync(), Is.Zero, launcher.Output);
            Assert.That(launcher.Output, Does.Contain("traced"));
            TraceContent trace = new(await File.ReadAllBytesAsync(file));
            trace.Check();
            Assert.That(trace.Cores, Is.EqualTo(new[] { 0, 1 }));
            Assert.That(trace.Flows, Is.GreaterThanOrEqualTo(200));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Test]
    public async Task TraceSaysThatNothingIsRecorded()
    {
        using LauncherProcess launcher = new(
            "--built",
            "hosted",
            "--cores",
            "1",
            "--exec",
            "trace"
        );
        Assert.That(await launcher.EndAsync(), Is.EqualTo(1));
        Assert.That(launcher.Output, Does.Contain("nothing is recorded"));
    }

    [Test]
    public async Task AFailedCommandFailsTheRun()
    {
        using LauncherProcess launcher = new(
            "--built",
            "hosted",
            "--cores",
            "2",
            "--exec",
            "ping 7"
        );
        Assert.That(await launcher.EndAsync(), Is.EqualTo(1));
        Assert.That(launcher.Output, Does.Contain("there is no core 7 (0 to 1)"));
    }

    /// <summary>A signal that nothing in the instance can report: only its parent learns it.</summary>
    [Test]
    public async Task PeersLearnTheSignalThatEndedAnInstance()
    {
        using LauncherProcess launcher = new("--built", "hosted", "--cores", "2");
        await launcher.HasStartedAsync(cores: 2);
        LauncherProcess.Signal(InstanceOf(launcher, 1, "hello"), "USR1");
        await launcher.ExpectAsync("[1 hello]: ended: signal 10 (SIGUSR1)");
        launcher.Type("cores");
        await launcher.ExpectAsync("1  hello         dead: signal 10");
        launcher.Type("shutdown");
        Assert.That(await launcher.EndAsync(), Is.Zero, launcher.Output);
    }

    /// <summary>The launcher starts again what ends, as the CPU driver does; what ends too often it gives up.</summary>
    [Test]
    public async Task AMonitorIsStartedAgain()
    {
        const int mostRestarts = 5;
        const string end = "[1 monitor]: ended: signal 9 (SIGKILL); starts again";
        using LauncherProcess launcher = new("--built", "hosted", "--cores", "2");
        await launcher.HasStartedAsync(cores: 2);
        for (int life = 1; life <= mostRestarts; life++)
        {
            LauncherProcess.Signal(InstanceOf(launcher, 1, "monitor"), "KILL");
            await launcher.WaitUntilAsync(
                () => launcher.Output.Split(end).Length == life + 1,
                $"end {life}"
            );
            // It serves again: whom it is asked about, and names.
            Regex isBack = new($@"1  monitor       running .* {life + 1}\s");
            while (!isBack.IsMatch(launcher.Output))
            {
                launcher.Type("cores");
                await Task.Delay(200);
            }
        }
        launcher.Type("ping 1 10; names");
        await launcher.ExpectAsync("10 round trips to hello on core 1");
        await launcher.ExpectAsync("INSTANCE              LIFE  VERSION");
        LauncherProcess.Signal(InstanceOf(launcher, 1, "monitor"), "KILL");
        await launcher.ExpectAsync(
            "[1 monitor]: ended: signal 9 (SIGKILL); not started again: 5 restarts within 60 s"
        );
        launcher.Type("shutdown");
        Assert.That(await launcher.EndAsync(), Is.Zero, launcher.Output);
    }

    [Test]
    public async Task InstancesArePinnedToProcessorsInTurn()
    {
        using LauncherProcess launcher = new("--built", "hosted");
        await launcher.HasStartedAsync(cores: 4);
        int[] own = Allowed(Environment.ProcessId);
        for (int core = 0; core < 4; core++)
        {
            int process = InstanceOf(launcher, core, core == 0 ? "shell" : "hello");
            Assert.That(Allowed(process), Is.EqualTo(new[] { own[core % own.Length] }));
        }
        launcher.Type("shutdown");
        await launcher.EndAsync();
    }

    [Test]
    public async Task NothingIsLeftWhenTheLauncherIsKilled()
    {
        using LauncherProcess launcher = new("--built", "hosted");
        await launcher.HasStartedAsync(cores: 4);
        IReadOnlyList<int> instances = launcher.Instances;
        // A monitor on each core beside the shell and the three others.
        Assert.That(instances, Has.Count.EqualTo(8).And.All.Positive);
        LauncherProcess.Signal(launcher.Id, "KILL");
        await launcher.WaitUntilAsync(
            () => !Directory.Exists(launcher.Folder) && !instances.Any(IsAlive),
            "folder and processes are gone"
        );
    }

    [TestCase("INT")]
    [TestCase("TERM")]
    public async Task NothingIsLeftAfterASignal(string signal)
    {
        using LauncherProcess launcher = new("--built", "hosted", "--cores", "2");
        await launcher.HasStartedAsync(cores: 2);
        IReadOnlyList<int> instances = launcher.Instances;
        LauncherProcess.Signal(launcher.Id, signal);
        Assert.That(await launcher.EndAsync(), Is.EqualTo(130), launcher.Output);
        Assert.That(instances.Any(IsAlive), Is.False);
        Assert.That(Directory.Exists(launcher.Folder), Is.False);
    }

    /// <summary>Who starts it with SIGINT ignored wants it to go on when Ctrl+C ends something else; SIGTERM ends it still.</summary>
    [Test]
    public async Task AnIgnoredSignalStaysIgnored()
    {
        using LauncherProcess launcher = new(
            waitForDebugger: "",
            ignoresInterrupt: true,
            ["--built", "hosted", "--cores", "1"]
        );
        launcher.Type("cores");
        await launcher.ExpectAsync("0  shell         running");
        LauncherProcess.Signal(launcher.Id, "INT");
        launcher.Type("names");
        await launcher.ExpectAsync("INSTANCE              LIFE  VERSION");
        LauncherProcess.Signal(launcher.Id, "TERM");
        Assert.That(await launcher.EndAsync(), Is.EqualTo(130), launcher.Output);
    }

    [Test]
    public async Task TheEndOfTheConsoleEndsTheMachine()
    {
        using LauncherProcess launcher = new("--built", "hosted", "--cores", "2");
        launcher.Type("echo ready");
        await launcher.ExpectAsync("ready");
        IReadOnlyList<int> instances = launcher.Instances;
        launcher.CloseInput();
        Assert.That(await launcher.EndAsync(), Is.Zero, launcher.Output);
        Assert.That(instances.Any(IsAlive), Is.False);
        Assert.That(Directory.Exists(launcher.Folder), Is.False);
    }

    [TestCase("/bin/true", 0)]
    [TestCase("/bin/false", 1)]
    public async Task ProgramsAloneRunUntilAllHaveEnded(string program, int status)
    {
        using LauncherProcess launcher = new("--with", $"{program}@0-1");
        Assert.That(await launcher.EndAsync(), Is.EqualTo(status), launcher.Output);
        string name = Path.GetFileName(program);
        Assert.That(launcher.Output, Does.Contain($"[0 {name}]: ended: status {status}"));
        Assert.That(launcher.Output, Does.Contain($"[1 {name}]: ended: status {status}"));
    }

    /// <summary>An instance's end ends what it started, which would keep its output open and the machine alive.</summary>
    [Test]
    public async Task WhatAnInstanceLeavesRunningEndsWithIt()
    {
        string program = Path.Combine(Path.GetTempPath(), $"leaver-{Guid.NewGuid():N}");
        await File.WriteAllTextAsync(program, "#!/bin/sh\nsleep 600 &\necho left $!\n");
        using (Process mode = Process.Start("chmod", ["+x", program]))
        {
            await mode.WaitForExitAsync();
        }
        try
        {
            using LauncherProcess launcher = new("--with", $"{program}@0");
            Assert.That(await launcher.EndAsync(), Is.Zero, launcher.Output);
            string left = launcher.Output.Split("left ")[1].Split('\n')[0];
            Assert.That(IsAlive(int.Parse(left)), Is.False);
        }
        finally
        {
            File.Delete(program);
        }
    }

    [Test]
    public async Task AnInstanceWaitsForADebuggerWhenAskedTo()
    {
        using LauncherProcess launcher = new(
            waitForDebugger: "2/hello",
            ignoresInterrupt: false,
            ["--built", "hosted"]
        );
        await launcher.ExpectAsync("[2 hello] hello on core 2 waits for a debugger to attach");
        launcher.Type("ping 1 10");
        await launcher.ExpectAsync("10 round trips to hello on core 1");
        Assert.That(launcher.Output, Does.Not.Contain("Hello from core 2"));
        launcher.Type("shutdown");
        Assert.That(await launcher.EndAsync(), Is.Zero, launcher.Output);
    }

    [Test]
    public async Task WhatDescribesAnEmulatorIsRefused()
    {
        using LauncherProcess launcher = new("--uefi");
        Assert.That(await launcher.EndAsync(), Is.EqualTo(1));
        Assert.That(launcher.Output, Does.Contain("--uefi describes an emulator"));
    }

    private static int InstanceOf(LauncherProcess launcher, int core, string name)
    {
        using var domain = Multikernel.Channels.Platforms.Hosted.HostedDomain.TryOpen(
            launcher.Folder,
            core,
            name
        )!;
        return domain.ProcessId;
    }

    // proc(5): a list such as 0-1,4.
    private static int[] Allowed(int process) =>
        [
            .. File.ReadLines($"/proc/{process}/status")
                .Single(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal))
                .Split('\t')[1]
                .Split(',')
                .SelectMany(range =>
                {
                    string[] ends = range.Split('-');
                    int first = int.Parse(ends[0]);
                    return Enumerable.Range(first, int.Parse(ends[^1]) - first + 1);
                }),
        ];

    private static bool IsAlive(int process) =>
        Directory.Exists($"/proc/{process}")
        && !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
}
