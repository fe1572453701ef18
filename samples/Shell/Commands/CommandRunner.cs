namespace Shell.Commands;

/// <summary>Runs the commands of a line, one after the other.</summary>
internal sealed class CommandRunner(IReadOnlyList<Command> commands)
{
    // As Unix shells have it: not found, and ended by Ctrl+C (128 + SIGINT).
    private const int NotFound = 127;
    private const int Interrupted = 130;

    /// <summary>The machine's instances.</summary>
    public InstanceDirectory Directory { get; } = new();

    /// <summary>The names that begin so.</summary>
    public IReadOnlyList<string> Complete(string prefix) =>
        [
            .. commands
                .Select(command => command.Name)
                .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
                .Distinct(),
        ];

    /// <summary>Runs a line. A failed command does not keep the next from running.</summary>
    /// <returns>The status of the last command that failed, or 0.</returns>
    public async Task<int> RunLineAsync(string line, CancellationToken interrupt)
    {
        var status = 0;
        try
        {
            foreach (var words in CommandLine.Parse(line))
            {
                var ended = await RunAsync(words, interrupt);
                status = ended == 0 ? status : ended;
                if (interrupt.IsCancellationRequested)
                {
                    break;
                }
            }
        }
        catch (CommandException exception)
        {
            Report("shell", exception.Message);
            status = exception.Status;
        }

        return status;
    }

    private async Task<int> RunAsync(IReadOnlyList<string> words, CancellationToken interrupt)
    {
        if (commands.FirstOrDefault(candidate => candidate.Name == words[0]) is not { } command)
        {
            Report(words[0], "there is no such command (help lists them)");
            return NotFound;
        }

        try
        {
            await command.RunAsync(
                new CommandContext([.. words.Skip(1)], Directory, commands),
                interrupt
            );
            return 0;
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            Console.Out.Write("^C\n");
            return Interrupted;
        }
        catch (CommandException exception)
        {
            Report(command.Name, exception.Message);
            return exception.Status;
        }
        catch (Exception exception) when (exception is IOException or TimeoutException)
        {
            Report(command.Name, exception.Message);
            return CommandException.Failed;
        }
    }

    private static void Report(string who, string what) => Console.Out.Write($"{who}: {what}\n");
}
