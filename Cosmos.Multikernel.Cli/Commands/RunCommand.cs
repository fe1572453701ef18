using System.CommandLine;
using System.Globalization;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Cli.Output;
using Cosmos.Multikernel.Cli.Running;
using Cosmos.Multikernel.Cli.Setup;
using Cosmos.Multikernel.Cli.Tracing;
using Cosmos.Multikernel.Sdk.Images;

namespace Cosmos.Multikernel.Cli.Commands;

/// <summary><c>run</c>: builds a kernel project and boots its image or starts it hosted, for a person or for a script.</summary>
internal static class RunCommand
{
    private const int MostSeconds = 1_000_000;
    private static readonly TimeSpan DefaultScriptLimit = TimeSpan.FromMinutes(3);

    private static readonly Argument<string?> Project = ProjectArgument.Create();

    private static readonly Option<string?> Image = new("--image")
    {
        Description = "Boot this ISO instead of building a project.",
    };

    private static readonly Option<string?> Exec = new("--exec", "-e")
    {
        Description =
            "Run these shell commands, separated by ';', print what they print, and end. Fails when one fails.",
    };

    private static readonly Option<string[]> With = new("--with")
    {
        Description =
            "FILE@CORES[:ARGS]: add a NativeAOT static-pie program as an instance on those cores (0, 1-3, 2,4-6, 1-, all). "
            + "Repeatable. Without a project and without --exec only these programs boot, until all have ended.",
    };

    private static readonly Option<bool> Hosted = new("--hosted")
    {
        Description =
            "No virtual machine: each instance becomes a Linux process on a processor of its own, ready for a .NET debugger.",
    };

    private static readonly Option<bool> Native = new("--native")
    {
        Description =
            "With --hosted: the native programs that go on the image, instead of assemblies for the just-in-time compiler.",
    };

    private static readonly Option<BuiltPart> Built = new("--built")
    {
        Description =
            "What need not be built again: image, hosted. dotnet run says what it has just built.",
    };

    private static readonly Option<string?> TraceTo = new("--trace")
    {
        Description =
            "Record messages and wake-ups on all cores, and write them to this file for Perfetto or Chrome.",
    };

    private static readonly Option<double?> Timeout = new("--timeout")
    {
        Description =
            "Seconds after which the machine is ended and run fails. Default: 180 with --exec or --with, otherwise none.",
        CustomParser = OptionValue.OptionalParser<double>(
            $"use seconds, more than 0 and at most {MostSeconds}",
            text =>
                double.TryParse(
                    text,
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out var seconds
                ) && seconds is > 0 and <= MostSeconds
                    ? seconds
                    : null
        ),
    };

    private static readonly MachineOptionSet Machine = new();

    public static Command Create()
    {
        var command = new Command(
            "run",
            "Build a kernel project and boot it in a virtual machine, or run it hosted. On a terminal its console is yours: Ctrl+A X ends the machine."
        )
        {
            Project,
            Image,
            Exec,
            With,
            Hosted,
            Native,
            Built,
            TraceTo,
            Timeout,
        };
        Machine.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var additions = (arguments.GetValue(With) ?? []).Select(AddedInstance.Parse).ToList();
        AddedInstance.MakeNamesDistinct(additions);
        var exec = arguments.GetValue(Exec);
        var project = arguments.GetValue(Project);
        var ready = arguments.GetValue(Image);
        var onlyAdditions = additions.Count > 0 && exec is null && project is null;
        if (ready is not null && (additions.Count > 0 || project is not null))
        {
            throw new CommandFailure(
                "--image is a finished image: it goes with neither a project nor --with"
            );
        }

        // Read again when the project has told what it wants; what is wrong by itself is told now.
        var machine = Machine.Read(arguments);
        if (onlyAdditions)
        {
            CheckCores();
        }

        TimeSpan? limit = arguments.GetValue(Timeout) is { } seconds
            ? TimeSpan.FromSeconds(seconds)
            : null;
        var commands = exec is null ? null : ShellSession.SplitCommands(exec);
        if (commands is [])
        {
            throw new CommandFailure("--exec: there is no command in it");
        }

        if (ready is not null && !File.Exists(ready))
        {
            throw new CommandFailure($"--image {ready}: there is no such file");
        }

        var source = new MachineSource(
            ready is null && !onlyAdditions ? KernelProject.Find(project) : null,
            [.. additions.Select(addition => addition.Module)],
            arguments.GetValue(Built)
        );
        var traceFile = arguments.GetValue(TraceTo);
        if (traceFile is not null && source.Kernel is null)
        {
            throw new CommandFailure(
                "--trace needs a project with a console: its shell hands the trace out"
            );
        }

        var native = arguments.GetValue(Native);
        if (arguments.GetValue(Hosted))
        {
            Machine.RefuseEmulatorOptions(arguments);
            var layout = ready is null
                ? await source.MakeHostedLayoutAsync(native, cancellation).ConfigureAwait(false)
                : throw new CommandFailure("--hosted starts a project's instances, not an --image");
            machine = Machine.Read(arguments, layout.Machine) with
            {
                HostedTrace = traceFile is not null,
                HostedLayout = layout,
            };
        }
        else if (native)
        {
            throw new CommandFailure(
                "--native goes with --hosted: a virtual machine has nothing else"
            );
        }
        else
        {
            await Installer.EnsureAsync(cancellation).ConfigureAwait(false);
            var driverArguments = traceFile is null ? "" : "trace";
            var image =
                ready
                ?? await source.MakeImageAsync(driverArguments, cancellation).ConfigureAwait(false);
            var wish = source.Kernel is { } kernel ? ImageLayout.Read(kernel.Layout).Machine : [];
            machine = Machine.Read(arguments, wish) with { Image = image };
        }

        CheckCores();
        machine = machine with { SerialLog = Path.Combine(Repository.Logs, "run.serial.log") };

        if (traceFile is not null && commands is [.., var last] && !ScriptedRun.EndsMachine(last))
        {
            commands = [.. commands, "trace"];
        }

        var status = await RunAsync(
                machine,
                commands,
                additions,
                onlyAdditions,
                limit,
                cancellation
            )
            .ConfigureAwait(false);
        if (traceFile is not null)
        {
            TraceFile.Write(machine.SerialLog!, traceFile);
        }

        return status;

        void CheckCores() => additions.ForEach(addition => addition.CheckCores(machine.Cores));
    }

    private static Task<int> RunAsync(
        MachineOptions machine,
        IReadOnlyList<string>? commands,
        IReadOnlyList<AddedInstance> additions,
        bool onlyAdditions,
        TimeSpan? limit,
        CancellationToken cancellation
    ) =>
        commands is not null
            ? ScriptedRun.RunAsync(machine, commands, limit ?? DefaultScriptLimit, cancellation)
        : onlyAdditions
            ? InstanceRun.RunAsync(machine, additions, limit ?? DefaultScriptLimit, cancellation)
        : ConsoleRun.RunAsync(machine, limit, cancellation);
}
