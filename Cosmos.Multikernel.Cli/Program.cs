using System.CommandLine;
using Cosmos.Multikernel.Cli.Building;
using Cosmos.Multikernel.Cli.Commands;
using Cosmos.Multikernel.Cli.Machines;
using Cosmos.Multikernel.Cli.Output;

var root = new RootCommand("Cosmos.Multikernel: an independent .NET kernel on every core.")
{
    RunCommand.Create(),
    DebugCommand.Create(),
    IsoCommand.Create(),
    WriteUsbCommand.Create(),
    DoctorCommand.Create(),
    SetupCommand.Create(),
};
if (Repository.IsCheckout)
{
    root.Add(BuildCommand.Create());
    root.Add(TestCommand.Create());
    root.Add(BenchCommand.Create());
    root.Add(PackCommand.Create());
}

try
{
    // An argument that starts with '@' is one like any other, not the name of a file with more of them.
    var parsing = new ParserConfiguration { ResponseFileTokenReplacer = null };
    string[] words = args.Length == 0 ? ["--help"] : ProjectCall.Expand(args, root);
    var parsed = root.Parse(words, parsing);
    if (parsed.Errors is [var first, ..])
    {
        // One line, where the library would print the whole help.
        var command = parsed.CommandResult.Command;
        var verb = command == root ? "" : $" {command.Name}";
        var what = parsed.UnmatchedTokens is [var unknown, ..]
            ? $"'{unknown}' is {(command == root ? "no verb" : $"nothing that {command.Name} takes")}"
            : first.Message.TrimEnd('.');
        throw new CommandFailure($"{what}; see {Repository.Caller}{verb} --help");
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
