using Cosmos.Multikernel.Tracing;

namespace Shell.Commands;

/// <summary>Writes what the machine has recorded so far to the console, for the program at the other end of the line.</summary>
internal static class TraceCommand
{
    public static async Task RunAsync(CommandContext context, CancellationToken interrupt)
    {
        context.ExpectArguments(0, 0, "trace");
        if (!Trace.IsOn)
        {
            throw new CommandException(
                "nothing is recorded; start the machine with run --trace FILE"
            );
        }

        await WriteIfOnAsync();
    }

    /// <summary>Before the machine goes: what was recorded goes with it.</summary>
    public static async Task WriteIfOnAsync()
    {
        if (!Trace.IsOn)
        {
            return;
        }

        foreach (var missing in await Trace.WriteToConsoleAsync())
        {
            Console.Out.Write($"no trace of {missing}\n");
        }
    }
}
