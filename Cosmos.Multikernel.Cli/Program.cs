using System.CommandLine;
using Cosmos.Multikernel.Cli.Commands;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Cli.Output;

var root = new RootCommand("Cosmos.Multikernel: an independent .NET kernel on every core.")
{
    SetupCommand.Create(),
    BuildCommand.Create(),
    IsoCommand.Create(),
    RunCommand.Create(),
    TestCommand.Create(),
    BenchCommand.Create(),
};

try
{
    // Exceptions are ours to explain; Ctrl+C cancels the verb, which then ends the machines it started.
    var settings = new InvocationConfiguration
    {
        EnableDefaultExceptionHandler = false,
        ProcessTerminationTimeout = TimeSpan.FromSeconds(10),
    };
    return await root.Parse(args).InvokeAsync(settings).ConfigureAwait(false);
}
catch (CommandFailure failure)
{
    Report.Failure(failure);
    return 1;
}
catch (MachineException failure)
{
    Report.Failure(new CommandFailure(failure.Message));
    return 1;
}
catch (OperationCanceledException)
{
    Report.Failure(new CommandFailure("cancelled"));
    return 130;
}
