using System.Diagnostics;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Debugging;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Sdk.Images;
using NUnit.Framework;

namespace Cosmos.Multikernel.Tests.Machines;

/// <summary>gdb in batch mode on a machine that waits for it: lines of C# in an instance and in the CPU driver, and of X#.</summary>
[TestFixture]
[Category("Machine")]
[Parallelizable(ParallelScope.All)]
public sealed class DebuggerTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(150);

    private static readonly ImageModule[] Modules =
    [
        new("shell", TestMachine.Shell, "0", IsConsole: true),
        new("hello", TestMachine.Hello, "1-"),
    ];

    [Test]
    public async Task AnInstanceStopsOnTheCoreThatWasAskedFor()
    {
        var line = LineOf("samples/HelloCores/Kernel.cs", "Hello from core");
        var later = LineOf("samples/HelloCores/Kernel.cs", "Channel.AcceptAsync");
        var said = await DebugAsync(
            "instance",
            $"cbreak 2 HelloCores/Kernel.cs:{line}",
            "continue",
            "backtrace 4",
            // The other cores run the same program, and would meet these while this one takes its steps.
            $"break HelloCores/Kernel.cs:{line}",
            $"break HelloCores/Kernel.cs:{later}",
            "next",
            "next",
            "frame",
            "info locals",
            "cores",
            "continue"
        );
        using (Assert.EnterMultipleScope())
        {
            Assert.That(said, Does.Match(@"Thread 3 hit Breakpoint 1"));
            Assert.That(said, Does.Match($@"#0 .*BeforeRunAsync.*HelloCores/Kernel\.cs:{line}"));
            Assert.That(said, Does.Match(@"#3 .*AsyncKernel\.cs:\d+"), "who called it");
            Assert.That(said, Does.Match($@"#0 .*Kernel\.cs:{line + 2}\b"), "two steps further");
            Assert.That(said, Does.Match(@"cores = @0x"), "a local");
            Assert.That(said, Does.Match(@"\* 3 +Thread .*CPU#2"), "the list of cores");
            Assert.That(said, Does.Match(@"hit Breakpoint [23],"), "then all cores go on");
        }
    }

    [Test]
    public async Task TheCpuDriverStopsWithItsArguments()
    {
        const string File = "Cosmos.Multikernel.CpuDriver/Cores/CoreMain.cs";
        var line = LineOf(File, "ThisCore.Adopt(record)");
        var said = await DebugAsync(
            "driver",
            $"cbreak 0 {File}:{line}",
            "continue",
            "info args",
            "print/x *record",
            "next",
            "frame"
        );
        using (Assert.EnterMultipleScope())
        {
            Assert.That(said, Does.Match($@"hit Breakpoint 1.*CoreMain\.cs:{line}"));
            Assert.That(said, Does.Match(@"record = 0xffff8"), "a pointer into the direct map");
            Assert.That(said, Does.Match(@"\{.*Index = 0x0"), "the record it points to");
            Assert.That(said, Does.Match($@"#0 .*CoreMain\.cs:{line + 1}\b"), "a step further");
        }
    }

    [Test]
    public async Task XSharpStopsLineByLine()
    {
        const string File = "Cosmos.Multikernel.CpuDriver/Cores/Park.xs";
        var line = LineOf(File, "CR3 = RDI");
        var said = await DebugAsync(
            "xsharp",
            $"break Park.xs:{line}",
            "continue",
            "stepi",
            "print $rsp == $rsi",
            "stepi",
            "print $rsp == $rsi"
        );
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                said,
                Does.Match($@"hit Breakpoint 1, Park_Enter \(\) at .*Park\.xs:{line}")
            );
            Assert.That(said, Does.Match($@"{line + 1}\s+RSP = RSI"), "the next line, in X#");
            Assert.That(said, Does.Match(@"\$1 = 0"), "before that line ran");
            Assert.That(said, Does.Match(@"\$2 = 1"), "and after");
        }
    }

    private static int LineOf(string file, string text) =>
        1
        + Array.FindIndex(
            File.ReadAllLines(Path.Combine(Repository.Root, file)),
            line => line.Contains(text, StringComparison.Ordinal)
        );

    // Boots, lets gdb do what it is told and end the machine, and returns what it said.
    private static async Task<string> DebugAsync(string name, params string[] commands)
    {
        var folder = Directory.CreateTempSubdirectory("cosmos-gdb-").FullName;
        var socket = Path.Combine(folder, "gdb.sock");
        var symbols = Path.Combine(folder, "symbols.gdb");
        var image = TestMachine.WriteImage($"debug-{name}", Modules);
        SymbolScript.Write(new ImageLayout(Repository.CpuDriver, "", Modules), symbols);
        await using var machine = await TestMachine.BootAsync(
            $"debug-{name}",
            image,
            options => options with { Debugger = $"unix:{socket},server=on,wait=off" }
        );
        var commandFile = Path.Combine(folder, "commands.gdb");
        await File.WriteAllLinesAsync(commandFile, [.. commands, "kill"]);
        string[] arguments =
        [
            "-batch",
            "-iex",
            "set debuginfod enabled off",
            "-x",
            symbols,
            "-ex",
            $"target remote {socket}",
            "-x",
            commandFile,
        ];
        while (!File.Exists(socket) && !machine.Exited.IsCompleted)
        {
            await Task.Delay(20);
        }

        using var gdb = Process.Start(
            new ProcessStartInfo("gdb", arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        try
        {
            var output = gdb.StandardOutput.ReadToEndAsync();
            var errors = gdb.StandardError.ReadToEndAsync();
            using var limit = new CancellationTokenSource(Limit);
            await gdb.WaitForExitAsync(limit.Token);
            TestContext.Out.WriteLine(await output + await errors);
            return await output;
        }
        catch (OperationCanceledException)
        {
            gdb.Kill();
            Assert.Fail("gdb did not come to its end" + TestMachine.Describe(machine));
            throw;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
