using System.CommandLine;
using Cosmos.Multikernel.Cli.Commands;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Cli.Output;

try
{
    var parsed = Verbs.Parse(args, out var error);
    if (error is not null)
    {
        throw new CommandFailure(error);
    }

    // Exceptions are ours to explain; Ctrl+C cancels the verb, which then ends the machines it started. Where a debugger has
    // the terminal, Ctrl+C is the debugger's.
    var settings = new InvocationConfiguration
    {
        EnableDefaultExceptionHandler = false,
        ProcessTerminationTimeout = DebugCommand.OwnsTerminal(parsed)
            ? null
            : TimeSpan.FromSeconds(10),
    };
    return await parsed.InvokeAsync(settings).ConfigureAwait(false);
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
catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
{
    // A full disk, a folder that cannot be written: the message names the file.
    Report.Failure(new CommandFailure(failure.Message));
    return 1;
}
catch (OperationCanceledException)
{
    Report.Failure(new CommandFailure("cancelled"));
    return 130;
}
