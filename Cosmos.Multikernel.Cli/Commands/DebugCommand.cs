using System.CommandLine;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Debugging;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Cli.Output;
using Cosmos.Multikernel.Sdk.Images;

namespace Cosmos.Multikernel.Cli.Commands;

/// <summary><c>debug</c>: boots an image under a debugger, gdb here or an editor's.</summary>
public static class DebugCommand
{
    private const string Name = "debug";

    /// <summary>Where the editors' files look for the machine.</summary>
    public const int DefaultPort = 1234;

    private static readonly Argument<string?> Project = ProjectArgument.Create();

    private static readonly Option<bool> Wait = new("--wait")
    {
        Description =
            "Start no gdb: wait for a debugger to attach (an editor's), show the machine's console here.",
    };

    private static readonly Option<int> Port = new("--port")
    {
        Description = "The port on which QEMU listens for the debugger.",
        DefaultValueFactory = _ => DefaultPort,
    };

    private static readonly Option<string?> Script = new("--script")
    {
        Description =
            "A file of gdb commands to run instead of asking for them; gdb ends after it.",
    };

    private static readonly Option<bool> Optimised = new("--optimised")
    {
        Description =
            "Debug the instances as they are released. Without it they are compiled so that lines and locals stay.",
    };

    private static readonly MachineOptionSet Machine = new();

    public static Command Create()
    {
        var command = new Command(
            Name,
            "Build a kernel project and boot it under a debugger: breakpoints in C# and X#, on every core."
        )
        {
            Project,
            Wait,
            Port,
            Script,
            Optimised,
        };
        Machine.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    /// <summary>Whether this call gives the terminal, and with it Ctrl+C, to gdb.</summary>
    public static bool OwnsTerminal(ParseResult arguments) =>
        arguments.CommandResult.Command.Name == Name && !arguments.GetValue(Wait);

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        RefuseBochs(Machine.Read(arguments));

        var script = arguments.GetValue(Script);
        if (script is not null && !File.Exists(script))
        {
            throw new CommandFailure($"--script {script}: there is no such file");
        }

        var port = arguments.GetValue(Port);
        if (port is < 1 or > ushort.MaxValue)
        {
            throw new CommandFailure($"--port {port}: use 1 to {ushort.MaxValue}");
        }

        var kernel = KernelProject.Find(arguments.GetValue(Project));
        await kernel
            .BuildAsync(cancellation, unoptimised: !arguments.GetValue(Optimised))
            .ConfigureAwait(false);
        var symbols = Path.Combine(Repository.Artifacts, "debug", kernel.Name + ".gdb");
        var layout = ImageLayout.Read(kernel.Layout);
        SymbolScript.Write(layout, symbols);
        if (!Repository.IsCheckout)
        {
            // An editor's configuration names this file, and cannot know where NuGet unpacks.
            File.Copy(
                Path.ChangeExtension(layout.Driver, ".dbg"),
                Path.Combine(Path.GetDirectoryName(symbols)!, "cpudriver.dbg"),
                overwrite: true
            );
        }

        var machine = Machine.Read(arguments, layout.Machine) with
        {
            Image = kernel.Image,
            SerialLog = Path.Combine(Repository.Logs, "debug.serial.log"),
            Debugger = $"tcp:127.0.0.1:{port}",
        };
        RefuseBochs(machine);
        return arguments.GetValue(Wait)
            ? await DebuggerSession
                .WaitAsync(machine, port, symbols, cancellation)
                .ConfigureAwait(false)
            : await DebuggerSession
                .RunGdbAsync(machine, port, symbols, script)
                .ConfigureAwait(false);
    }

    private static void RefuseBochs(MachineOptions machine)
    {
        if (machine.Kind == MachineKind.Bochs)
        {
            throw new CommandFailure("--machine bochs: only QEMU talks to gdb; use q35 or pc");
        }
    }
}
